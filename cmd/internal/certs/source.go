package certs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
)

// Source gives certificates.
type Source struct {
	config *tls.Config
	name   string
	run    func(ctx context.Context) error
}

func newSource(get func(*tls.ClientHelloInfo) (*tls.Certificate, error), name string) *Source {
	return &Source{
		config: &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: get},
		name:   name,
		run: func(ctx context.Context) error {
			<-ctx.Done()
			return nil
		},
	}
}

// Config is what a server needs to speak TLS.
func (s *Source) Config() *tls.Config { return s.config }

// Name is a name that the certificate is good for, or an address where it has
// none; clients must be told it.
func (s *Source) Name() string { return s.name }

// Run keeps the certificates fresh until ctx ends.
func (s *Source) Run(ctx context.Context) error { return s.run(ctx) }

// nameOf is what a certificate says it is for; a name that stands for several
// ("*.example.org") is none.
func nameOf(leaf *x509.Certificate) string {
	for _, n := range leaf.DNSNames {
		if len(n) > 0 && n[0] != '*' {
			return n
		}
	}
	for _, ip := range leaf.IPAddresses {
		return ip.String()
	}
	return ""
}

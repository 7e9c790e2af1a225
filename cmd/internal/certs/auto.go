package certs

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/caddyserver/certmagic"
	"github.com/mholt/acmez/v3"
	"github.com/rs/zerolog"
	"go.uber.org/zap"
)

// AutoConfig says for which domains certificates are got, and where.
type AutoConfig struct {
	Domains   []string
	Email     string // told to the authority; may be empty
	Directory string // URL of the authority (RFC 8555 section 7.1.1)
	// Roots is a PEM file of who vouches for the authority's own certificate;
	// empty: whom the system trusts.
	Roots string
	// Dir keeps account, certificates and keys; it must be secret.
	Dir string
	// Port is that of the server, to which the authority's port 443 leads.
	Port int
	Log  zerolog.Logger
}

// Auto gets certificates by ACME and renews them in time. Domains are proven by
// the challenge inside TLS (TLS-ALPN-01, RFC 8737) on the port that the server
// serves anyway, so no other port is needed.
func Auto(cfg AutoConfig) (*Source, error) {
	roots, err := readRoots(cfg.Roots)
	if err != nil {
		return nil, err
	}
	var magic *certmagic.Config
	cache := certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return magic, nil },
		Logger:           zap.NewNop(), // its lines carry what clients send
	})
	magic = certmagic.New(cache, certmagic.Config{
		Storage: &certmagic.FileStorage{Path: cfg.Dir}, Logger: zap.NewNop(), OnEvent: report(cfg.Log),
	})
	magic.Issuers = []certmagic.Issuer{certmagic.NewACMEIssuer(magic, certmagic.ACMEIssuer{
		CA: cfg.Directory, Email: cfg.Email, Agreed: true, TrustedRoots: roots,
		DisableHTTPChallenge: true, AltTLSALPNPort: cfg.Port, Logger: zap.NewNop(),
	})}
	s := newSource(magic.GetCertificate, cfg.Domains[0])
	s.config.NextProtos = []string{acmez.ACMETLS1Protocol}
	s.run = func(ctx context.Context) error {
		defer cache.Stop()
		if err := magic.ManageAsync(ctx, cfg.Domains); err != nil {
			return fmt.Errorf("get certificates for %s: %w", strings.Join(cfg.Domains, ", "), err)
		}
		<-ctx.Done()
		return nil
	}
	return s, nil
}

// report logs what became of certificates.
func report(log zerolog.Logger) func(context.Context, string, map[string]any) error {
	return func(_ context.Context, event string, data map[string]any) error {
		name, _ := data["identifier"].(string)
		switch event {
		case "cert_obtained":
			log.Info().Str("domain", name).Msg("certificate obtained")
		case "cert_failed":
			err, _ := data["error"].(error)
			log.Error().Err(err).Str("domain", name).Msg("certificate not obtained; it is tried again")
		}
		return nil
	}
}

func readRoots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read who vouches for the certificate authority: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("read who vouches for the certificate authority: " + file + " has no certificate")
	}
	return pool, nil
}

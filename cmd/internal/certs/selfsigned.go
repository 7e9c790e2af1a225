package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"
)

const (
	// selfSignedFor is short enough for browsers that refuse long lives.
	selfSignedFor = 397 * 24 * time.Hour
	// renewBefore is how long a certificate must be good for still.
	renewBefore = 30 * 24 * time.Hour
)

// SelfSigned makes a certificate for this machine's names and addresses, and
// keeps it in dir so that browsers that were told to trust it go on doing so.
// Nobody else vouches for it.
func SelfSigned(dir string, names []string, addrs []netip.Addr, now func() time.Time, log zerolog.Logger) (*Source, error) {
	cert, key := filepath.Join(dir, "self-signed.crt"), filepath.Join(dir, "self-signed.key")
	if !stillGood(cert, key, names, addrs, now()) {
		if err := makeSelfSigned(cert, key, names, addrs, now()); err != nil {
			return nil, fmt.Errorf("make a self-signed certificate: %w", err)
		}
	}
	return Files(cert, key, now, log)
}

// stillGood tells whether the files hold a certificate for all of it that does
// not expire soon.
func stillGood(cert, key string, names []string, addrs []netip.Addr, now time.Time) bool {
	c, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return false
	}
	leaf, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil || now.Add(renewBefore).After(leaf.NotAfter) {
		return false
	}
	for _, n := range names {
		if leaf.VerifyHostname(n) != nil {
			return false
		}
	}
	for _, a := range addrs {
		if leaf.VerifyHostname(a.WithZone("").String()) != nil {
			return false
		}
	}
	return true
}

func makeSelfSigned(cert, key string, names []string, addrs []netip.Addr, now time.Time) error {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 128))
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "Parley, self-signed"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(selfSignedFor),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, DNSNames: names,
	}
	for _, a := range addrs {
		template.IPAddresses = append(template.IPAddresses, a.WithZone("").AsSlice())
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	return errors.Join(
		os.MkdirAll(filepath.Dir(cert), 0o700),
		os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600),
		os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644),
	)
}

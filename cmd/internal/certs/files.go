package certs

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// lookEvery is how often files are looked at, at most, when there are
// handshakes.
const lookEvery = time.Second

// pair is a certificate and its key in two files.
type pair struct {
	cert, key string
	now       func() time.Time
	log       zerolog.Logger

	mu      sync.Mutex // guards what follows
	current *tls.Certificate
	seen    [2]stamp
	looked  time.Time
}

// stamp tells one content of a file from another.
type stamp struct {
	modified time.Time
	size     int64
}

// Files takes the certificate chain and its key from two PEM files. They are
// read again when they change; while they cannot be read, or do not fit together
// yet, the former certificate goes on.
func Files(cert, key string, now func() time.Time, log zerolog.Logger) (*Source, error) {
	p := &pair{cert: cert, key: key, now: now, log: log}
	stamps, err := p.stamps()
	if err != nil {
		return nil, err
	}
	if p.current, err = p.read(); err != nil {
		return nil, err
	}
	p.seen, p.looked = stamps, now()
	return newSource(p.get, nameOf(p.current.Leaf)), nil
}

func (p *pair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.now(); now.Sub(p.looked) >= lookEvery {
		p.looked = now
		p.refreshLocked()
	}
	return p.current, nil
}

func (p *pair) refreshLocked() {
	stamps, err := p.stamps()
	if err == nil && stamps == p.seen {
		return
	}
	var fresh *tls.Certificate
	if err == nil {
		fresh, err = p.read()
	}
	if err != nil {
		p.log.Warn().Err(err).Msg("the changed certificate cannot be used; the former one goes on")
		p.seen = stamps
		return
	}
	p.current, p.seen = fresh, stamps
	p.log.Info().Time("expires", fresh.Leaf.NotAfter).Msg("certificate read again")
}

func (p *pair) stamps() (out [2]stamp, err error) {
	for i, name := range []string{p.cert, p.key} {
		info, e := os.Stat(name)
		if e != nil {
			err = errors.Join(err, fmt.Errorf("look at the certificate's files: %w", e))
			continue
		}
		out[i] = stamp{info.ModTime(), info.Size()}
	}
	return out, err
}

func (p *pair) read() (*tls.Certificate, error) {
	c, err := tls.LoadX509KeyPair(p.cert, p.key)
	if err != nil {
		return nil, fmt.Errorf("read the certificate %s and its key %s: %w", p.cert, p.key, err)
	}
	if c.Leaf == nil {
		if c.Leaf, err = x509.ParseCertificate(c.Certificate[0]); err != nil {
			return nil, fmt.Errorf("read the certificate %s: %w", p.cert, err)
		}
	}
	return &c, nil
}

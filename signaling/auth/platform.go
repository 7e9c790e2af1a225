package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

const (
	// refreshEvery is how long a key that the platform has taken back is taken
	// at most, while its set can be read.
	refreshEvery = 5 * time.Minute
	// refreshFloor is the least time between two looks, however many tokens of
	// unknown keys come.
	refreshFloor = 30 * time.Second
	// refreshWithin bounds one look.
	refreshWithin = 5 * time.Second
	// staleAfter is how long keys are taken while their set cannot be read.
	staleAfter = 24 * time.Hour
)

// PlatformConfig says where a platform's public keys are.
type PlatformConfig struct {
	// Source is a file, or an address: https://, or http:// on this machine.
	Source string
	// Client fetches an address; nil: one of this package's own.
	Client *http.Client
	Now    func() time.Time
	Log    zerolog.Logger
}

// PlatformKeys are the public keys of a platform's JSON Web Key Set (RFC 7517).
// They are read again every five minutes, and when a token names a key that is
// not known, but never twice within half a minute. When the set cannot be read
// the last one holds for a day.
type PlatformKeys struct {
	cfg  PlatformConfig
	turn chan struct{} // held by who reads the set

	mu    sync.Mutex // guards what follows
	keys  map[string]publicKey
	read  time.Time // when keys were read
	tried time.Time
}

// NewPlatformKeys reads nothing yet; Refresh and Run do.
func NewPlatformKeys(cfg PlatformConfig) (*PlatformKeys, error) {
	if err := CheckKeySource(cfg.Source); err != nil {
		return nil, err
	}
	if cfg.Client == nil {
		cfg.Client = &http.Client{CheckRedirect: sameSource}
	}
	return &PlatformKeys{cfg: cfg, turn: make(chan struct{}, 1)}, nil
}

// CheckKeySource tells what is wrong with the address of a key set, or nil. A
// file is looked at when it is read.
func CheckKeySource(source string) error {
	if !strings.Contains(source, "://") {
		return nil
	}
	u, err := url.Parse(source)
	if err == nil && !trusted(u) {
		err = errors.New("it must begin with https://, or with http:// on this machine")
	}
	if err != nil {
		return fmt.Errorf("address of the key set: %w", err)
	}
	return nil
}

// trusted tells whether nobody on the way can change what an address answers.
func trusted(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip.IsLoopback()
	return u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && local)
}

// sameSource follows redirects to trusted addresses only.
func sameSource(r *http.Request, via []*http.Request) error {
	if len(via) > 3 || !trusted(r.URL) {
		return http.ErrUseLastResponse
	}
	return nil
}

// Run reads the keys again and again until ctx ends.
func (p *PlatformKeys) Run(ctx context.Context) error {
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			_ = p.Refresh(ctx) // it is logged, and tried again
		}
	}
}

// Refresh reads the keys, unless that was tried a moment ago.
func (p *PlatformKeys) Refresh(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, refreshWithin)
	defer cancel()
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if !p.due() {
		return nil // who had the turn before has just looked
	}
	data, err := p.fetch(ctx)
	var keys map[string]publicKey
	if err == nil {
		keys, err = parseKeySet(data)
	}
	if err != nil {
		err = fmt.Errorf("read the platform's keys: %w", err)
		p.cfg.Log.Warn().Err(err).Msg("keys of the platform not read")
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys, p.read = keys, p.cfg.Now()
	return nil
}

// due tells whether the keys may be read now, and counts it as tried.
func (p *PlatformKeys) due() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.cfg.Now()
	if !p.tried.IsZero() && now.Sub(p.tried) < refreshFloor {
		return false
	}
	p.tried = now
	return true
}

func (p *PlatformKeys) fetch(ctx context.Context) ([]byte, error) {
	if !strings.Contains(p.cfg.Source, "://") {
		f, err := os.Open(p.cfg.Source)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return readBounded(f)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.cfg.Source, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/jwk-set+json, application/json")
	answer, err := p.cfg.Client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the address answers %s", answer.Status)
	}
	return readBounded(answer.Body)
}

func readBounded(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxSetBytes+1))
	if err == nil && len(data) > maxSetBytes {
		err = fmt.Errorf("a key set of more than %d bytes", maxSetBytes)
	}
	return data, err
}

// find returns the key of an id; one that is not known may be new.
func (p *PlatformKeys) find(ctx context.Context, id string) (publicKey, bool) {
	if k, ok := p.known(id); ok {
		return k, true
	}
	if p.Refresh(ctx) != nil {
		return publicKey{}, false // it is logged
	}
	return p.known(id)
}

func (p *PlatformKeys) known(id string) (publicKey, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cfg.Now().Sub(p.read) > staleAfter {
		return publicKey{}, false
	}
	k, ok := p.keys[id]
	return k, ok
}

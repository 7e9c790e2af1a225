package revocation

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"parley/signaling/auth"
	"parley/storage/id"
	"parley/storage/meta"
)

const (
	// lookEvery is how soon a node learns of what another one took back.
	lookEvery = time.Second
	// forgetEvery is how often expired entries are deleted.
	forgetEvery = 10 * time.Minute
)

// Config holds the parts of a list.
type Config struct {
	Store meta.Revocations
	// Life is how long a token may be good, the leeway included: so long is a
	// person's entry kept.
	Life time.Duration
	// Ended is told after something was taken back. It must not block for long.
	Ended func()
	Now   func() time.Time
	Log   zerolog.Logger
}

// List is what was taken back. It is safe for concurrent use.
type List struct {
	cfg Config

	mu     sync.RWMutex // guards what follows; a set is never changed, but replaced
	tokens map[string]bool
	people map[id.PersonID]time.Time // the last time of issue that is taken back
}

// Open reads the list.
func Open(ctx context.Context, cfg Config) (*List, error) {
	l := &List{cfg: cfg}
	_, err := l.load(ctx)
	return l, err
}

// Revoked tells whether somebody's token was taken back.
func (l *List) Revoked(who auth.Identity) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if who.Token != "" && l.tokens[who.Token] {
		return true
	}
	last, some := l.people[who.Person]
	return some && !who.Issued.After(last)
}

// Taken is what was taken back: ids of tokens, and by person the last time of issue.
func (l *List) Taken() (tokens []string, people map[id.PersonID]time.Time) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return slices.Collect(maps.Keys(l.tokens)), maps.Clone(l.people)
}

// RevokeToken takes back the token of an id. It is remembered until expires;
// the zero time stands for as long as any token may be good.
func (l *List) RevokeToken(ctx context.Context, token string, expires time.Time, by id.PersonID) (meta.Revocation, error) {
	now := l.cfg.Now()
	if expires.IsZero() {
		expires = now.Add(l.cfg.Life)
	}
	return l.put(ctx, meta.Revocation{Kind: meta.RevokedToken, Subject: token, IssuedBefore: now, ExpiresAt: expires, By: by, At: now})
}

// RevokePerson takes back all tokens of a person that were issued up to a time.
// The whole second counts, for tokens tell no parts of one.
func (l *List) RevokePerson(ctx context.Context, p id.PersonID, issued time.Time, by id.PersonID) (meta.Revocation, error) {
	now := l.cfg.Now()
	return l.put(ctx, meta.Revocation{Kind: meta.RevokedPerson, Subject: string(p), IssuedBefore: issued, ExpiresAt: now.Add(l.cfg.Life), By: by, At: now})
}

func (l *List) put(ctx context.Context, r meta.Revocation) (meta.Revocation, error) {
	if err := l.cfg.Store.PutRevocation(ctx, r); err != nil {
		return meta.Revocation{}, err
	}
	if _, err := l.load(ctx); err != nil {
		return meta.Revocation{}, err
	}
	l.cfg.Ended()
	return r, nil
}

// load reads the list and tells whether there is something new in it.
func (l *List) load(ctx context.Context) (fresh bool, err error) {
	all, err := l.cfg.Store.Revocations(ctx, l.cfg.Now())
	if err != nil {
		return false, fmt.Errorf("read revocations: %w", err)
	}
	tokens, people := map[string]bool{}, map[id.PersonID]time.Time{}
	for _, r := range all {
		if r.Kind == meta.RevokedToken {
			tokens[r.Subject] = true
		} else {
			people[id.PersonID(r.Subject)] = r.IssuedBefore
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for t := range tokens {
		fresh = fresh || !l.tokens[t]
	}
	for p, last := range people {
		fresh = fresh || last.After(l.people[p])
	}
	l.tokens, l.people = tokens, people
	return fresh, nil
}

// Run learns what other nodes take back, and forgets what has expired, until ctx
// ends. While the database is away the list that is known holds.
func (l *List) Run(ctx context.Context) error {
	look, forget := time.NewTicker(lookEvery), time.NewTicker(forgetEvery)
	defer look.Stop()
	defer forget.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
			var fresh bool
			if fresh, err = l.load(ctx); fresh {
				l.cfg.Ended()
			}
		case <-forget.C:
			err = l.cfg.Store.DropRevocations(ctx, l.cfg.Now())
		}
		if err != nil && ctx.Err() == nil {
			l.cfg.Log.Warn().Err(err).Msg("revocations not read")
		}
	}
}

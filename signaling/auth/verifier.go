package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"parley/storage/id"
)

// Config says which tokens are accepted.
type Config struct {
	Now func() time.Time
	// Keys are the API key pairs whose tokens (HS256) are accepted; while a
	// pair is changed there are two.
	Keys []Key
	// Platform holds the keys of tokens by ES256, EdDSA and RS256; nil: none.
	Platform *PlatformKeys
	// Audience must be among the aud of each token; empty: [Audience].
	Audience string
	// Leeway is how far the platform's clock may be off; 0: [DefaultLeeway].
	Leeway time.Duration
	// MaxLife is how long a token may be good from when it was issued; 0:
	// [DefaultMaxLife]. What is revoked need not be remembered longer.
	MaxLife time.Duration
	// Revoked tells whether a token was taken back; nil: none was.
	Revoked func(Identity) bool
}

// Verifier checks tokens against API keys and the platform's public keys.
type Verifier struct {
	cfg    Config
	pairs  map[string]Secret
	parser *jwt.Parser
}

// NewVerifier refuses weak keys, and two with one id.
func NewVerifier(cfg Config) (*Verifier, error) {
	cfg.Audience = cmp.Or(cfg.Audience, Audience)
	cfg.Leeway, cfg.MaxLife = cmp.Or(cfg.Leeway, DefaultLeeway), cmp.Or(cfg.MaxLife, DefaultMaxLife)
	v := &Verifier{cfg: cfg, pairs: make(map[string]Secret, len(cfg.Keys))}
	for _, k := range cfg.Keys {
		if err := k.validate(); err != nil {
			return nil, err
		}
		if v.pairs[k.ID] != nil {
			return nil, fmt.Errorf("auth: two API keys have the id %q", k.ID)
		}
		v.pairs[k.ID] = k.Secret
	}
	v.parser = jwt.NewParser(
		jwt.WithValidMethods([]string{
			jwt.SigningMethodHS256.Alg(), jwt.SigningMethodES256.Alg(), jwt.SigningMethodEdDSA.Alg(), jwt.SigningMethodRS256.Alg(),
		}),
		jwt.WithAudience(cfg.Audience),
		jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(),
		jwt.WithStrictDecoding(),
		jwt.WithLeeway(cfg.Leeway),
		jwt.WithTimeFunc(cfg.Now),
	)
	return v, nil
}

// Verify returns who the token names, ErrExpired, ErrRevoked or ErrInvalid. ctx bounds a
// look for a key of the platform that was not known so far.
func (v *Verifier) Verify(ctx context.Context, token string) (Identity, error) {
	// Decoders of base64 pass over line ends, so one token could be written in many ways.
	if len(token) > maxTokenBytes || strings.ContainsAny(token, "\r\n") {
		return Identity{}, ErrInvalid
	}
	var c claims
	_, err := v.parser.ParseWithClaims(token, &c, func(t *jwt.Token) (any, error) { return v.keyFor(ctx, t) })
	switch {
	case errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return Identity{}, ErrExpired
	case err != nil:
		return Identity{}, ErrInvalid
	}
	who := c.identity()
	if who.validate() != nil || who.Issued.IsZero() || who.Expires.Sub(who.Issued) > v.cfg.MaxLife {
		return Identity{}, ErrInvalid
	}
	if err := v.Still(who); err != nil {
		return Identity{}, err
	}
	return who, nil
}

// Still returns ErrRevoked if the token of somebody who was verified has been
// taken back since.
func (v *Verifier) Still(who Identity) error {
	if v.cfg.Revoked != nil && v.cfg.Revoked(who) {
		return ErrRevoked
	}
	return nil
}

// keyFor is the key that verifies a token: the one that its header names, if
// that one is for the header's algorithm. So no token can have a public key
// taken for a shared secret, and "none" finds nothing (RFC 8725 section 3.1).
func (v *Verifier) keyFor(ctx context.Context, t *jwt.Token) (any, error) {
	if _, critical := t.Header["crit"]; critical {
		return nil, errors.New("extensions that are not understood") // RFC 7515 section 4.1.11
	}
	kid, _ := t.Header["kid"].(string)
	alg := t.Method.Alg()
	if alg == jwt.SigningMethodHS256.Alg() {
		if secret, ok := v.pairs[kid]; ok {
			return []byte(secret), nil
		}
		return nil, errors.New("unknown key")
	}
	if v.cfg.Platform == nil || kid == "" {
		return nil, errors.New("unknown key")
	}
	k, ok := v.cfg.Platform.find(ctx, kid)
	if !ok || k.alg != alg {
		return nil, errors.New("unknown key, or one for another algorithm")
	}
	return k.key, nil
}

func (c claims) identity() Identity {
	who := Identity{
		Person: id.PersonID(c.Subject), Role: c.Role, Name: c.Name, Headline: c.Headline,
		Languages: c.Languages, Places: c.Places, Age: c.Age, Adult: c.Adult,
		Human: c.Human, Cluster: c.Cluster, Token: c.ID, Expires: c.ExpiresAt.Time,
	}
	if c.IssuedAt != nil {
		who.Issued = c.IssuedAt.Time
	}
	if c.AuthTime != nil {
		who.AuthTime = c.AuthTime.Time
	}
	return who
}

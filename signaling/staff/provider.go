package staff

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"parley/signaling/auth"
	"parley/signaling/wire"
	"parley/storage/id"
)

// Errors of Begin and Finish.
var (
	// ErrUnavailable: the provider cannot be reached, or does not speak the
	// protocol.
	ErrUnavailable = errors.New("staff: the OpenID provider is out of reach")
	// ErrFailed: the answer is none to a sign-in that this browser began.
	ErrFailed = errors.New("staff: the sign-in failed")
	// ErrNoRole: the person has no role here.
	ErrNoRole = errors.New("staff: the person has no role here")
)

const (
	// CallbackPath is where the provider sends people back to.
	CallbackPath = wire.Root + "/staff/callback"
	// LoginWithin is how long somebody may take at the provider.
	LoginWithin = 10 * time.Minute
	// askAgain is the least time between two looks for a provider that was away.
	askAgain = 2 * time.Second
	timeout  = 10 * time.Second
	leeway   = 30 * time.Second
)

// Config says where staff sign in.
type Config struct {
	// Issuer is the provider's address, as its discovery document names it.
	Issuer       string
	ClientID     string
	ClientSecret auth.Secret
	// Redirect is the address of this server to which the provider sends people
	// back.
	Redirect string
	Scopes   []string // besides openid
	// RoleClaim is the claim of the ID token that has a person's groups, a text or a
	// list of texts; dots lead into objects. Roles says what role each of them
	// gives; the first one that fits counts.
	RoleClaim string
	Roles     []Mapping
	// Key seals what travels through the browser: 32 bytes.
	Key []byte
	// HTTP talks to the provider; nil: one of this package's own.
	HTTP *http.Client
	Now  func() time.Time
}

// Mapping gives a group of the provider a role.
type Mapping struct {
	Group string
	Role  auth.Role
}

// MayBe tells whether staff may have a role: those who call and backends have
// tokens of the platform.
func MayBe(r auth.Role) bool {
	switch r {
	case auth.RoleQA, auth.RoleQALead, auth.RolePrivacy, auth.RoleAdmin, auth.RoleAuditor:
		return true
	}
	return false
}

// Provider is an OpenID provider. It is safe for concurrent use.
type Provider struct {
	cfg  Config
	seal sealer

	turn   chan struct{} // held by who looks at what follows
	found  *oidc.Provider
	failed time.Time // when the provider was last out of reach
}

// New asks nobody yet: a provider that is away must not keep a server from
// starting.
func New(cfg Config) (*Provider, error) {
	seal, err := newSealer(cfg.Key)
	if err != nil {
		return nil, err
	}
	for _, m := range cfg.Roles {
		if !MayBe(m.Role) || m.Group == "" {
			return nil, fmt.Errorf("staff: group %q cannot have the role %q: want qa, qa-lead, privacy, admin or auditor", m.Group, m.Role)
		}
	}
	if len(cfg.Roles) == 0 {
		return nil, errors.New("staff: no group has a role")
	}
	if cfg.HTTP == nil {
		cfg.HTTP = &http.Client{Timeout: timeout}
	}
	return &Provider{cfg: cfg, seal: seal, turn: make(chan struct{}, 1)}, nil
}

// discover reads the provider's description (OpenID Connect Discovery 1.0) once.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	switch {
	case p.found != nil:
		return p.found, nil
	case p.cfg.Now().Sub(p.failed) < askAgain:
		return nil, ErrUnavailable
	}
	// The provider keeps the context for the keys that it reads later.
	found, err := oidc.NewProvider(p.context(context.WithoutCancel(ctx)), p.cfg.Issuer)
	if err != nil {
		p.failed = p.cfg.Now()
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	p.found = found
	return found, nil
}

func (p *Provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.cfg.HTTP)
}

func (p *Provider) oauth(found *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.cfg.ClientID, ClientSecret: string(p.cfg.ClientSecret), Endpoint: found.Endpoint(),
		RedirectURL: p.cfg.Redirect, Scopes: append([]string{oidc.ScopeOpenID}, p.cfg.Scopes...),
	}
}

// Begin returns the address to send a browser to, and what the browser must
// bring back in a cookie. With fresh the person has to prove again who they are,
// whatever session the provider has. Errors match ErrUnavailable.
func (p *Provider) Begin(ctx context.Context, fresh bool, returnTo string) (address, sealed string, err error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", "", err
	}
	began := attempt{
		State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(),
		Return: returnTo, Fresh: fresh, At: p.cfg.Now(),
	}
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(began.Verifier), oidc.Nonce(began.Nonce)}
	if fresh {
		options = append(options, oauth2.SetAuthURLParam("max_age", "0"), oauth2.SetAuthURLParam("prompt", "login"))
	}
	sealed, err = p.seal.seal(began)
	return p.oauth(found).AuthCodeURL(began.State, options...), sealed, err
}

// Login is who has signed in.
type Login struct {
	Person id.PersonID
	Role   auth.Role
	Name   string
	// AuthTime is when the person proved who they are; zero if the provider does
	// not tell.
	AuthTime time.Time
	Return   string
}

// Finish takes what the provider sent back, with what Begin sealed. Errors match
// ErrFailed, ErrNoRole or ErrUnavailable.
func (p *Provider) Finish(ctx context.Context, sealed string, answer url.Values) (Login, error) {
	began, err := p.seal.open(sealed)
	if err != nil || p.cfg.Now().Sub(began.At) > LoginWithin {
		return Login{}, fmt.Errorf("%w: this browser began none, or too long ago", ErrFailed)
	}
	if subtle.ConstantTimeCompare([]byte(began.State), []byte(answer.Get("state"))) != 1 {
		return Login{}, fmt.Errorf("%w: another state", ErrFailed)
	}
	if iss := answer.Get("iss"); iss != "" && iss != p.cfg.Issuer { // RFC 9207
		return Login{}, fmt.Errorf("%w: another issuer", ErrFailed)
	}
	if answer.Get("error") != "" || answer.Get("code") == "" {
		return Login{}, fmt.Errorf("%w: the provider refused", ErrFailed)
	}
	found, err := p.discover(ctx)
	if err != nil {
		return Login{}, err
	}
	return p.redeem(ctx, found, began, answer.Get("code"))
}

// redeem exchanges the code for an ID token and reads it.
func (p *Provider) redeem(ctx context.Context, found *oidc.Provider, began attempt, code string) (Login, error) {
	tokens, err := p.oauth(found).Exchange(p.context(ctx), code, oauth2.VerifierOption(began.Verifier))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.Response.StatusCode < http.StatusInternalServerError:
		return Login{}, fmt.Errorf("%w: the code was not taken", ErrFailed)
	case err != nil:
		return Login{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, err := found.Verifier(&oidc.Config{
		ClientID: p.cfg.ClientID, Now: p.cfg.Now, SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256, oidc.EdDSA},
	}).Verify(p.context(ctx), raw)
	if err != nil {
		return Login{}, fmt.Errorf("%w: ID token: %w", ErrFailed, err)
	}
	if subtle.ConstantTimeCompare([]byte(began.Nonce), []byte(token.Nonce)) != 1 {
		return Login{}, fmt.Errorf("%w: another nonce", ErrFailed)
	}
	return p.login(token, began)
}

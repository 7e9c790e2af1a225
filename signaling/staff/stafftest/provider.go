// Package stafftest is an OpenID provider for tests: it speaks discovery, the
// code flow with PKCE, and ID tokens, and refuses what the specifications say
// it must. There is no login page: whoever comes is Provider.Person.
package stafftest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// The one client that the provider knows.
const (
	ClientID     = "parley"
	ClientSecret = "s3cret/of+the=client"
)

// Provider is an OpenID provider on a free port of this machine.
type Provider struct {
	Issuer string
	key    *ecdsa.PrivateKey
	server *httptest.Server

	mu    sync.Mutex // guards what follows
	codes map[string]grant
	// Person are the claims of whoever comes; nobody: they decline.
	person   map[string]any
	signedIn time.Time
	redirect string
	tamper   func(claims map[string]any)
	down     bool
}

// grant is what a code stands for.
type grant struct {
	redirect, challenge, nonce string
	authTime                   time.Time
	tellTime                   bool
}

// New starts a provider that sends people back to one address only.
func New(t testing.TB, redirect string) *Provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{key: key, codes: map[string]grant{}, redirect: redirect, signedIn: time.Now().Add(-time.Hour)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.describe)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.isDown() {
			http.Error(w, "down", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	p.Issuer = p.server.URL
	t.Cleanup(p.server.Close)
	return p
}

// Be makes whoever comes the person with these claims, signed in an hour ago.
func (p *Provider) Be(claims map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.person = claims
}

// Allow changes the address to which people are sent back.
func (p *Provider) Allow(redirect string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.redirect = redirect
}

// Tamper changes the claims of every ID token from now on.
func (p *Provider) Tamper(change func(claims map[string]any)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tamper = change
}

// Down lets the provider answer nothing but 503.
func (p *Provider) Down(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

func (p *Provider) isDown() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.down
}

func (p *Provider) describe(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, map[string]any{
		"issuer": p.Issuer, "authorization_endpoint": p.Issuer + "/authorize", "token_endpoint": p.Issuer + "/token",
		"jwks_uri": p.Issuer + "/keys", "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"ES256"}, "code_challenge_methods_supported": []string{"S256"},
	})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "k1", Algorithm: "ES256", Use: "sig"}}})
}

// authorize is the authorization endpoint (OpenID Connect Core 1.0 section
// 3.1.2, RFC 7636 section 4.3).
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := r.URL.Query()
	if q.Get("client_id") != ClientID || q.Get("redirect_uri") != p.redirect {
		http.Error(w, "unknown client or address", http.StatusBadRequest) // never sent back
		return
	}
	back := url.Values{"state": {q.Get("state")}, "iss": {p.Issuer}}
	switch {
	case q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43:
		back.Set("error", "invalid_request")
	case p.person == nil:
		back.Set("error", "access_denied")
	default:
		if q.Get("prompt") == "login" || q.Get("max_age") == "0" {
			p.signedIn = time.Now()
		}
		code := rand.Text()
		p.codes[code] = grant{p.redirect, q.Get("code_challenge"), q.Get("nonce"), p.signedIn, q.Has("max_age")}
		back.Set("code", code)
	}
	http.Redirect(w, r, p.redirect+"?"+back.Encode(), http.StatusFound)
}

// token is the token endpoint (section 3.1.3, RFC 7636 section 4.6). A code is
// good once.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	user, password, _ := r.BasicAuth()
	if id, err := url.QueryUnescape(user); err != nil || id != ClientID {
		refuse(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	if secret, err := url.QueryUnescape(password); err != nil || secret != ClientSecret {
		refuse(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	g, known := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || r.PostFormValue("grant_type") != "authorization_code" || r.PostFormValue("redirect_uri") != g.redirect ||
		base64.RawURLEncoding.EncodeToString(sum[:]) != g.challenge {
		refuse(w, http.StatusBadRequest, "invalid_grant")
		return
	}
	idToken, err := p.idToken(g)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "server_error")
		return
	}
	write(w, http.StatusOK, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 60, "id_token": idToken})
}

// idToken is the ID token of section 2.
func (p *Provider) idToken(g grant) (string, error) {
	now := time.Now()
	claims := map[string]any{"iss": p.Issuer, "aud": ClientID, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "nonce": g.nonce}
	if g.tellTime {
		claims["auth_time"] = g.authTime.Unix()
	}
	for name, value := range p.person {
		claims[name] = value
	}
	if p.tamper != nil {
		p.tamper(claims)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: p.key, KeyID: "k1"}}, nil)
	if err != nil {
		return "", err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

func refuse(w http.ResponseWriter, code int, why string) {
	write(w, code, map[string]any{"error": why})
}

func write(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
}

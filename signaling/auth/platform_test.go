package auth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
	"github.com/rs/zerolog"
)

// signers are one private key for each algorithm.
type signers struct {
	es  *ecdsa.PrivateKey
	ed  ed25519.PrivateKey
	rsa *rsa.PrivateKey
}

func newSigners(t testing.TB) signers {
	t.Helper()
	es, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r, err := rsa.GenerateKey(rand.Reader, minRSABits)
	if err != nil {
		t.Fatal(err)
	}
	return signers{es, ed, r}
}

func (s signers) set() jose.JSONWebKeySet {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: s.es.Public(), KeyID: "es"}, {Key: s.ed.Public(), KeyID: "ed", Use: "sig"}, {Key: s.rsa.Public(), KeyID: "rsa", Algorithm: "RS256"},
	}}
}

// issuer serves a key set that can be changed, and counts who asks for it.
type issuer struct {
	set   atomic.Pointer[[]byte]
	code  atomic.Int32
	asked atomic.Int32
	now   atomic.Pointer[time.Time]
	url   string
}

func newIssuer(t testing.TB, set jose.JSONWebKeySet) *issuer {
	t.Helper()
	i := &issuer{}
	i.publish(t, set)
	i.code.Store(http.StatusOK)
	i.at(clock)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		i.asked.Add(1)
		w.WriteHeader(int(i.code.Load()))
		_, _ = w.Write(*i.set.Load())
	}))
	t.Cleanup(server.Close)
	i.url = server.URL
	return i
}

func (i *issuer) publish(t testing.TB, set jose.JSONWebKeySet) {
	t.Helper()
	data := mustJSON(t, set)
	i.set.Store(&data)
}

func (i *issuer) at(now time.Time) { i.now.Store(&now) }

func (i *issuer) verifier(t testing.TB) *Verifier {
	t.Helper()
	return verifierOf(t, i.url, func() time.Time { return *i.now.Load() })
}

func verifierOf(t testing.TB, source string, now func() time.Time) *Verifier {
	t.Helper()
	keys, err := NewPlatformKeys(PlatformConfig{Source: source, Now: now, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	v, err := NewVerifier(Config{Now: now, Keys: []Key{testKey()}, Platform: keys})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestPlatformTokens(t *testing.T) {
	s := newSigners(t)
	strangers := newSigners(t)
	v := newIssuer(t, s.set()).verifier(t)
	spki, err := x509.MarshalPKIXPublicKey(s.rsa.Public())
	if err != nil {
		t.Fatal(err)
	}
	asPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki})
	hs, es, ed, rs := jwt.SigningMethodHS256, jwt.SigningMethodES256, jwt.SigningMethodEdDSA, jwt.SigningMethodRS256
	for _, tt := range []struct {
		name  string
		token string
		want  error
	}{
		{"ES256", sign(t, es, "es", body(), s.es), nil},
		{"EdDSA", sign(t, ed, "ed", body(), s.ed), nil},
		{"RS256", sign(t, rs, "rsa", body(), s.rsa), nil},
		{"an API key pair beside them", sign(t, hs, "local", body(), []byte(keyText)), nil},
		{"another platform's ES256", sign(t, es, "es", body(), strangers.es), ErrInvalid},
		{"another platform's EdDSA", sign(t, ed, "ed", body(), strangers.ed), ErrInvalid},
		{"another platform's RS256", sign(t, rs, "rsa", body(), strangers.rsa), ErrInvalid},
		{"the id of another key", sign(t, es, "rsa", body(), s.es), ErrInvalid},
		{"no id", sign(t, es, nil, body(), s.es), ErrInvalid},
		{"an unknown id", sign(t, es, "new", body(), s.es), ErrInvalid},
		{"the right key, another algorithm", sign(t, jwt.SigningMethodPS256, "rsa", body(), s.rsa), ErrInvalid},
		{"RS512", sign(t, jwt.SigningMethodRS512, "rsa", body(), s.rsa), ErrInvalid},
		{"HMAC by the public RSA key in PEM", sign(t, hs, "rsa", body(), asPEM), ErrInvalid},
		{"HMAC by the public RSA key in DER", sign(t, hs, "rsa", body(), spki), ErrInvalid},
		{"HMAC by the public Ed25519 key", sign(t, hs, "ed", body(), []byte(s.ed.Public().(ed25519.PublicKey))), ErrInvalid},
		{"the id of an API key pair", sign(t, es, "local", body(), s.es), ErrInvalid},
		{"none", sign(t, jwt.SigningMethodNone, "es", body(), jwt.UnsafeAllowNoneSignatureType), ErrInvalid},
	} {
		if _, err := v.Verify(t.Context(), tt.token); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestKeysChange(t *testing.T) {
	first, second := newSigners(t), newSigners(t)
	i := newIssuer(t, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: first.es.Public(), KeyID: "one"}}})
	v := i.verifier(t)
	old := sign(t, jwt.SigningMethodES256, "one", body(), first.es)
	fresh := sign(t, jwt.SigningMethodES256, "two", body(), second.es)
	check := func(when, token string, want error, asked int32) {
		t.Helper()
		if _, err := v.Verify(t.Context(), token); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", when, err, want)
		}
		if got := i.asked.Load(); got != asked {
			t.Errorf("%s: the platform was asked %d times, want %d", when, got, asked)
		}
	}
	check("at first", old, nil, 1)
	check("again", old, nil, 1)
	i.publish(t, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: second.es.Public(), KeyID: "two"}}})
	for range 20 {
		check("a moment later", fresh, ErrInvalid, 1) // the floor holds
	}
	i.at(clock.Add(refreshFloor))
	check("half a minute later", fresh, nil, 2)
	check("the key that was taken back", old, ErrInvalid, 2)

	i.code.Store(http.StatusInternalServerError)
	i.at(clock.Add(10 * refreshFloor))
	if err := v.cfg.Platform.Refresh(t.Context()); err == nil {
		t.Error("the platform answers 500: got no error")
	}
	check("while the platform is down", fresh, nil, 3)
	i.at(clock.Add(staleAfter + refreshFloor + time.Second))
	long := body()
	long["exp"] = clock.Add(2 * staleAfter).Unix()
	check("a day later", sign(t, jwt.SigningMethodES256, "two", long, second.es), ErrInvalid, 4)
}

func TestKeysInAFile(t *testing.T) {
	s := newSigners(t)
	path := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(path, mustJSON(t, s.set()), 0o600); err != nil {
		t.Fatal(err)
	}
	v := verifierOf(t, path, func() time.Time { return clock })
	if _, err := v.Verify(t.Context(), sign(t, jwt.SigningMethodEdDSA, "ed", body(), s.ed)); err != nil {
		t.Errorf("got %v, want the token taken", err)
	}
}

func TestKeySetsThatAreRefused(t *testing.T) {
	s := newSigners(t)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	set := func(keys ...jose.JSONWebKey) []byte { return mustJSON(t, jose.JSONWebKeySet{Keys: keys}) }
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"not JSON", []byte("<html>"), "not a JSON Web Key Set"},
		{"no keys", []byte("{}"), "there is no key"},
		{"only a key for encryption", set(jose.JSONWebKey{Key: s.rsa.Public(), KeyID: "r", Use: "enc"}), "there is no key"},
		{"only another curve", set(jose.JSONWebKey{Key: p384.Public(), KeyID: "p"}), "there is no key"},
		{"only another algorithm", set(jose.JSONWebKey{Key: s.rsa.Public(), KeyID: "r", Algorithm: "PS512"}), "there is no key"},
		{"only an unknown type", []byte(`{"keys":[{"kty":"moon","kid":"m"}]}`), "there is no key"},
		{"a shared secret", set(jose.JSONWebKey{Key: []byte(keyText), KeyID: "s"}), "secret"},
		{"a private key", set(jose.JSONWebKey{Key: s.ed, KeyID: "s"}), "secret"},
		{"a weak key", set(jose.JSONWebKey{Key: small.Public(), KeyID: "s"}), "1024 bits"},
		{"no id", set(jose.JSONWebKey{Key: s.ed.Public()}), "needs an id"},
		{"an id twice", set(jose.JSONWebKey{Key: s.ed.Public(), KeyID: "a"}, jose.JSONWebKey{Key: s.es.Public(), KeyID: "a"}), "came before"},
		{"too many", []byte(`{"keys":[` + strings.Repeat(`{},`, maxSetKeys) + `{}]}`), "at most"},
	} {
		if _, err := parseKeySet(tt.data); err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), keyText) {
			t.Errorf("%s: got %v, want an error that says %q", tt.name, err, tt.want)
		}
	}
}

func TestKeySources(t *testing.T) {
	for source, good := range map[string]bool{
		"jwks.json": true, "/etc/keys.json": true, "https://id.example/keys": true, "http://127.0.0.1:9/keys": true, "http://[::1]/k": true, "http://localhost/k": true,
		"http://id.example/keys": false, "ftp://id.example/keys": false, "https://": false, "http://127.0.0.1.example/": false,
	} {
		if err := CheckKeySource(source); (err == nil) != good {
			t.Errorf("%s: got %v, want it taken: %v", source, err, good)
		}
	}
}

func TestRedirectsLeadNowhereElse(t *testing.T) {
	server := httptest.NewServer(http.RedirectHandler("http://keys.example/", http.StatusFound))
	defer server.Close()
	v := verifierOf(t, server.URL, func() time.Time { return clock })
	if err := v.cfg.Platform.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "302") {
		t.Errorf("got %v, want the redirect not followed", err)
	}
}

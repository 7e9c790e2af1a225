package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// status asks for a page with a token.
func status(t testing.TB, url, token string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close() // only the status counts
	return answer.StatusCode
}

// mintedBy is what `parley token` prints.
func mintedBy(t testing.TB, args ...string) string {
	t.Helper()
	out, said, code := program(t, append([]string{"token"}, args...)...)
	if code != 0 {
		t.Fatalf("token %v: got exit code %d and %q", args, code, said)
	}
	return strings.TrimSpace(out)
}

// TestTokensOfEveryKind: a server with two API key pairs and a platform's key
// set takes the tokens of each, for its own audience only.
func TestTokensOfEveryKind(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(map[string]any{"keys": []map[string]string{
		{"kty": "OKP", "crv": "Ed25519", "kid": "platform", "x": base64.RawURLEncoding.EncodeToString(public)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(file, set, 0o600); err != nil {
		t.Fatal(err)
	}
	older, newer := "old:"+strings.Repeat("o", 32), "new:"+strings.Repeat("n", 32)
	t.Setenv("PARLEY_API_KEY", newer+" "+older)
	t.Setenv("PARLEY_JWKS", file)
	s := serveDemo(t, t.TempDir(), "--token-audience", "calls.example")

	signed := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{
		"sub": "robin", "role": "qa", "name": "Robin", "aud": "calls.example", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	})
	signed.Header["kid"] = "platform"
	ofPlatform, err := signed.SignedString(private)
	if err != nil {
		t.Fatal(err)
	}
	mint := func(key, audience string) string {
		t.Setenv("PARLEY_API_KEY", key)
		return mintedBy(t, "qa", "robin", "--token-audience", audience)
	}
	for _, tt := range []struct {
		name, token string
		want        int
	}{
		{"the pair of now", mint(newer, "calls.example"), http.StatusOK},
		{"the pair of before", mint(older, "calls.example"), http.StatusOK},
		{"the platform's key", ofPlatform, http.StatusOK},
		{"another deployment's audience", mint(newer, "parley"), http.StatusUnauthorized},
		{"another deployment's key", mint("new:"+strings.Repeat("x", 32), "calls.example"), http.StatusUnauthorized},
	} {
		if got := status(t, s.url+"/api/v1/recordings", tt.token); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.want)
		}
	}
}

// TestTokenBesideARunningServer: the command takes the server's own key.
func TestTokenBesideARunningServer(t *testing.T) {
	dir := t.TempDir()
	s := serveDemo(t, dir)
	if got := status(t, s.url+"/api/v1/recordings", mintedBy(t, "qa-lead", "lena", "--data", dir)); got != http.StatusOK {
		t.Errorf("got %d, want the token taken", got)
	}
	claims := jwt.MapClaims{}
	expert := mintedBy(t, "expert", "lee", "--data", dir, "--name", "Dr. Lee", "--place", "DE", "--place", "US-CA:billing",
		"--language", "de", "--age", "40", "--adult", "--person-id", "h-7", "--cluster", "tax", "--life", "10m")
	if _, _, err := jwt.NewParser().ParseUnverified(expert, claims); err != nil {
		t.Fatal(err)
	}
	delete(claims, "jti")
	for _, when := range []string{"exp", "iat", "nbf"} {
		if _, ok := claims[when].(float64); !ok {
			t.Errorf("claim %s: got %v, want a time", when, claims[when])
		}
		delete(claims, when)
	}
	got, err := json.Marshal(claims)
	want := `{"adult":true,"age":40,"aud":["parley"],"cluster":"tax","languages":["de"],"name":"Dr. Lee","person_id":"h-7",` +
		`"places":[{"code":"DE","source":"declared"},{"code":"US-CA","source":"billing"}],"role":"expert","sub":"lee"}`
	if err != nil || string(got) != want {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
	for _, args := range [][]string{{"boss", "lee"}, {"member", "le e"}, {"member", "lee", "--life", "721h"}, {"member", "lee", "--place", ":geo"}} {
		if out, said, code := program(t, append([]string{"token", "--data", dir}, args...)...); code == 0 || out != "" || said == "" {
			t.Errorf("token %v: got exit code %d, %q and %q, want an error and no token", args, code, out, said)
		}
	}
}

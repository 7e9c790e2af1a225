package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"parley/signaling/auth"
	"parley/signaling/staff"
	"parley/signaling/staff/stafftest"
	"parley/signaling/wire"
)

// TestStaffSignInAtARunningServer: a reviewer signs in at a provider, reads the
// list and opens a socket by the cookie alone.
func TestStaffSignInAtARunningServer(t *testing.T) {
	const redirect = "http://localhost:9" + staff.CallbackPath // the browser below finds the server
	provider := stafftest.New(t, redirect)
	provider.Be(map[string]any{"sub": "robin", "name": "Robin", "realm_access": map[string]any{"roles": []string{"qa-team"}}})
	t.Setenv("PARLEY_OIDC_CLIENT_SECRET", stafftest.ClientSecret)
	s := serveDemo(t, t.TempDir(), "--oidc-issuer", provider.Issuer, "--oidc-client-id", stafftest.ClientID, "--oidc-redirect", redirect,
		"--oidc-role-claim", "realm_access.roles", "--oidc-role", "qa-team=qa", "--oidc-role", "officers=privacy")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	home, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == "localhost:9" {
			r.URL.Host = home.Host
		}
		return nil
	}}
	answer, err := browser.Get(s.url + "/api/v1/staff/login?return=/")
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close() // only where it ended counts
	if answer.Request.URL.Path != "/" || answer.Request.URL.RawQuery != "" {
		t.Fatalf("the sign-in ended at %s", answer.Request.URL)
	}
	cookies := jar.Cookies(home)
	if len(cookies) != 1 {
		t.Fatalf("cookies: got %v, want the session", cookies)
	}
	c, _, err := websocket.Dial(t.Context(), s.url+"/api/v1/socket", &websocket.DialOptions{HTTPClient: browser, Subprotocols: []string{wire.Subprotocol}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.CloseNow() }() // the test is over
	if err := c.Write(t.Context(), websocket.MessageText, []byte(`{"type":"hello","token":"`+auth.CookieToken+`"}`)); err != nil {
		t.Fatal(err)
	}
	if _, text, err := c.Read(t.Context()); err != nil || !strings.Contains(string(text), `"welcome"`) || !strings.Contains(string(text), "oidc:robin") {
		t.Errorf("socket: got %s and %v, want the welcome", text, err)
	}
}

func TestOIDCFlagsThatAreRefused(t *testing.T) {
	t.Setenv("PARLEY_OIDC_CLIENT_SECRET", "x")
	good := []string{"--oidc-issuer", "https://id.example", "--oidc-client-id", "x", "--oidc-redirect", "https://calls.example" + staff.CallbackPath, "--oidc-role", "a=qa"}
	for name, more := range map[string][]string{
		"no way back":                 {"--oidc-redirect", ""},
		"a way back that is not ours": {"--oidc-redirect", "https://calls.example/"},
		"a way back that others read": {"--oidc-redirect", "http://calls.example" + staff.CallbackPath},
		"an issuer that others read":  {"--oidc-issuer", "http://id.example"},
		"a role of no staff":          {"--oidc-role", "b=service"},
		"no role":                     {"--oidc-role", "b"},
		"a session without end":       {"--oidc-session", "10000h"},
		"step-up at once":             {"--oidc-step-up", "1s"},
	} {
		args := append(append([]string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0"}, good...), more...)
		if _, said, code := program(t, args...); code == 0 || !strings.Contains(said, "--oidc-") {
			t.Errorf("%s: got exit code %d and %q, want the flag named", name, code, said)
		}
	}
}

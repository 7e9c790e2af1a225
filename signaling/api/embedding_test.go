package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/signaling/wire"
)

// surface is a server that answers each request it lets through, behind its
// headers and its protection.
func surface(t *testing.T, e Embedding) http.Handler {
	t.Helper()
	tokens, err := auth.NewVerifier(auth.Config{Now: time.Now, Keys: []auth.Key{{ID: "test", Secret: auth.Secret(strings.Repeat("k", 32))}}})
	if err != nil {
		t.Fatal(err)
	}
	s := New(Config{
		Embedding: e, Tokens: tokens, Now: time.Now, Socket: http.NotFoundHandler(),
		Web: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("page")) }),
	})
	return s.Handler()
}

// from asks as a browser does for a page of another site.
func from(h http.Handler, origin, method, path string, header ...string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, "https://calls.example.org"+path, nil)
	r.Header.Set("Origin", origin)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	h.ServeHTTP(w, r)
	return w
}

const friend, stranger = "https://www.example.org", "https://www.example.org.evil.test"

func TestOnlyAllowedSitesReadWhatTheElementAsks(t *testing.T) {
	const yes, no = true, false
	tests := []struct {
		origin, method, path string
		reads                bool
	}{
		{friend, "GET", "/embed/parley-call.js", yes},
		{friend, "GET", wire.Root + "/config", yes},
		{friend, "GET", wire.Root + "/calls/c1/receipts", yes},
		{friend, "GET", wire.Root + "/calls/c1/receipts/7", yes},
		{friend, "GET", wire.Root + "/calls/c1/messages", yes},
		{friend, "GET", wire.Root + "/calls/c1/feedback", yes},
		{friend, "POST", wire.Root + "/calls/c1/rating", yes},
		{friend, "POST", wire.Root + "/calls/c1/rating/survey", yes},
		{friend, "POST", wire.Root + "/calls/c1/reports", yes},
		{friend, "PUT", wire.Root + "/blocks/lee", yes},
		{friend, "DELETE", wire.Root + "/blocks/lee", yes},
		{friend, "GET", wire.Root + "/blocks", no},
		{friend, "GET", wire.Root + "/recordings", no},
		{friend, "POST", wire.Root + "/recordings/r1/plays", no},
		{friend, "POST", wire.Root + "/config", no},
		{friend, "GET", wire.Root + "/demo/people", no},
		{friend, "GET", "/", no},
		{stranger, "GET", "/embed/parley-call.js", no},
		{stranger, "GET", wire.Root + "/config", no},
		{"null", "GET", wire.Root + "/config", no},
		{"http://www.example.org", "GET", wire.Root + "/config", no},
	}
	allowing, denying := surface(t, Embedding{Origins: []string{friend}}), surface(t, Embedding{})
	for _, tt := range tests {
		t.Run(tt.origin+" "+tt.method+" "+tt.path, func(t *testing.T) {
			want := ""
			if tt.reads {
				want = tt.origin
			}
			const allow, preflight = "Access-Control-Allow-Origin", "Access-Control-Request-Method"
			if got := from(allowing, tt.origin, tt.method, tt.path, "Authorization", "Bearer x").Header().Get(allow); got != want {
				t.Errorf("allowed to read: %q, want %q", got, want)
			}
			if got := from(denying, tt.origin, tt.method, tt.path).Header().Get(allow); got != "" {
				t.Errorf("allowed to read although nothing is configured: %q", got)
			}
			asked := from(allowing, tt.origin, "OPTIONS", tt.path, preflight, tt.method, "Access-Control-Request-Headers", "authorization")
			if got := asked.Header().Get(allow); got != want {
				t.Errorf("preflight allows %q, want %q", got, want)
			}
			if tt.reads && (asked.Code != http.StatusNoContent || !strings.Contains(asked.Header().Get("Access-Control-Allow-Headers"), "Authorization")) {
				t.Errorf("preflight: status %d, headers %v", asked.Code, asked.Header())
			}
			if got := asked.Header().Get("Access-Control-Allow-Credentials"); got != "" {
				t.Errorf("cookies are allowed: %q", got)
			}
		})
	}
	if got := from(allowing, stranger, "GET", wire.Root+"/config").Header().Get("Vary"); got != "Origin" {
		t.Errorf("Vary %q, want Origin: a cache must not hand one site's answer to another", got)
	}
}

func TestFramesAndHeaders(t *testing.T) {
	csp := func(e Embedding) map[string]string {
		out := map[string]string{}
		for _, directive := range strings.Split(from(surface(t, e), friend, "GET", "/").Header().Get("Content-Security-Policy"), "; ") {
			name, value, _ := strings.Cut(directive, " ")
			out[name] = value
		}
		return out
	}
	if got := csp(Embedding{Origins: []string{friend}})["frame-ancestors"]; got != "'none'" {
		t.Errorf("frame-ancestors %q, want 'none' unless configured", got)
	}
	if got := csp(Embedding{FrameAncestors: []string{friend, "https://b.example"}})["frame-ancestors"]; got != friend+" https://b.example" {
		t.Errorf("frame-ancestors %q, want the two that are configured", got)
	}
	if got := csp(Embedding{}); got["connect-src"] != "'self'" || strings.Contains(got["script-src"]+got["default-src"], "unsafe") {
		t.Errorf("policy %v, want connections and scripts of this server alone", got)
	}
	h := from(surface(t, Embedding{}), friend, "GET", "/").Header()
	for name, want := range map[string]string{"Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
		if got := h.Get(name); got != want {
			t.Errorf("%s %q, want %q", name, got, want)
		}
	}
	for _, want := range []string{"microphone=(self)", "camera=()", "geolocation=()", "display-capture=()"} {
		if got := h.Get("Permissions-Policy"); !strings.Contains(got, want) {
			t.Errorf("Permissions-Policy %q, want %s in it", got, want)
		}
	}
}

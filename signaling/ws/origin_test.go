package ws

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"parley/signaling/auth"
)

// A site that may connect still speaks by the token that it gives: the browser
// sends a cookie along to every page of the same registrable domain.
func TestAnotherSiteDoesNotSpeakByTheCookie(t *testing.T) {
	const friend = "https://www.example.org"
	cookie := auth.Cookie{}
	h := Handler{Cookie: cookie, Origins: []string{friend}}
	for origin, want := range map[string]string{"https://calls.example.org": "kept", "": "kept", friend: auth.CookieToken} {
		r := httptest.NewRequest("GET", "https://calls.example.org/api/v1/socket", nil)
		r.AddCookie(&http.Cookie{Name: cookie.Name(), Value: "kept"})
		r.Header.Set("Origin", origin)
		if got := h.token(r, auth.CookieToken); got != want {
			t.Errorf("from %q: speaks by %q, want %q", origin, got, want)
		}
		if got := h.token(r, "given"); got != "given" {
			t.Errorf("from %q: speaks by %q, want the token that it gave", origin, got)
		}
	}
}

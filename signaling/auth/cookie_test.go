package auth

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestCookie(t *testing.T) {
	for _, c := range []Cookie{{}, {Insecure: true}} {
		w := httptest.NewRecorder()
		c.Set(w, "token", time.Hour)
		set := w.Result().Cookies()[0]
		if set.Secure == c.Insecure || strings.HasPrefix(set.Name, "__Host-") == c.Insecure || !set.HttpOnly || set.Path != "/" || set.Domain != "" || set.MaxAge != 3600 {
			t.Errorf("%+v: got %+v", c, set)
		}
		r := httptest.NewRequest("GET", "/", nil)
		if got := c.Token(r, CookieToken); got != "" {
			t.Errorf("without a cookie: got %q", got)
		}
		r.AddCookie(set)
		if got := c.Token(r, CookieToken); got != "token" {
			t.Errorf("got %q, want what the cookie has", got)
		}
		if got := c.Token(r, "other"); got != "other" {
			t.Errorf("got %q, want what the request has", got)
		}
		if other := (Cookie{Insecure: !c.Insecure}); other.Token(r, CookieToken) != "" {
			t.Error("a cookie of the other name counts")
		}
		w = httptest.NewRecorder()
		c.Set(w, "", 0)
		if gone := w.Result().Cookies()[0]; gone.MaxAge >= 0 || gone.Value != "" {
			t.Errorf("taken away: got %+v", gone)
		}
	}
}

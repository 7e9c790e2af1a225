package auth

import (
	"net/http"
	"time"
)

// CookieToken stands in the place of a token, in Authorization and in hello, and
// means the one in the browser's cookie. As the cookie counts only beside it, no
// other site can make a request that counts: a form cannot set the header, and
// a script of another site may not.
const CookieToken = "cookie"

// Cookie is where a browser keeps a token that no script can read.
type Cookie struct {
	// Insecure is for http:// on this machine, where browsers take no Secure cookie.
	Insecure bool
}

// Name is bound to this very host by its prefix (RFC 6265bis section 4.1.3.2).
func (c Cookie) Name() string {
	if c.Insecure {
		return "parley_session"
	}
	return "__Host-parley_session"
}

// Set gives a browser a token for a time; an empty token takes it away.
func (c Cookie) Set(w http.ResponseWriter, token string, life time.Duration) {
	age := int(life.Seconds())
	if token == "" {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{
		Name: c.Name(), Value: token, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: !c.Insecure, SameSite: http.SameSiteStrictMode,
	})
}

// Token is what a request presents: text itself, or what is in the cookie where
// text is CookieToken.
func (c Cookie) Token(r *http.Request, text string) string {
	if text != CookieToken {
		return text
	}
	kept, err := r.Cookie(c.Name())
	if err != nil {
		return ""
	}
	return kept.Value
}

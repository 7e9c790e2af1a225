package api

import (
	"net/http"
	"strings"
)

// contentSecurityPolicy lets the page run only what the server itself serves
// and talk to it alone: 'self' is also the WebSocket of the same host (CSP3
// section 6.7.2.8). Only the sites of ancestors may frame it.
func contentSecurityPolicy(ancestors []string) string {
	framed := "'none'"
	if len(ancestors) > 0 {
		framed = strings.Join(ancestors, " ")
	}
	return "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
		"media-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; " +
		"form-action 'self'; frame-ancestors " + framed
}

// permissionsPolicy leaves to the page what a call needs and takes the rest of
// what a page could ask a person for.
const permissionsPolicy = "microphone=(self), speaker-selection=(self), autoplay=(self), screen-wake-lock=(self), " +
	"camera=(), geolocation=(), display-capture=(), payment=(), usb=(), serial=(), hid=(), bluetooth=(), midi=()"

// securityHeaders go with every answer. Other sites may not take anything into
// their process, not even blindly (CORP); what they may read goes through CORS.
func securityHeaders(e Embedding, next http.Handler) http.Handler {
	policy := contentSecurityPolicy(e.FrameAncestors)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Permissions-Policy", permissionsPolicy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

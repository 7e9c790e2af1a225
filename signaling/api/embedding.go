package api

import (
	"net/http"
	"slices"

	"parley/signaling/wire"
)

// Embedding is what pages of other sites may do with this server. Nothing
// unless it is said here.
type Embedding struct {
	// Origins are the sites, scheme://host, whose pages may load the element
	// and ask what it asks.
	Origins []string
	// FrameAncestors are the sites that may show this server's own pages in a
	// frame.
	FrameAncestors []string
}

// embedded are the requests that the element makes from other sites. Each is
// either public or authorised by the bearer token alone, never by a cookie.
func embedded() *http.ServeMux {
	routes := http.NewServeMux()
	for _, pattern := range []string{
		"GET /embed/",
		"GET " + wire.Root + "/config",
		"GET " + wire.Root + "/calls/{id}/receipts",
		"GET " + wire.Root + "/calls/{id}/receipts/{entry}",
		"GET " + wire.Root + "/calls/{id}/messages",
		"GET " + wire.Root + "/calls/{id}/feedback",
		"POST " + wire.Root + "/calls/{id}/rating",
		"POST " + wire.Root + "/calls/{id}/rating/survey",
		"POST " + wire.Root + "/calls/{id}/reports",
		"PUT " + wire.Root + "/blocks/{person}",
		"DELETE " + wire.Root + "/blocks/{person}",
	} {
		routes.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
	}
	return routes
}

// cors lets the pages of the allowed sites read what the element asks for, and
// answers their preflights (Fetch standard, section 3.2). Everything else goes
// to next untouched, and so stays closed to other sites.
func (e Embedding) cors(open, next http.Handler) http.Handler {
	routes := embedded()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		preflight := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
		asked := r
		if preflight {
			asked = r.Clone(r.Context())
			asked.Method = r.Header.Get("Access-Control-Request-Method")
		}
		if _, pattern := routes.Handler(asked); pattern == "" {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Add("Vary", "Origin")
		origin := r.Header.Get("Origin")
		if !slices.Contains(e.Origins, origin) {
			next.ServeHTTP(w, r)
			return
		}
		h.Set("Access-Control-Allow-Origin", origin)
		if preflight {
			h.Set("Access-Control-Allow-Methods", asked.Method)
			h.Set("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type")
			h.Set("Access-Control-Max-Age", "600")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		open.ServeHTTP(w, r)
	})
}

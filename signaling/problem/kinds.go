package problem

import "net/http"

// Kind is a problem as a client can meet it, whatever its detail.
type Kind struct {
	// Slug is what follows /problems/ in its type.
	Slug   string
	Status int
	Title  string
	// Detail is empty where each problem of the kind has its own.
	Detail string
}

// Kinds are all kinds of problems, each once.
func Kinds() []Kind {
	kinds := []Kind{
		{"malformed-message", http.StatusBadRequest, "Malformed message", ""},
		{"sdp-refused", http.StatusBadRequest, "Session description refused", ""},
		{"bad-request", http.StatusBadRequest, "Bad request", ""},
		{"too-many-requests", http.StatusTooManyRequests, "Too often", ""},
		{"internal", http.StatusInternalServerError, "Our fault", ""},
	}
	seen := map[string]bool{}
	for _, e := range table {
		if !seen[e.slug] {
			seen[e.slug] = true
			kinds = append(kinds, Kind{e.slug, e.status, e.title, e.detail})
		}
	}
	return kinds
}

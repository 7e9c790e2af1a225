package api

import "net/http"

// handler serves a request; its error becomes a problem.
type handler = func(http.ResponseWriter, *http.Request) error

// answer remembers the status code of an answer, and what its request says that
// the client has.
type answer struct {
	http.ResponseWriter
	code int

	reads       bool // the request is a GET or HEAD
	ifNoneMatch string
}

func newAnswer(w http.ResponseWriter, r *http.Request) *answer {
	return &answer{
		ResponseWriter: w, code: http.StatusOK,
		reads: r.Method == http.MethodGet || r.Method == http.MethodHead, ifNoneMatch: r.Header.Get("If-None-Match"),
	}
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(code int) {
	a.code = code
	a.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController find what the server offers.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

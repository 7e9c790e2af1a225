package api

import "net/http"

// answer remembers the status code of an answer.
type answer struct {
	http.ResponseWriter
	code int
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(code int) {
	a.code = code
	a.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController find what the server offers.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

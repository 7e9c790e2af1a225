package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"parley/signaling/api/openapi"
)

// refusals are the problems that the tests of this package were answered with, by the
// operations that the description has.
type refusals struct {
	mux func() (*http.ServeMux, error)

	mu sync.Mutex      // guards what follows
	is map[string]bool // pattern, a space, slug
}

// seen is of the whole run, and so of the package.
var seen = refusals{mux: sync.OnceValues(operations), is: map[string]bool{}}

// operations finds the pattern of a request.
func operations() (*http.ServeMux, error) {
	doc, err := openapi.New()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, route := range doc.Routes() {
		mux.Handle(route, http.NotFoundHandler())
	}
	return mux, nil
}

// note keeps what an answer refuses, whose body stays as it was.
func (s *refusals) note(t testing.TB, answer *http.Response) {
	t.Helper()
	if answer.Header.Get("Content-Type") != "application/problem+json" {
		return
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	var p struct{ Type string }
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatalf("%s is no problem: %v", body, err)
	}
	mux, err := s.mux()
	if err != nil {
		t.Fatal(err)
	}
	_, pattern := mux.Handler(answer.Request)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.is[pattern+" "+strings.TrimPrefix(p.Type, "/problems/")] = true
}

// everyRefusalSeen tells, when all tests have run, which problem of which operation none
// of them has met: a description is right only if the server can answer so. It returns
// the code to exit with.
func everyRefusalSeen() (code int) {
	for _, part := range []string{"test.run", "test.skip", "test.list"} {
		if flag.Lookup(part).Value.String() != "" {
			return 0
		}
	}
	doc, err := openapi.New()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for _, route := range doc.Routes() {
		if strings.HasPrefix(route, http.MethodHead) {
			continue // its answer has no body that would tell
		}
		for _, slug := range doc.Problems(route) {
			if !seen.is[route+" "+slug] {
				fmt.Fprintf(os.Stderr, "%s can answer %q, says the description, and no test has met that\n", route, slug)
				code = 1
			}
		}
	}
	return code
}

package main

import (
	"net/http"
	"strconv"
	"testing"
)

// TestRequestsAreBounded: an address that asks too often is told when to come
// back, and nobody else is; the probes of health are not counted.
func TestRequestsAreBounded(t *testing.T) {
	s := serveDemo(t, t.TempDir(), "--trusted-proxy", "127.0.0.1", "--limit-api-address", "3/1h")
	ask := func(path, from string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Forwarded-For", from)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close() // only the head counts
		return answer
	}
	for i := range 5 {
		want := http.StatusOK
		if i >= 3 {
			want = http.StatusTooManyRequests
		}
		answer := ask("/api/v1/config", "192.0.2.1")
		if answer.StatusCode != want {
			t.Errorf("request %d: got %d, want %d", i+1, answer.StatusCode, want)
		}
		if wait, err := strconv.Atoi(answer.Header.Get("Retry-After")); i >= 3 && (err != nil || wait < 1 || wait > 1200) {
			t.Errorf("request %d: got Retry-After %q, want up to 1200 s", i+1, answer.Header.Get("Retry-After"))
		}
	}
	for path, from := range map[string]string{"/api/v1/config": "192.0.2.2", "/livez": "192.0.2.1", "/api/v1/demo/people": "127.0.0.1"} {
		if got := ask(path, from).StatusCode; got != http.StatusOK {
			t.Errorf("%s from %s: got %d, want 200", path, from, got)
		}
	}
	for _, args := range [][]string{{"--limit-calls", "many"}, {"--trusted-proxy", "proxy.example"}} {
		if _, said, code := program(t, append([]string{"serve", "--data", t.TempDir()}, args...)...); code == 0 || said == "" {
			t.Errorf("%v: got exit code %d and %q, want it refused", args, code, said)
		}
	}
}

package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestToHTTPS(t *testing.T) {
	for _, row := range []struct {
		name, method, target string
		code                 int
		location             string
	}{
		{"a page", http.MethodGet, "http://x.example/call?to=me", http.StatusMovedPermanently, "https://x.example/call?to=me"},
		{"an API call, whose token has been read by all already", http.MethodGet, "http://x.example/api/v1/recordings", http.StatusForbidden, ""},
		{"a write", http.MethodPost, "http://x.example/", http.StatusForbidden, ""},
	} {
		w := httptest.NewRecorder()
		toHTTPS(w, httptest.NewRequest(row.method, row.target, nil))
		if got := w.Header().Get("Location"); w.Code != row.code || got != row.location {
			t.Errorf("%s: got %d to %q, want %d to %q", row.name, w.Code, got, row.code, row.location)
		}
	}
}

package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// TestEmbeddedInAnotherSite: docs/embed.html, served by another site, makes a
// recorded call through the element, under a Content-Security-Policy, and rates,
// reports and blocks after it. The site's token is kept nowhere, the page's
// style reaches the element, and the page is told what happens. A frame with the
// server's own page is for sites that are named alone, and gets the microphone there.
func TestEmbeddedInAnotherSite(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "embed.html"))
	must(t, err)
	var calls atomic.Pointer[server]
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method + " " + r.URL.Path {
		case "GET /":
			at := calls.Load().url
			w.Header().Set("Content-Security-Policy", "script-src 'unsafe-inline' "+at+"; connect-src 'self' "+at+" "+strings.Replace(at, "http", "ws", 1))
			_, _ = io.WriteString(w, strings.ReplaceAll(string(page), "https://calls.example.org", at))
		case "POST /parley-token":
			_, _ = io.WriteString(w, demoToken(t, calls.Load(), "maya"))
		default:
			w.WriteHeader(http.StatusNoContent) // the icon
		}
	}))
	defer site.Close()
	framing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>Another site</title>")
	}))
	defer framing.Close()
	s := startServer(t, t.TempDir(), "PARLEY_ALLOWED_ORIGINS="+site.URL, "PARLEY_FRAME_ANCESTORS="+framing.URL, "PARLEY_RATE_FROM=1s")
	calls.Store(s)
	work := t.TempDir()
	pictures, err := filepath.Abs(filepath.Join(root, "web", "e2e", "out", "embed"))
	must(t, err)
	var got struct {
		Energy               float64
		Styled, Talk, Paper  string
		Said, Stored         string
		Rated, German        string
		Refused, Framed      string
		Heard, Asked, Faults []string
	}
	scenario(t, "embed.mjs", map[string]string{
		"base": s.url, "site": site.URL + "/", "framing": framing.URL + "/", "pictures": pictures,
		"memberWAV": speak(t, work, "member", "en-us", memberSays), "expertWAV": speak(t, work, "expert", "en-gb+f3", expertSays),
	}, &got)
	if len(got.Faults) > 0 {
		t.Errorf("the pages reported faults: %q", got.Faults)
	}
	if got.Energy < 0.05 {
		t.Errorf("the loudest sample that the embedding page heard was %.3f, want a voice", got.Energy)
	}
	for _, want := range []string{"parley-online member", "parley-call active", "parley-recording recording", "parley-ended completed"} {
		if !slices.Contains(got.Heard, want) {
			t.Errorf("the page heard %q, want %q among it", got.Heard, want)
		}
	}
	if got.Styled != "uppercase" || got.Talk != "#6b2fb3" || !strings.HasPrefix(got.Said, "You talked for ") {
		t.Errorf("part %q, property %q, said %q: want what the page sets", got.Styled, got.Talk, got.Said)
	}
	if got.Paper != "rgb(246, 243, 236)" {
		t.Errorf("background %q, want that of the light design", got.Paper)
	}
	if !strings.Contains(got.Rated, "4") {
		t.Errorf("after a rating from inside the page: %q, want the four stars", got.Rated)
	}
	if got.German != "Fertig" {
		t.Errorf("a word of the German file, loaded into the page: %q", got.German)
	}
	if strings.Contains(got.Stored, "eyJ") { // as each JWT begins
		t.Errorf("stored: %s, want no token", got.Stored)
	}
	if !strings.HasPrefix(got.Refused, "chrome-error:") {
		t.Errorf("a frame in a site that is not named: %q, want the browser to refuse it", got.Refused)
	}
	if got.Framed != "audio" {
		t.Errorf("in a frame of a site that is named: %q, want the page and its microphone", got.Framed)
	}
	for _, url := range got.Asked {
		if !strings.HasPrefix(url, site.URL) && !strings.HasPrefix(url, s.url) || strings.Contains(url, "token=") {
			t.Errorf("the page asked for %s, want its own site and the server only", url)
		}
	}
}

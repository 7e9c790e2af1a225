package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestHandlerServesTheBuild(t *testing.T) {
	h := newHandler(fstest.MapFS{
		".keep":                {},
		"index.html":           {Data: []byte("<!doctype html><title>Parley</title>")},
		"favicon.svg":          {Data: []byte("<svg/>")},
		"assets/app-1a2b.js":   {Data: []byte("export {}")},
		"assets/app-1a2b.css":  {Data: []byte("html{}")},
		"embed/parley-call.js": {Data: []byte("export {}")},
	})
	const forever = "public, max-age=31536000, immutable"
	tests := []struct {
		name, method, path string
		status             int
		kind, cache        string
	}{
		{"the page", "GET", "/", 200, "text/html; charset=utf-8", "no-cache"},
		{"the page, head only", "HEAD", "/", 200, "text/html; charset=utf-8", "no-cache"},
		{"a script", "GET", "/assets/app-1a2b.js", 200, "text/javascript; charset=utf-8", forever},
		{"a style sheet", "GET", "/assets/app-1a2b.css", 200, "text/css; charset=utf-8", forever},
		{"what other sites load", "GET", "/embed/parley-call.js", 200, "text/javascript; charset=utf-8", "no-cache"},
		{"the icon", "GET", "/favicon.svg", 200, "image/svg+xml", "no-cache"},
		{"the page by its file name", "GET", "/index.html", 404, "", ""},
		{"a path of no file", "GET", "/calls", 404, "", ""},
		{"a folder", "GET", "/assets/", 404, "", ""},
		{"a folder without slash", "GET", "/assets", 404, "", ""},
		{"the placeholder", "GET", "/.keep", 404, "", ""},
		{"a way out", "GET", "/../embed.go", 404, "", ""},
		{"a write", "POST", "/", 405, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(tt.method, "http://parley.test/", nil)
			r.URL.Path = tt.path
			h.ServeHTTP(w, r)
			if w.Code != tt.status {
				t.Fatalf("%s %s: status %d, want %d", tt.method, tt.path, w.Code, tt.status)
			}
			if tt.status != http.StatusOK {
				return
			}
			if got := w.Header().Get("Content-Type"); got != tt.kind {
				t.Errorf("%s: Content-Type %q, want %q", tt.path, got, tt.kind)
			}
			if got := w.Header().Get("Cache-Control"); got != tt.cache {
				t.Errorf("%s: Cache-Control %q, want %q", tt.path, got, tt.cache)
			}
		})
	}
}

func TestHandlerWithoutABuildSaysWhatToRun(t *testing.T) {
	w := httptest.NewRecorder()
	newHandler(fstest.MapFS{".keep": {}}).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Fatalf("status %d, want 503", w.Code)
	}
	if got, want := w.Body.String(), "make build"; !strings.Contains(got, want) {
		t.Errorf("body %q, want it to name %q", got, want)
	}
}

// The embedded tree is there in every checkout, built or not.
func TestHandlerAnswersFromTheEmbeddedTree(t *testing.T) {
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusOK && w.Code != http.StatusServiceUnavailable {
		t.Errorf("GET /: status %d, want 200 after a build or 503 before", w.Code)
	}
}

// A page that has the file already is not sent it again.
func TestHandlerSendsAFileOnce(t *testing.T) {
	h := newHandler(fstest.MapFS{"embed/parley-call.js": {Data: []byte("export {}")}})
	ask := func(have string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/embed/parley-call.js", nil)
		r.Header.Set("If-None-Match", have)
		h.ServeHTTP(w, r)
		return w
	}
	first := ask("")
	if again := ask(first.Header().Get("ETag")); first.Code != http.StatusOK || again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("first %d, again %d with %d bytes; want 200, then 304 with none", first.Code, again.Code, again.Body.Len())
	}
	if other := ask(`"of another build"`); other.Code != http.StatusOK {
		t.Errorf("with the tag of another build: status %d, want 200", other.Code)
	}
}

// A file that gets smaller goes out compressed to whoever takes that, and only
// then; a cache keeps the two forms apart.
func TestHandlerCompresses(t *testing.T) {
	long := strings.Repeat("export const words = {}\n", 200)
	h := newHandler(fstest.MapFS{"assets/app.js": {Data: []byte(long)}, "tiny.svg": {Data: []byte("<svg/>")}})
	ask := func(path string, takes ...string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", path, nil)
		r.Header["Accept-Encoding"] = takes
		h.ServeHTTP(w, r)
		return w
	}
	tests := []struct {
		path  string
		takes []string
		want  string
	}{
		{"/assets/app.js", []string{"gzip, deflate, br"}, "gzip"},
		{"/assets/app.js", []string{"br", "GZIP;q=0.5"}, "gzip"},
		{"/assets/app.js", []string{"gzip;q=0"}, ""},
		{"/assets/app.js", []string{"gzip;q=x"}, ""},
		{"/assets/app.js", []string{"identity, *"}, ""},
		{"/assets/app.js", nil, ""},
		{"/tiny.svg", []string{"gzip"}, ""},
	}
	for _, tt := range tests {
		w := ask(tt.path, tt.takes...)
		if got := w.Header().Get("Content-Encoding"); got != tt.want {
			t.Errorf("%s for %q: Content-Encoding %q, want %q", tt.path, tt.takes, got, tt.want)
		}
	}
	plain, small := ask("/assets/app.js"), ask("/assets/app.js", "gzip")
	if plain.Header().Get("Vary") != "Accept-Encoding" || plain.Header().Get("ETag") == small.Header().Get("ETag") {
		t.Errorf("plain %v, compressed %v: want Vary and two tags", plain.Header(), small.Header())
	}
	open, err := gzip.NewReader(small.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(open); err != nil || string(got) != long {
		t.Errorf("opened: %d bytes, %v; want the file of %d", len(got), err, len(long))
	}
}

package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// dist is what `npm run build` made; before the first build it holds only the
// tracked file .keep.
//
//go:embed all:dist
var dist embed.FS

// Handler serves the built client at the root of a site. The page's own routes
// are fragments (`#/…`), so every path that is no file is a 404. Without a
// build it answers 503 and says what to run.
func Handler() http.Handler {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		// The name is fixed at compile time, so it is always a valid one.
		panic(err)
	}
	return newHandler(built)
}

// handler serves one built tree.
type handler struct {
	files   fs.FS
	gzipped map[string][]byte // by name, where it is smaller
}

// newHandler compresses what is worth it once: a build is a few hundred
// kilobytes, and browsers ask for all of it.
func newHandler(files fs.FS) handler {
	h := handler{files: files, gzipped: map[string][]byte{}}
	// A file that cannot be read is one that ServeHTTP does not find.
	_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if body, err := fs.ReadFile(files, name); err == nil {
			if small := gzipOf(body); len(small) < len(body) {
				h.gzipped[name] = small
			}
		}
		return nil
	})
	return h
}

func gzipOf(body []byte) []byte {
	var out bytes.Buffer
	// The level is a valid one, and memory takes every write.
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	_, _ = w.Write(body)
	_ = w.Close()
	return out.Bytes()
}

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are served here", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" {
		h.serveIndex(w, r)
		return
	}
	// index.html has one address, the root; dot files are no part of the site.
	if name == indexFile || hidden(name) {
		http.NotFound(w, r)
		return
	}
	body, err := fs.ReadFile(h.files, name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", cacheControl(name))
	h.serve(w, r, name, body)
}

const indexFile = "index.html"

func (h handler) serveIndex(w http.ResponseWriter, r *http.Request) {
	body, err := fs.ReadFile(h.files, indexFile)
	if err != nil {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "The web client is not built yet: run make build, then start the server again.", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	h.serve(w, r, indexFile, body)
}

// serve writes one file, compressed where the client takes that; each form has a
// tag of its own (RFC 9110, section 8.8.3.3). The zero time leaves out
// Last-Modified: embedded files have none, so that their content tells whether a
// browser has them already.
func (h handler) serve(w http.ResponseWriter, r *http.Request, name string, body []byte) {
	if small, ok := h.gzipped[name]; ok {
		w.Header().Set("Vary", "Accept-Encoding")
		if takesGzip(r.Header) {
			w.Header().Set("Content-Encoding", "gzip")
			body = small
		}
	}
	w.Header().Set("Content-Type", contentType(name))
	w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(body)))
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
}

// takesGzip tells whether a request names gzip among the encodings that its
// client takes (RFC 9110, section 12.5.3). A client that says nothing, or * only,
// gets the file as it is.
func takesGzip(h http.Header) bool {
	for _, field := range h.Values("Accept-Encoding") {
		for _, one := range strings.Split(field, ",") {
			coding, weight, _ := strings.Cut(one, ";")
			if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
				continue
			}
			weight = strings.TrimSpace(weight)
			q, err := strconv.ParseFloat(strings.TrimPrefix(weight, "q="), 64)
			return weight == "" || err == nil && q > 0
		}
	}
	return false
}

func hidden(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if strings.HasPrefix(part, ".") {
			return true
		}
	}
	return false
}

// cacheControl lets a browser keep for good what carries a hash of its content
// in its name, and ask again for everything else.
func cacheControl(name string) string {
	if strings.HasPrefix(name, "assets/") {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}

// contentType does not leave the types that the client needs to the tables of
// the machine, which may lack them.
func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json":
		return "application/json"
	default:
		if known := mime.TypeByExtension(ext); known != "" {
			return known
		}
		return "application/octet-stream"
	}
}

package miniotest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Fault is what a [Proxy] does with a request.
type Fault int

// The faults.
const (
	Pass Fault = iota
	// InternalError answers 500, and the server never sees the request.
	InternalError
	// Full answers as MinIO does when its disk is full.
	Full
	// CutRequest closes the connection, and the server never sees the request.
	CutRequest
	// CutAnswer carries the request out and closes the connection within the
	// answer.
	CutAnswer
	// Slow carries the request out and answers late.
	Slow
	// Trickle lets the bytes of the request and of the answer come in drops.
	Trickle
	// Hang never answers; the server never sees the request.
	Hang
)

const (
	// slowBy is how late a slow answer comes.
	slowBy = 200 * time.Millisecond
	// drop is how many bytes come at a time, dropEvery how long each takes.
	drop      = 4 << 10
	dropEvery = 2 * time.Millisecond
)

// Proxy stands between a client and a server and spoils what the test wants.
type Proxy struct {
	// Endpoint is host:port for the client.
	Endpoint string

	mu     sync.Mutex
	decide func(n int, r *http.Request) Fault
	seen   int
}

// NewProxy starts a proxy to a server without TLS that passes everything on, until
// the test ends.
func NewProxy(t testing.TB, s *Server) *Proxy {
	t.Helper()
	target, err := url.Parse("http://" + s.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	forward := &httputil.ReverseProxy{
		// The host stays as it is, for it is signed.
		Rewrite:  func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host },
		ErrorLog: nil,
	}
	forward.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { panic(http.ErrAbortHandler) }
	p := &Proxy{}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, forward) }))
	t.Cleanup(front.Close)
	p.Endpoint = strings.TrimPrefix(front.URL, "http://")
	return p
}

// Decide sets what becomes of requests, which are counted from 1 on anew.
func (p *Proxy) Decide(decide func(n int, r *http.Request) Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.decide, p.seen = decide, 0
}

// Seen is how many requests there were since Decide.
func (p *Proxy) Seen() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen
}

func (p *Proxy) next(r *http.Request) Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen++
	if p.decide == nil {
		return Pass
	}
	return p.decide(p.seen, r)
}

func (p *Proxy) serve(w http.ResponseWriter, r *http.Request, forward http.Handler) {
	switch p.next(r) {
	case InternalError:
		refuse(w, http.StatusInternalServerError, "InternalError")
	case Full:
		refuse(w, http.StatusInsufficientStorage, "XMinioStorageFull")
	case CutRequest:
		panic(http.ErrAbortHandler)
	case CutAnswer:
		forward.ServeHTTP(&cutting{w}, r)
		panic(http.ErrAbortHandler)
	case Slow:
		forward.ServeHTTP(&late{ResponseWriter: w, ctx: r.Context()}, r)
	case Trickle:
		r.Body = trickling{r.Body, r.Context()}
		forward.ServeHTTP(&trickled{w, r.Context()}, r)
	case Hang:
		_, _ = io.Copy(io.Discard, r.Body) // else it is not seen that the client gives up
		<-r.Context().Done()
	default:
		forward.ServeHTTP(w, r)
	}
}

// pause waits, or until the client has gone.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// late gives the client the beginning of an answer late.
type late struct {
	http.ResponseWriter
	ctx context.Context
}

func (l *late) WriteHeader(status int) {
	pause(l.ctx, slowBy)
	l.ResponseWriter.WriteHeader(status)
}

// trickling is a request's body in drops.
type trickling struct {
	io.ReadCloser
	ctx context.Context
}

func (t trickling) Read(p []byte) (int, error) {
	pause(t.ctx, dropEvery)
	return t.ReadCloser.Read(p[:min(len(p), drop)])
}

// trickled gives the client an answer's body in drops.
type trickled struct {
	http.ResponseWriter
	ctx context.Context
}

func (t *trickled) Write(p []byte) (n int, err error) {
	for len(p) > 0 && err == nil {
		var wrote int
		pause(t.ctx, dropEvery)
		if wrote, err = t.ResponseWriter.Write(p[:min(len(p), drop)]); err == nil {
			err = http.NewResponseController(t.ResponseWriter).Flush()
		}
		n, p = n+wrote, p[wrote:]
	}
	return n, err
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>` + code + `</Code><Message>as the test wants it</Message></Error>`))
}

// cutting gives the client one byte of the answer's body at most.
type cutting struct{ http.ResponseWriter }

func (c *cutting) Write(p []byte) (int, error) {
	if len(p) > 1 {
		if _, err := c.ResponseWriter.Write(p[:1]); err != nil {
			return 0, err
		}
	}
	panic(http.ErrAbortHandler)
}

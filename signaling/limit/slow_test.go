package limit

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

const tenth = 100 * time.Millisecond

// serveSlow serves a handler behind Slow, and tells when a request has ended.
func serveSlow(t *testing.T, h http.HandlerFunc) (address string, ended <-chan time.Duration) {
	t.Helper()
	took := make(chan time.Duration, 8)
	server := httptest.NewServer(Slow(tenth, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		h(w, r)
		took <- time.Since(began)
	})))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String(), took
}

// say opens a connection and says the beginning of a request.
func say(t *testing.T, address, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if _, err := c.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

// endless sends one byte after another until the connection ends.
func endless(t *testing.T, c net.Conn) {
	t.Helper()
	for tick := time.NewTicker(tenth / 4); ; <-tick.C {
		if _, err := c.Write([]byte("x")); err != nil {
			return
		}
		if err := c.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
			return
		}
		if _, err := c.Read(make([]byte, 512)); err == io.EOF {
			return
		}
	}
}

func TestABodyThatDripsEndsTheRequest(t *testing.T) {
	for name, head := range map[string]string{"of a length": "Content-Length: 100000", "in chunks": "Transfer-Encoding: chunked\r\n\r\nFFFF"} {
		t.Run(name, func(t *testing.T) {
			address, ended := serveSlow(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
			endless(t, say(t, address, "POST / HTTP/1.1\r\nHost: x\r\n"+head+"\r\n\r\n"))
			if took := <-ended; took < tenth || took > 50*tenth {
				t.Errorf("ended after %v, want a little more than %v", took, tenth)
			}
		})
	}
	t.Run("that nobody reads", func(t *testing.T) {
		address, _ := serveSlow(t, func(http.ResponseWriter, *http.Request) {})
		began := time.Now()
		endless(t, say(t, address, "DELETE / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"))
		if took := time.Since(began); took > 50*tenth {
			t.Errorf("the connection ended after %v, want a little more than %v", took, tenth)
		}
	})
}

func TestWhoTakesNothingEndsTheRequest(t *testing.T) {
	address, ended := serveSlow(t, func(w http.ResponseWriter, _ *http.Request) {
		_, err := w.Write(make([]byte, 64<<20)) // far more than buffers hold
		if err == nil {
			t.Error("all of it was taken")
		}
	})
	say(t, address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if took := <-ended; took < tenth || took > 100*tenth {
		t.Errorf("ended after %v, want a little more than %v", took, tenth)
	}
}

// TestWhoIsOnlyLateIsServed: an answer that takes long to come, one that is read slowly
// but steadily, a stream with deadlines of its own, and the next request of a connection.
func TestWhoIsOnlyLateIsServed(t *testing.T) {
	body := bytes.Repeat([]byte("sound "), 1<<17)
	address, _ := serveSlow(t, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Errorf("the body: %v", err)
		}
		select {
		case <-time.After(3 * tenth):
		case <-r.Context().Done():
			t.Error("a request that waits was ended")
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Errorf("flush: %v", err)
		}
		_, _ = w.Write(body)
	})
	c := say(t, address, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
	reader := bufio.NewReader(c)
	for i := range 2 {
		answer, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		got, err := io.ReadAll(&steady{answer.Body})
		if err != nil || !bytes.Equal(got, body) {
			t.Errorf("answer %d: got %d bytes and %v, want all %d", i, len(got), err, len(body))
		}
		if i == 0 {
			_, _ = fmt.Fprint(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}") // the answer tells
		}
	}
}

// steady reads a piece every millisecond.
type steady struct{ io.Reader }

func (s *steady) Read(p []byte) (int, error) {
	<-time.After(time.Millisecond)
	return s.Reader.Read(p[:min(len(p), piece)])
}

func TestAStreamKeepsItsOwnDeadline(t *testing.T) {
	address, ended := serveSlow(t, func(w http.ResponseWriter, _ *http.Request) {
		control := http.NewResponseController(w)
		for deadline := time.Now().Add(5 * tenth); ; {
			if control.SetWriteDeadline(deadline) != nil {
				t.Error("it cannot be set")
			}
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	})
	say(t, address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if took := <-ended; took < 5*tenth {
		t.Errorf("ended after %v, want its own %v", took, 5*tenth)
	}
}

func TestAConnectionCanBeTakenOver(t *testing.T) {
	address, _ := serveSlow(t, func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		<-time.After(3 * tenth)
		_, _ = c.Write([]byte("still here"))
		_ = c.Close()
	})
	got, err := io.ReadAll(say(t, address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
	if err != nil || string(got) != "still here" {
		t.Errorf("got %q and %v", got, err)
	}
}

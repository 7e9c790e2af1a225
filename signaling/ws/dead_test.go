package ws

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
)

// pipeListener hands out one connection that is no more than memory.
type pipeListener struct {
	conn chan net.Conn
	once sync.Once
	done chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conn:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// TestADeadSocketIsNoticed: somebody whose network has gone without a word is no
// longer taken for present within 10 s, on the clock of the test.
func TestADeadSocketIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		l := &pipeListener{conn: make(chan net.Conn, 1), done: make(chan struct{})}
		l.conn <- far
		noticed := make(chan time.Duration, 1)
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c, err := websocket.Accept(w, r, nil)
			if err != nil {
				t.Error(err)
				return
			}
			s := newSocket(c)
			s.signedIn <- time.Hour
			begin, readerDone := time.Now(), make(chan struct{})
			var writer sync.WaitGroup
			writer.Go(func() { s.run(nil, readerDone) })
			for err == nil {
				_, err = s.receive()
			}
			noticed <- time.Since(begin)
			close(readerDone)
			writer.Wait()
		})}
		var serving sync.WaitGroup
		serving.Go(func() { _ = server.Serve(l) })
		transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return near, nil }}
		client, _, err := websocket.Dial(t.Context(), "ws://parley", &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}})
		if err != nil {
			t.Fatal(err)
		}
		// From here on nobody reads: the network is gone.
		if after := <-noticed; after >= 10*time.Second {
			t.Errorf("a dead socket: noticed after %v, want less than 10s", after)
		}
		_ = client.CloseNow()
		_ = server.Close()
		serving.Wait()
	})
}

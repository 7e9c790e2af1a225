package integration_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/signaling/auth"
	"parley/signaling/wire"
)

// rawSocket is a client that sends what it likes and keeps all it is sent.
type rawSocket struct {
	t    testing.TB
	conn *websocket.Conn
	ctx  context.Context
	work sync.WaitGroup

	mu       sync.Mutex // guards what follows
	changed  chan struct{}
	messages []wire.ServerMessage
	err      error // why it ended
}

// open connects and says nothing.
func (s *server) open() *rawSocket {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	r := &rawSocket{t: s.t, ctx: ctx, conn: s.connect(ctx), changed: make(chan struct{})}
	r.work.Go(r.read)
	s.t.Cleanup(func() {
		_ = r.conn.CloseNow() // most tests have seen it closed
		cancel()
		r.work.Wait()
	})
	return r
}

func (s *server) connect(ctx context.Context) *websocket.Conn {
	s.t.Helper()
	conn, _, err := websocket.Dial(ctx, strings.Replace(s.http.URL, "http", "ws", 1)+"/api/v1/socket",
		&websocket.DialOptions{HTTPClient: s.http.Client(), Subprotocols: []string{wire.Subprotocol}})
	if err != nil {
		s.t.Fatal(err)
	}
	conn.SetReadLimit(1 << 20)
	return conn
}

// dialRaw connects and signs in.
func (s *server) dialRaw(who auth.Identity) *rawSocket {
	s.t.Helper()
	r := s.open()
	r.send(&wire.Hello{Token: s.token(who)})
	r.wait("the welcome", func(m wire.ServerMessage) bool { _, ok := m.(wire.Welcome); return ok })
	return r
}

func (r *rawSocket) read() {
	for {
		_, data, err := r.conn.Read(r.ctx)
		var m wire.ServerMessage
		if err == nil {
			m, err = wire.DecodeServer(data)
		}
		r.mu.Lock()
		if err != nil {
			r.err = err
		} else {
			r.messages = append(r.messages, m)
		}
		close(r.changed)
		r.changed = make(chan struct{})
		r.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (r *rawSocket) text(kind websocket.MessageType, data string) {
	r.t.Helper()
	if err := r.conn.Write(r.ctx, kind, []byte(data)); err != nil {
		r.t.Fatalf("send %.60q: %v", data, err)
	}
}

func (r *rawSocket) send(m wire.ClientMessage) {
	r.t.Helper()
	data, err := wire.EncodeClient(m)
	if err != nil {
		r.t.Fatal(err)
	}
	r.text(websocket.MessageText, string(data))
}

// wait returns the first message that ok takes, those that came before the
// call included.
func (r *rawSocket) wait(what string, ok func(wire.ServerMessage) bool) wire.ServerMessage {
	r.t.Helper()
	for seen := 0; ; {
		r.mu.Lock()
		messages, changed, err := r.messages, r.changed, r.err
		r.mu.Unlock()
		for ; seen < len(messages); seen++ {
			if ok(messages[seen]) {
				return messages[seen]
			}
		}
		if err != nil {
			r.t.Fatalf("waiting for %s: the socket ended: %v; got %+v", what, err, messages)
		}
		select {
		case <-changed:
		case <-r.ctx.Done():
			r.t.Fatalf("waiting for %s: got %+v", what, messages)
		}
	}
}

// refused waits for the error that answers ref and checks its type.
func (r *rawSocket) refused(ref, slug string) wire.Problem {
	r.t.Helper()
	m, _ := r.wait("the answer to "+ref, func(m wire.ServerMessage) bool {
		e, ok := m.(wire.Error)
		return ok && e.Ref == ref
	}).(wire.Error)
	if want := "/problems/" + slug; m.Problem.Type != want {
		r.t.Errorf("the answer to %s: got %+v, want %s", ref, m.Problem, want)
	}
	return m.Problem
}

// errors are the refusals that came so far, by ref.
func (r *rawSocket) errors() map[string]wire.Problem {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[string]wire.Problem{}
	for _, m := range r.messages {
		if e, ok := m.(wire.Error); ok {
			out[e.Ref] = e.Problem
		}
	}
	return out
}

// closedWith waits for the end of the socket and checks its code.
func (r *rawSocket) closedWith(want websocket.StatusCode) {
	r.t.Helper()
	for {
		r.mu.Lock()
		err, changed := r.err, r.changed
		r.mu.Unlock()
		if err != nil {
			if got := websocket.CloseStatus(err); got != want {
				r.t.Errorf("closed with %d (%v), want %d", got, err, want)
			}
			return
		}
		select {
		case <-changed:
		case <-r.ctx.Done():
			r.t.Fatalf("the socket is still open, want it closed with %d", want)
		}
	}
}

// ask sends something harmless and waits until it was looked at: the socket is
// open and works.
func (r *rawSocket) ask(ref string) {
	r.t.Helper()
	r.send(&wire.CallHangup{Ref: wire.Ref{Ref: ref}, Call: "call_of_nobody"})
	r.refused(ref, "no-such-call")
}

// view waits for a view of the call.
func (r *rawSocket) view(what string, ok func(wire.CallView) bool) wire.CallView {
	r.t.Helper()
	m, _ := r.wait(what, func(m wire.ServerMessage) bool {
		c, isCall := m.(wire.Call)
		return isCall && ok(c.Call)
	}).(wire.Call)
	return m.Call
}

var errNotDropped = errors.New("the socket was not dropped in time")

// dropped waits until the server has ended a socket whose client does not read.
func dropped(ctx context.Context, c *websocket.Conn, every time.Duration) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := c.Write(ctx, websocket.MessageText, []byte(`{"type":"call.hangup","call":"x"}`)); err != nil {
			if ctx.Err() != nil {
				return errNotDropped
			}
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errNotDropped
		}
	}
}

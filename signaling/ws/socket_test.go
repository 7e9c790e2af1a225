package ws

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/signaling/wire"
)

// pair connects a socket of ours with a client that begin gets before anything
// is written. The cleanup waits for the socket's writer.
func pair(t testing.TB, begin func(*socket)) (client *websocket.Conn, ended <-chan error) {
	t.Helper()
	end := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			end <- err
			return
		}
		s := newSocket(c)
		begin(s)
		readerDone := make(chan struct{})
		var writer sync.WaitGroup
		writer.Go(func() { s.run(r.Context().Done(), readerDone) })
		for err == nil {
			_, err = s.receive()
		}
		close(readerDone)
		writer.Wait()
		_ = c.CloseNow() // closed already where the writer ended it
		end <- err
	}))
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	client, _, err := websocket.Dial(ctx, server.URL, &websocket.DialOptions{HTTPClient: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.CloseNow() }) // closed already in most tests
	return client, end
}

// drain reads until the connection ends and returns how many messages came.
func drain(t testing.TB, c *websocket.Conn) (messages int, code websocket.StatusCode) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		if _, _, err := c.Read(ctx); err != nil {
			return messages, websocket.CloseStatus(err)
		}
		messages++
	}
}

func TestAFullQueueEndsTheSocket(t *testing.T) {
	client, ended := pair(t, func(s *socket) {
		for range queueLength + 10 { // nobody writes yet: it never waits
			s.Send(wire.Presence{State: wire.StateAway})
		}
	})
	messages, code := drain(t, client)
	if code != 4002 || messages > queueLength {
		t.Errorf("got code %d after %d messages, want 4002 after at most %d", code, messages, queueLength)
	}
	<-ended
}

func TestAQueueThatIsJustFull(t *testing.T) {
	client, ended := pair(t, func(s *socket) {
		for range queueLength {
			s.Send(wire.Presence{State: wire.StateAway})
		}
		s.signedIn <- 200 * time.Millisecond
	})
	messages, code := drain(t, client)
	if code != 4001 || messages != queueLength {
		t.Errorf("got code %d after %d messages, want all %d and then 4001", code, messages, queueLength)
	}
	<-ended
}

func TestMessagesKeepTheirOrder(t *testing.T) {
	const n = 50
	client, _ := pair(t, func(s *socket) {
		for i := range n {
			s.Send(wire.MediaOffer{Generation: i})
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for i := range n {
		_, data, err := client.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		m, err := wire.DecodeServer(data)
		if got, _ := m.(wire.MediaOffer); err != nil || got.Generation != i {
			t.Fatalf("message %d: got %+v and %v", i, m, err)
		}
	}
	if err := client.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Errorf("close: %v", err)
	}
}

func TestFaultCounter(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	f := faultCounter{now: func() time.Time { return now }}
	for i := range errorsAllowed {
		if f.tooMany() {
			t.Fatalf("fault %d was too many, want %d allowed", i+1, errorsAllowed)
		}
	}
	if !f.tooMany() {
		t.Errorf("fault %d was not too many", errorsAllowed+1)
	}
	now = now.Add(time.Minute + time.Second)
	if f.tooMany() {
		t.Error("a fault a minute later was too many")
	}
}

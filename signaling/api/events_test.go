package api

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/signaling/feed"
	"parley/storage/meta"
)

type eventsPage struct {
	Events []struct {
		ID, Cursor, Type string
		Timestamp        time.Time
		Expert           string
		Data             map[string]any
	}
	Next string
}

func (h *house) publish(n int) {
	for i := range n {
		h.feed.Publish(meta.Event{Type: meta.EventPresenceChanged, Expert: "x", Body: feed.Body(map[string]int{"n": i})})
	}
}

func (h *house) events(query string) eventsPage {
	h.t.Helper()
	answer := h.ask("GET", "/api/v1/events"+query, h.token(auth.RoleService), "")
	var page eventsPage
	if err := json.NewDecoder(answer.Body).Decode(&page); err != nil || answer.StatusCode != http.StatusOK {
		h.t.Fatalf("events%s: got %d and %v", query, answer.StatusCode, err)
	}
	return page
}

func TestEventsByPage(t *testing.T) {
	h := newHouse(t)
	h.publish(5)
	seen := 0
	for query := "?wait=20&limit=2"; seen < 5; {
		page := h.events(query)
		for _, e := range page.Events {
			if e.Type != "presence.changed" || e.Expert != "x" || e.Data["n"] != float64(seen) || e.Timestamp.IsZero() {
				t.Errorf("event %d: got %+v", seen, e)
			}
			seen++
		}
		query = "?wait=20&limit=2&after=" + page.Next
	}
	end := h.events("?types=call.ended,call.ringing")
	if len(end.Events) != 0 || end.Next == "" {
		t.Errorf("types of which there are none: got %+v, want no event and a cursor", end)
	}
	if again := h.events("?after=" + end.Next); len(again.Events) != 0 || again.Next != end.Next {
		t.Errorf("at the end: got %+v, want nothing and the same cursor", again)
	}
}

// untilRead waits until a request waits for events.
func (h *house) untilRead() {
	h.t.Helper()
	deadline := time.After(20 * time.Second)
	for len(h.api.readers) == 0 {
		select {
		case <-time.After(time.Millisecond):
		case <-deadline:
			h.t.Fatal("nobody waits for events")
		}
	}
}

func TestAPollWaits(t *testing.T) {
	h := newHouse(t)
	got := make(chan eventsPage)
	go func() { got <- h.events("?wait=60") }()
	h.untilRead()
	h.publish(1)
	if page := <-got; len(page.Events) != 1 {
		t.Errorf("got %+v, want the event", page)
	}
	go func() { got <- h.events("?wait=60&after=" + feed.At(1).String()) }()
	h.untilRead()
	h.stop() // a server that stops does not keep its clients waiting
	if page := <-got; len(page.Events) != 0 || page.Next != feed.At(1).String() {
		t.Errorf("when the server stops: got %+v, want nothing and the same cursor", page)
	}
}

func TestEventRequestsRefused(t *testing.T) {
	h := newHouse(t)
	for query, want := range map[string]string{
		"?after=42":                           "/problems/cursor-unknown",
		"?after=" + feed.At(1000).String():    "/problems/cursor-unknown",
		"?after=" + strings.Repeat("A", 5000): "/problems/cursor-unknown",
		"?limit=0":                            "/problems/bad-request",
		"?limit=1001":                         "/problems/bad-request",
		"?wait=61":                            "/problems/bad-request",
		"?wait=-1":                            "/problems/bad-request",
		"?wait=1h":                            "/problems/bad-request",
		"?types=call.exploded":                "/problems/bad-request",
	} {
		for _, accept := range []string{"application/json", "text/event-stream"} {
			answer := h.ask("GET", "/api/v1/events"+query, h.token(auth.RoleService), "", "Accept", accept)
			var p struct{ Type, Detail string }
			err := json.NewDecoder(answer.Body).Decode(&p)
			if err != nil || p.Type != want || p.Detail == "" || answer.StatusCode != http.StatusBadRequest {
				t.Errorf("%.40s as %s: got %d, %+v and %v, want 400 and %s", query, accept, answer.StatusCode, p, err, want)
			}
		}
	}
}

func TestTooManyReaders(t *testing.T) {
	h := newHouse(t)
	for range maxReaders {
		h.api.readers <- struct{}{}
	}
	if got := h.ask("GET", "/api/v1/events?wait=1", h.token(auth.RoleService), "").StatusCode; got != http.StatusTooManyRequests {
		t.Errorf("one reader more than there may be: got %d, want 429", got)
	}
	if got := h.ask("GET", "/api/v1/events", h.token(auth.RoleService), "").StatusCode; got != http.StatusOK {
		t.Errorf("a request that does not wait: got %d, want 200", got)
	}
}

// message is one server-sent event.
type message struct{ id, event, data string }

// readStream reads up to the next message; ok is false at the stream's end.
func readStream(t testing.TB, r *bufio.Reader) (m message, ok bool) {
	t.Helper()
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			if err != io.EOF {
				t.Errorf("stream: %v", err)
			}
			return m, false
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "id":
			m.id = value
		case "event":
			m.event = value
		case "data":
			m.data = value
		case "":
			if m.data != "" {
				return m, true
			}
		}
	}
}

func TestEventStream(t *testing.T) {
	h := newHouse(t)
	h.publish(1)
	token := h.token(auth.RoleService)
	answer := h.ask("GET", "/api/v1/events", token, "", "Accept", "text/event-stream")
	if kind := answer.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("content type: got %q", kind)
	}
	stream := bufio.NewReader(answer.Body)
	first, _ := readStream(t, stream)
	h.publish(2)
	second, _ := readStream(t, stream)
	if first.id != feed.At(1).String() || second.id != feed.At(2).String() || second.event != "presence.changed" ||
		!strings.Contains(second.data, `"type":"presence.changed"`) {
		t.Errorf("got %+v and %+v", first, second)
	}
	_ = answer.Body.Close()
	again := h.ask("GET", "/api/v1/events?after="+feed.At(1).String(), token, "",
		"Accept", "text/event-stream", "Last-Event-ID", second.id)
	if m, _ := readStream(t, bufio.NewReader(again.Body)); m.id != feed.At(3).String() {
		t.Errorf("after a reconnect: got %+v, want the third event", m)
	}
}

func TestAStreamEndsWithItsToken(t *testing.T) {
	h := newHouse(t)
	answer := h.ask("GET", "/api/v1/events", h.tokenFor(auth.RoleService, 1500*time.Millisecond), "", "Accept", "text/event-stream")
	if m, more := readStream(t, bufio.NewReader(answer.Body)); more {
		t.Errorf("got %+v, want the end of the stream", m)
	}
}

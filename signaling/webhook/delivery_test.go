package webhook_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parley/signaling/feed"
	"parley/signaling/webhook"
	"parley/storage/meta"
)

func TestDeliveryInOrder(t *testing.T) {
	for name, m := range map[string]func(int) manner{
		"well":           func(int) manner { return takes },
		"every other":    func(n int) manner { return []manner{fails, takes}[n%2] },
		"away at first":  func(n int) manner { return []manner{cuts, takes}[min(n/20, 1)] },
		"all the faults": func(n int) manner { return []manner{takes, fails, cuts, redirects, refuses, takes, takes}[n%7] },
		"slow":           func(n int) manner { return []manner{takes, takes, takes, takes, hangs}[n%5] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const events = 20
			p := newPlant(t)
			s, _ := p.start()
			r := newReceiver(t, m)
			w := r.add(s)
			p.publish(0, events)
			r.untilTaken(events - 1)
			if _, taken := r.seen(); !inOrder(taken, events) {
				t.Errorf("taken: got %v, want each of %d in order", taken, events)
			}
			eventually(t, "the place is stored", func() bool { return hookAt(t, p, w.ID).Cursor == events })
			if st := s.Stats(); st.Delivered != events || !st.Waiting.IsZero() {
				t.Errorf("counters: got %+v, want %d delivered and none waiting", st, events)
			}
		})
	}
}

// TestRestartsInTheMiddle ends and starts the sender again and again while events
// come and the receiver fails at times.
func TestRestartsInTheMiddle(t *testing.T) {
	const events, restarts = 60, 12
	p := newPlant(t)
	r := newReceiver(t, func(n int) manner { return []manner{takes, takes, fails, takes, cuts}[n%5] })
	s, stop := p.start()
	r.add(s)
	for i := range restarts {
		p.publish(i*events/restarts, (i+1)*events/restarts)
		r.untilTaken(i * events / restarts)
		stop()
		_, stop = p.start()
	}
	r.untilTaken(events - 1)
	if _, taken := r.seen(); !inOrder(taken, events) {
		t.Errorf("taken: got %v, want each of %d, in order, repeated at most where the sender ended", taken, events)
	}
}

// TestOneNodeDelivers: two nodes over one store do not send side by side.
func TestOneNodeDelivers(t *testing.T) {
	const events = 40
	p := newPlant(t)
	r := newReceiver(t, func(int) manner { return takes })
	s, stop := p.start(func(c *webhook.Config) { c.Holder = "first" })
	p.start(func(c *webhook.Config) { c.Holder = "second" })
	r.add(s)
	p.publish(0, events/2)
	r.untilTaken(events/2 - 1)
	stop() // it gives its lease back, the other one goes on
	p.publish(events/2, events)
	r.untilTaken(events - 1)
	if _, taken := r.seen(); !inOrder(taken, events) {
		t.Errorf("taken: got %v, want each of %d in order", taken, events)
	}
}

func TestReplay(t *testing.T) {
	p := newPlant(t)
	s, _ := p.start()
	r := newReceiver(t, func(int) manner { return takes })
	w := r.add(s)
	p.publish(0, 5)
	r.untilTaken(4)
	if err := s.Replay(t.Context(), w.ID, feed.At(2)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the replay", func() bool { _, taken := r.seen(); return len(taken) >= 8 })
	_, taken := r.seen()
	for i, want := range []int{0, 1, 2, 3, 4, 2, 3, 4} {
		if taken[i].n != want || taken[i].id != taken[want].id {
			t.Errorf("taken %d: got %+v, want event %d under its id", i, taken[i], want)
		}
	}
	if err := s.Replay(t.Context(), w.ID, feed.At(99)); !errors.Is(err, feed.ErrCursor) {
		t.Errorf("replay from the future: got %v, want ErrCursor", err)
	}
}

// TestSkip: an event that its receiver never takes can be passed over.
func TestSkip(t *testing.T) {
	p := newPlant(t)
	s, _ := p.start(func(c *webhook.Config) { c.Backoff = webhook.Backoff{First: time.Hour, Last: time.Hour} })
	r := newReceiver(t, func(n int) manner { return []manner{fails, takes}[min(n, 1)] })
	w := r.add(s)
	p.publish(0, 2)
	eventually(t, "the failure is noted", func() bool { return !s.Stats().Waiting.IsZero() })
	if err := s.Replay(t.Context(), w.ID, feed.At(1)); err != nil {
		t.Fatal(err)
	}
	r.untilTaken(1)
}

func TestDeliveryLog(t *testing.T) {
	p := newPlant(t)
	s, _ := p.start()
	r := newReceiver(t, func(n int) manner { return []manner{fails, hangs, cuts, redirects, takes}[min(n, 4)] })
	w := r.add(s)
	p.publish(0, 1)
	r.untilTaken(0)
	var list []meta.Delivery
	eventually(t, "all is logged", func() (ok bool) {
		var err error
		list, err = s.Deliveries(t.Context(), w.ID, 0, 0)
		return err == nil && len(list) == 5
	})
	all, _ := r.seen()
	for i, want := range []struct {
		status int
		fault  string
	}{{200, ""}, {307, ""}, {0, "connection failed"}, {0, "no answer in time"}, {500, ""}} {
		d := list[i]
		if d.Status != want.status || d.Fault != want.fault || d.Attempt != 5-i || string(d.Event) != all[0].id {
			t.Errorf("delivery %d: got %+v, want %+v in attempt %d", i, d, want, 5-i)
		}
	}
}

// TestRetryAfterIsHeeded: nothing is sent before the time is over for which the
// receiver wants to be left alone.
func TestRetryAfterIsHeeded(t *testing.T) {
	p := newPlant(t)
	s, _ := p.start(func(c *webhook.Config) { c.Backoff.Last = time.Minute })
	r := newReceiver(t, func(n int) manner { return []manner{busy, takes}[min(n, 1)] })
	w := r.add(s)
	p.publish(0, 1)
	r.untilTaken(0)
	var list []meta.Delivery
	eventually(t, "both attempts are logged", func() (ok bool) {
		var err error
		list, err = s.Deliveries(t.Context(), w.ID, 0, 0)
		return err == nil && len(list) == 2
	})
	if gap := list[0].At.Sub(list[1].At); gap < time.Second || list[1].Status != http.StatusServiceUnavailable {
		t.Errorf("sent again after %v to one who answered %d and asked for 1 s", gap, list[1].Status)
	}
}

func TestARemovedWebhookIsLeftAlone(t *testing.T) {
	p := newPlant(t)
	s, _ := p.start()
	r := newReceiver(t, func(int) manner { return fails })
	w := r.add(s)
	p.publish(0, 1)
	eventually(t, "an attempt", func() bool { all, _ := r.seen(); return len(all) > 0 })
	if err := s.Remove(t.Context(), w.ID); err != nil {
		t.Fatal(err)
	}
	eventually(t, "nothing waits", func() bool { return s.Stats().Waiting.IsZero() })
	if err := s.Remove(t.Context(), w.ID); !errors.Is(err, meta.ErrNotExist) {
		t.Errorf("removed again: got %v, want ErrNotExist", err)
	}
}

func TestEventsByType(t *testing.T) {
	p := newPlant(t)
	s, _ := p.start()
	r := newReceiver(t, func(int) manner { return takes })
	beginning := feed.At(0)
	r.mu.Lock()
	w, secret, err := s.Add(t.Context(), webhook.Wish{
		URL: r.http.URL + "/hook", After: &beginning, Types: []meta.EventType{meta.EventCallEnded},
	})
	r.secret = secret
	r.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	p.publish(0, 3)
	p.feed.Publish(meta.Event{Type: meta.EventCallEnded, Body: feed.Body(map[string]int{"n": 7})})
	p.publish(3, 6)
	r.untilTaken(7)
	eventually(t, "the rest is passed", func() bool { return hookAt(t, p, w.ID).Cursor == 7 })
	if all, _ := r.seen(); len(all) != 1 {
		t.Errorf("got %v, want the one of its type", all)
	}
}

// TestNothingInsideIsReached: names that lead inside are found out when the
// connection is made.
func TestNothingInsideIsReached(t *testing.T) {
	hit := make(chan struct{}, 100)
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hit <- struct{}{} }))
	defer inside.Close()
	p := newPlant(t)
	s, _ := p.start(func(c *webhook.Config) { c.AllowPrivate = false })
	beginning := feed.At(0)
	w, _, err := s.Add(t.Context(), webhook.Wish{URL: strings.Replace(inside.URL, "127.0.0.1", "localhost", 1), After: &beginning})
	if err != nil {
		t.Fatal(err)
	}
	p.publish(0, 1)
	eventually(t, "the refusal is logged", func() bool {
		list, err := s.Deliveries(t.Context(), w.ID, 0, 0)
		return err == nil && len(list) > 0 && list[0].Fault == webhook.ErrAddress.Error()
	})
	if len(hit) > 0 {
		t.Error("a server inside was reached")
	}
}

// TestAConfiguredSecretThatWasChanged signs after the next start.
func TestAConfiguredSecretThatWasChanged(t *testing.T) {
	p := newPlant(t)
	r := newReceiver(t, func(int) manner { return takes })
	configured, stop := p.start()
	stop()
	for i, secret := range []string{webhook.NewSecret(), webhook.NewSecret()} {
		for range 2 { // and again, as with each start
			if err := configured.Ensure(t.Context(), webhook.Wish{URL: r.http.URL + "/hook", Secret: secret}); err != nil {
				t.Fatal(err)
			}
		}
		r.mu.Lock()
		r.secret = secret // deliveries are verified with it
		r.mu.Unlock()
		_, stop := p.start()
		p.publish(i, i+1)
		eventually(t, "a delivery", func() bool { _, taken := r.seen(); return len(taken) == i+1 })
		stop()
	}
	if hooks, err := p.store.Webhooks(t.Context()); err != nil || len(hooks) != 1 {
		t.Errorf("webhooks: got %d and %v, want one", len(hooks), err)
	}
}

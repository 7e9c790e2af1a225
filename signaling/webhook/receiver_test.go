package webhook_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"go.uber.org/goleak"

	"parley/signaling/feed"
	"parley/signaling/webhook"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlite"
	"parley/storage/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 30 * time.Second

// plant is a store with a feed; senders come and go.
type plant struct {
	t      testing.TB
	store  *sqlite.Store
	feed   *feed.Feed
	master *envelope.Master
}

func newPlant(t testing.TB) *plant {
	t.Helper()
	p := &plant{t: t}
	p.store = storetest.Database(t)
	p.master = storetest.Master(t)
	p.feed = feed.New(feed.Config{Store: p.store, Now: time.Now, Log: zerolog.Nop()})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.feed.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := p.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// start runs a sender until stop is called.
func (p *plant) start(change ...func(*webhook.Config)) (s *webhook.Sender, stop func()) {
	p.t.Helper()
	cfg := webhook.Config{
		Store: p.store, Feed: p.feed, Vault: p.master, AllowPrivate: true, Holder: "node",
		Backoff: webhook.Backoff{First: 2 * time.Millisecond, Last: 20 * time.Millisecond},
		Timeout: 200 * time.Millisecond, Reload: 100 * time.Millisecond, Now: time.Now, Log: zerolog.Nop(),
	}
	for _, c := range change {
		c(&cfg)
	}
	s = webhook.New(cfg)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			p.t.Error(err)
		}
	})
	p.t.Cleanup(stop)
	return s, stop
}

func (p *plant) publish(from, to int) {
	for n := from; n < to; n++ {
		p.feed.Publish(meta.Event{Type: meta.EventPresenceChanged, Expert: "x", Body: feed.Body(map[string]int{"n": n})})
	}
}

// manner is how a receiver treats one request.
type manner int

const (
	takes manner = iota
	fails
	refuses
	hangs
	cuts
	redirects
	busy // for a second
)

// receiver is a platform's HTTP server. It checks every request.
type receiver struct {
	t      testing.TB
	http   *httptest.Server
	secret string // set once it is known
	manner func(request int) manner

	mu    sync.Mutex // guards what follows
	count int
	all   []got // whatever came
	taken []got // what was answered with 200
	free  chan struct{}
}

type got struct {
	id string
	n  int
}

func newReceiver(t testing.TB, m func(request int) manner) *receiver {
	t.Helper()
	r := &receiver{t: t, manner: m, free: make(chan struct{})}
	r.http = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(func() {
		close(r.free)
		r.http.Close()
	})
	return r
}

func (r *receiver) serve(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return // cut off by the sender's end
	}
	g := r.check(req, body)
	r.mu.Lock()
	m := r.manner(r.count)
	r.count++
	r.all = append(r.all, g)
	if m == takes {
		r.taken = append(r.taken, g)
	}
	r.mu.Unlock()
	switch m {
	case takes:
		w.WriteHeader(http.StatusOK)
	case fails:
		w.WriteHeader(http.StatusInternalServerError)
	case busy:
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
	case refuses:
		w.WriteHeader(http.StatusNotFound)
	case redirects:
		http.Redirect(w, req, "/elsewhere", http.StatusTemporaryRedirect)
	case cuts:
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	case hangs:
		select {
		case <-req.Context().Done():
		case <-r.free:
		}
	}
}

// check verifies a request as the specification's own library does.
func (r *receiver) check(req *http.Request, body []byte) got {
	r.mu.Lock()
	secret := r.secret
	r.mu.Unlock()
	judge, err := standardwebhooks.NewWebhook(secret)
	if err == nil {
		err = judge.Verify(body, req.Header)
	}
	if err != nil {
		r.t.Errorf("signature: %v", err)
	}
	var e struct {
		ID   string
		Data struct{ N int }
	}
	if err := json.Unmarshal(body, &e); err != nil || e.ID != req.Header.Get("webhook-id") || req.Method != http.MethodPost || req.URL.Path != "/hook" {
		r.t.Errorf("%s %s: got %v and %s, want a POST of the event that the header names", req.Method, req.URL.Path, err, body)
	}
	return got{e.ID, e.Data.N}
}

// add makes the receiver a webhook of the sender, from the feed's beginning on.
func (r *receiver) add(s *webhook.Sender) meta.Webhook {
	r.t.Helper()
	beginning := feed.At(0)
	r.mu.Lock()
	defer r.mu.Unlock()
	w, secret, err := s.Add(r.t.Context(), webhook.Wish{URL: r.http.URL + "/hook", After: &beginning})
	if err != nil {
		r.t.Fatal(err)
	}
	r.secret = secret
	return w
}

func (r *receiver) seen() (all, taken []got) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]got{}, r.all...), append([]got{}, r.taken...)
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-time.After(2 * time.Millisecond):
		case <-deadline:
			t.Fatalf("not in time: %s", what)
		}
	}
}

// untilTaken waits until the receiver has taken the event with number n.
func (r *receiver) untilTaken(n int) {
	r.t.Helper()
	eventually(r.t, "the receiver takes all", func() bool {
		_, taken := r.seen()
		return len(taken) > 0 && taken[len(taken)-1].n >= n
	})
}

// inOrder tells whether a list holds 0 to n-1, each at least once, none before
// its turn.
func inOrder(list []got, n int) bool {
	next := 0
	for _, g := range list {
		switch {
		case g.n == next:
			next++
		case g.n != next-1: // repeated
			return false
		}
	}
	return next == n
}

func TestTheSignatureIsThatOfTheSpecification(t *testing.T) {
	// The example of the specification's own verification library.
	secret := "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	if raw, err := webhook.ParseSecret(secret); err != nil || base64.StdEncoding.EncodeToString(raw) != strings.TrimPrefix(secret, "whsec_") {
		t.Errorf("ParseSecret: got %d bytes and %v", len(raw), err)
	}
	for _, text := range []string{"", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!!!", "whsec_" + strings.Repeat("A", 88)} {
		if _, err := webhook.ParseSecret(text); err == nil {
			t.Errorf("ParseSecret(%q): got no error", text)
		}
	}
	if a, b := webhook.NewSecret(), webhook.NewSecret(); a == b {
		t.Error("two secrets are the same")
	}
}

func hookAt(t testing.TB, p *plant, hook id.WebhookID) meta.Webhook {
	t.Helper()
	hooks, err := p.store.Webhooks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range hooks {
		if w.ID == hook {
			return w
		}
	}
	return meta.Webhook{}
}

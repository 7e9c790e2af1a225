package api

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"parley/signaling/auth"
	"parley/signaling/feed"
	"parley/signaling/revocation"
	"parley/signaling/webhook"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlite"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) { os.Exit(max(code, everyRefusalSeen())) }))
}

// house is the API over a real store and a real feed.
type house struct {
	t     testing.TB
	store meta.Store
	feed  *feed.Feed
	api   *Server
	url   string
	key   auth.Key

	revoked *revocation.List
	stop    context.CancelFunc // as a process that is told to stop
}

func newHouse(t testing.TB, change ...func(*house, *Config)) *house {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "parley.db")})
	if err != nil {
		t.Fatal(err)
	}
	return newHouseOn(t, store, change...)
}

// newHouseOn makes a house on a store that it closes.
func newHouseOn(t testing.TB, store meta.Store, change ...func(*house, *Config)) *house {
	t.Helper()
	h := &house{t: t, store: store, key: auth.Key{ID: "test", Secret: auth.Secret("0123456789abcdef0123456789abcdef")}}
	var err error
	h.revoked, err = revocation.Open(t.Context(), revocation.Config{
		Store: store, Life: time.Hour, Ended: func() { h.api.EndRevoked() }, Now: time.Now, Log: zerolog.Nop(),
	})
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := auth.NewVerifier(auth.Config{Now: time.Now, Keys: []auth.Key{h.key}, Revoked: h.revoked.Revoked})
	if err != nil {
		t.Fatal(err)
	}
	h.feed = feed.New(feed.Config{Store: store, Now: time.Now, Log: zerolog.Nop()})
	master, err := envelope.OpenMasterFile(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		Store: store, Tokens: tokens, Revoker: h.revoked, Events: h.feed, Access: Access{PeoplePlay: [2]bool{true, true}, PseudonymKey: []byte("key"), RatedFrom: 30 * time.Second},
		Publish:  h.feed.Publish,
		Webhooks: webhook.New(webhook.Config{Store: store, Feed: h.feed, Vault: master, Now: time.Now, Log: zerolog.Nop()}), Ready: store.Check, Socket: http.NotFoundHandler(),
		Web: http.NotFoundHandler(), Vault: master, Now: time.Now, Log: zerolog.Nop(),
	}
	for _, c := range change {
		c(h, &cfg)
	}
	h.api = New(cfg)
	h.listen()
	return h
}

func (h *house) listen() {
	ctx, stop := context.WithCancel(context.Background())
	h.stop = stop
	server := httptest.NewUnstartedServer(h.api.Handler())
	server.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	server.Start()
	h.url = server.URL
	done := make(chan error, 1)
	go func() { done <- h.feed.Run(ctx) }()
	h.t.Cleanup(func() {
		stop()
		server.Close()
		h.api.Close()
		if err := <-done; err != nil {
			h.t.Errorf("feed: %v", err)
		}
		if err := h.store.Close(); err != nil {
			h.t.Error(err)
		}
	})
}

func (h *house) token(role auth.Role) string { return h.tokenFor(role, time.Hour) }

func (h *house) tokenFor(role auth.Role, life time.Duration) string {
	h.t.Helper()
	now := time.Now()
	token, err := auth.Mint(h.key, auth.Identity{
		Person: id.PersonID("the-" + string(role)), Role: role, Name: "Somebody", Expires: now.Add(life),
	}, now)
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

// ask sends a request, and holds the answer against the description; its body is
// closed with the test.
func (h *house) ask(method, path, token, body string, header ...string) *http.Response {
	h.t.Helper()
	answer := h.askPlain(method, path, token, body, header...)
	holdAgainstDescription(h.t, answer.Request, answer)
	return answer
}

// askPlain sends a request; the answer's body is closed with the test.
func (h *house) askPlain(method, path, token, body string, header ...string) *http.Response {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.url+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = answer.Body.Close() })
	seen.note(h.t, answer)
	return answer
}

package api

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/pgtest"
	"parley/storage/meta/postgres"
)

// TestRevocationRefuses has every body that is not taken.
func TestRevocationRefuses(t *testing.T) {
	h := newHouse(t)
	ahead := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	for name, body := range map[string]string{
		"neither":             `{}`,
		"both":                `{"person":"maya","token_id":"t"}`,
		"no id":               `{"person":"ma ya"}`,
		"person with expiry":  `{"person":"maya","expires_at":"` + ahead + `"}`,
		"person ahead":        `{"person":"maya","issued_before":"` + ahead + `"}`,
		"token with a time":   `{"token_id":"t","issued_before":"2026-01-01T00:00:00Z"}`,
		"token that is over":  `{"token_id":"t","expires_at":"2026-01-01T00:00:00Z"}`,
		"token id too long":   `{"token_id":"` + strings.Repeat("t", auth.MaxIDBytes+1) + `"}`,
		"something else, too": `{"person":"maya","role":"member"}`,
	} {
		if got := h.ask("POST", "/api/v1/revocations", h.token(auth.RoleService), body).StatusCode; got != http.StatusBadRequest {
			t.Errorf("%s: got %d, want 400", name, got)
		}
	}
	if left, err := h.store.Revocations(t.Context(), time.Now()); err != nil || len(left) != 0 {
		t.Errorf("got %+v and %v, want nothing taken back", left, err)
	}
}

// TestARevokedTokenIsGoodNoMore: it is refused from the answer on, and what it
// had open ends; another person's token stays good.
func TestARevokedTokenIsGoodNoMore(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	qa, lead := h.token(auth.RoleQA), h.token(auth.RoleQALead)
	opened := h.ask("POST", "/api/v1/recordings/"+string(rec.ID)+"/plays", qa, `{"reason":"sample"}`)
	if opened.StatusCode != http.StatusCreated {
		t.Fatalf("got %d, want a play", opened.StatusCode)
	}
	cookie := opened.Cookies()[0]
	audio := func() int {
		return h.ask("GET", cookie.Path+"/audio.opus", "", "", "Cookie", cookie.Name+"="+cookie.Value).StatusCode
	}
	if got := audio(); got != http.StatusOK {
		t.Fatalf("got %d, want it to play", got)
	}
	if got := h.ask("POST", "/api/v1/revocations", h.token(auth.RoleService), `{"person":"the-qa"}`).StatusCode; got != http.StatusCreated {
		t.Fatalf("got %d, want 201", got)
	}
	if got := audio(); got != http.StatusNotFound {
		t.Errorf("the player: got %d, want it closed", got)
	}
	refused := h.ask("GET", "/api/v1/recordings", qa, "")
	body, err := io.ReadAll(refused.Body)
	if err != nil || refused.StatusCode != http.StatusUnauthorized || !strings.Contains(string(body), "token-revoked") {
		t.Errorf("got %d %s (%v), want 401 token-revoked", refused.StatusCode, body, err)
	}
	if got := h.ask("GET", "/api/v1/recordings", lead, "").StatusCode; got != http.StatusOK {
		t.Errorf("somebody else: got %d, want 200", got)
	}
	entries, err := h.store.ChainEntries(t.Context(), AuditChain, "the-qa", 0, 10)
	if err != nil || len(entries) != 1 || entries[0].Kind != "token.revoke" {
		t.Errorf("audit: got %+v and %v, want one entry", entries, err)
	}
}

// TestARevocationClosesPlayersOfAnotherNode: what one node took back closes a player
// that is open at another one on the same database, and nobody else's.
func TestARevocationClosesPlayersOfAnotherNode(t *testing.T) {
	url := pgtest.Start(t).Schema(t)
	node := func() *house {
		store, err := postgres.Open(t.Context(), postgres.Config{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		return newHouseOn(t, store)
	}
	here, there := node(), node()
	ctx, stop := context.WithCancel(context.Background())
	watching := make(chan error, 1)
	go func() { watching <- there.revoked.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		there.must(<-watching)
	})
	rec := there.shelve()
	playing := func(role auth.Role) func() int {
		opened := there.ask("POST", "/api/v1/recordings/"+string(rec.ID)+"/plays", there.token(role), `{"reason":"sample"}`)
		if opened.StatusCode != http.StatusCreated {
			t.Fatalf("got %d, want a play", opened.StatusCode)
		}
		cookie := opened.Cookies()[0]
		return func() int {
			return there.ask("GET", cookie.Path+"/audio.opus", "", "", "Cookie", cookie.Name+"="+cookie.Value).StatusCode
		}
	}
	theirs, others := playing(auth.RoleQA), playing(auth.RoleQALead)
	if a, b := theirs(), others(); a != http.StatusOK || b != http.StatusOK {
		t.Fatalf("got %d and %d, want both to play", a, b)
	}
	if got := here.ask("POST", "/api/v1/revocations", here.token(auth.RoleService), `{"person":"the-qa"}`).StatusCode; got != http.StatusCreated {
		t.Fatalf("got %d, want 201", got)
	}
	for end := time.Now().Add(20 * time.Second); theirs() != http.StatusNotFound; <-time.After(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("20 s later the player at the other node is still open")
		}
	}
	if got := others(); got != http.StatusOK {
		t.Errorf("somebody else's player: got %d, want it to play on", got)
	}
}

// TestARevokedReaderIsSentAway: a stream of events ends at once.
func TestARevokedReaderIsSentAway(t *testing.T) {
	h := newHouse(t)
	stream := h.ask("GET", "/api/v1/events", h.token(auth.RoleService), "", "Accept", "text/event-stream")
	first := make([]byte, 1)
	if _, err := io.ReadFull(stream.Body, first); err != nil {
		t.Fatal(err)
	}
	if _, err := h.revoked.RevokePerson(t.Context(), "the-service", time.Now(), "operator"); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, stream.Body)
		ended <- err
	}()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("got %v, want the end of the stream", err)
		}
	case <-time.After(streamPing - time.Second):
		t.Error("the stream goes on")
	}
}

// TestAnAccountIsReleased: then the human may have another one.
func TestAnAccountIsReleased(t *testing.T) {
	h := newHouse(t)
	claim := func(person string) error {
		return h.store.ClaimAccount(t.Context(), meta.Account{Human: "h-7", Cluster: "tax", Person: id.PersonID(person), At: time.Now()})
	}
	h.must(claim("lee"))
	if claim("lee-2") == nil {
		t.Fatal("a second account was taken")
	}
	if got := h.ask("DELETE", "/api/v1/accounts/h-7?cluster=tax", h.token(auth.RoleService), "").StatusCode; got != http.StatusNoContent {
		t.Errorf("got %d, want 204", got)
	}
	if err := claim("lee-2"); err != nil {
		t.Errorf("after the release: got %v", err)
	}
}

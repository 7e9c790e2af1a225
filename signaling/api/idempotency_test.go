package api

import (
	"encoding/json"
	"net/http"
	"testing"

	"parley/signaling/auth"
)

// TestSentAgain: a request that a client sends again with its key is answered as
// the first was, and nothing is done a second time.
func TestSentAgain(t *testing.T) {
	h := newHouse(t)
	token := h.token(auth.RoleService)
	add := func(token, key, body string) (int, string, string) {
		answer := h.ask("POST", "/api/v1/webhooks", token, body, "Idempotency-Key", key)
		var got struct{ ID, Secret, Type string }
		if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, got.ID + got.Type, got.Secret
	}
	const one, two = `{"url":"https://one.example/hook"}`, `{"url":"https://two.example/hook"}`
	code, hook, secret := add(token, "k-1", one)
	if code != http.StatusCreated || secret == "" {
		t.Fatalf("got %d and the secret %q", code, secret)
	}
	if code, again, told := add(token, "k-1", one); code != http.StatusCreated || again != hook || told != secret {
		t.Errorf("sent again: got %d, %s, want the first answer", code, again)
	}
	if code, kind, _ := add(token, "k-1", two); code != http.StatusUnprocessableEntity || kind != "/problems/key-reused" {
		t.Errorf("another body with the key: got %d, %s", code, kind)
	}
	if code, kind, _ := add(token, "k-2", one); code != http.StatusConflict || kind != "/problems/webhook-exists" {
		t.Errorf("another key: got %d, %s, want a refusal of its own", code, kind)
	}
	if code, kind, _ := add(token, "k-2", two); code != http.StatusCreated {
		t.Errorf("a key whose request was refused: got %d, %s, want it free", code, kind)
	}
	if code, kind, _ := add(token, "k 3", two); code != http.StatusBadRequest || kind != "/problems/bad-request" {
		t.Errorf("a key with a blank: got %d, %s", code, kind)
	}
	if code, _, _ := add(h.token(auth.RoleMember), "k-1", one); code != http.StatusForbidden {
		t.Errorf("somebody else's key: got %d, want what they may", code)
	}
}

// TestInWork: while a request is being answered nobody else's hands are on it.
func TestInWork(t *testing.T) {
	h := newHouse(t)
	var again int
	h.api.change("POST", "/slow", func(w http.ResponseWriter, r *http.Request) error {
		if again == 0 {
			again = h.askPlain("POST", "/api/v1/slow", h.token(auth.RoleService), `{}`, "Idempotency-Key", "k").StatusCode
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
	first := h.askPlain("POST", "/api/v1/slow", h.token(auth.RoleService), `{}`, "Idempotency-Key", "k").StatusCode
	if first != http.StatusNoContent || again != http.StatusConflict {
		t.Errorf("got %d, and %d meanwhile, want 204 and 409", first, again)
	}
}

// TestUnchanged: who has an answer is not sent it again.
func TestUnchanged(t *testing.T) {
	h := newHouse(t)
	token := h.token(auth.RoleMember)
	tag := h.ask("GET", "/api/v1/blocks", token, "").Header.Get("ETag")
	if tag == "" {
		t.Fatal("an answer has no ETag")
	}
	for given, want := range map[string]int{tag: 304, `"x", W/` + tag: 304, "*": 304, `"x"`: 200, tag[:8]: 200} {
		if got := h.ask("GET", "/api/v1/blocks", token, "", "If-None-Match", given); got.StatusCode != want {
			t.Errorf("If-None-Match %s: got %d, want %d", given, got.StatusCode, want)
		}
	}
	h.ask("PUT", "/api/v1/blocks/lee", token, "")
	if got := h.ask("GET", "/api/v1/blocks", token, "", "If-None-Match", tag).StatusCode; got != http.StatusOK {
		t.Errorf("after a change: got %d, want it sent", got)
	}
}

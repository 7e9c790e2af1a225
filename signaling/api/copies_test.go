package api

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"parley/recorder/accesscopy"
	"parley/signaling/auth"
	"parley/signaling/wire"
	"parley/storage/audit"
	"parley/storage/signing"
)

// withCopies lets the house make copies; call it after shelve.
func (h *house) withCopies() {
	h.t.Helper()
	key, err := signing.FromSeed(bytes.Repeat([]byte{7}, signing.SeedLen))
	h.must(err)
	h.api.cfg.Copies = &accesscopy.Builder{Store: h.store, Library: h.api.cfg.Library, Vault: h.api.cfg.Vault, Keys: key.Public(), Operator: "Example", Now: time.Now}
}

// TestACopyIsWrittenDownFirst as a whole and for each recording, and the people who
// spoke see it.
func TestACopyIsWrittenDownFirst(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	h.withCopies()
	r := h.ask("POST", wire.Root+"/copies", h.token(auth.RoleMember), `{}`)
	data, err := io.ReadAll(r.Body)
	h.must(err)
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || r.StatusCode != http.StatusOK || r.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("got %d, %v, want an archive that nobody stores", r.StatusCode, err)
	}
	if _, err := archive.Open("recordings/" + string(rec.ID) + "/own-voice.opus"); err != nil {
		t.Errorf("own voice: %v", err)
	}
	for subject, kind := range map[string]string{"the-member": kindPersonCopy, string(rec.ID): audit.KindCopy} {
		if got, err := h.store.NewestEntry(t.Context(), AuditChain, kind, "the-member"); err != nil || got.Subject != subject {
			t.Errorf("%s: got %+v, %v, want it about %s", kind, got, err, subject)
		}
	}
	seen := decode[struct{ Accesses []audit.Access }](t, h.ask("GET", wire.Root+"/recordings/"+string(rec.ID)+"/accesses", h.token(auth.RoleExpert), ""))
	if len(seen.Accesses) != 1 || seen.Accesses[0].What != "copy" || seen.Accesses[0].Reason != copyReason {
		t.Errorf("accesses: got %+v, want the copy", seen.Accesses)
	}
}

// TestWhoseCopy: people get their own and no other, officers anybody's with a case.
func TestWhoseCopy(t *testing.T) {
	h := newHouse(t)
	h.shelve()
	h.withCopies()
	for _, row := range []struct {
		role auth.Role
		body string
		want int
	}{
		{auth.RoleMember, `{"person":"the-expert","role":"expert"}`, http.StatusForbidden},
		{auth.RoleMember, `{"case":"7"}`, http.StatusForbidden},
		{auth.RoleQA, `{}`, http.StatusForbidden},
		{auth.RoleQALead, `{"person":"the-member","role":"member","case":"7"}`, http.StatusForbidden},
		{auth.RoleService, `{}`, http.StatusForbidden},
		{auth.RolePrivacy, `{"person":"the-member","role":"member"}`, http.StatusUnprocessableEntity},
		{auth.RolePrivacy, `{"person":"the-member","role":"qa","case":"7"}`, http.StatusBadRequest},
		{auth.RolePrivacy, `{"person":"the-member","role":"member","case":"7"}`, http.StatusOK},
		{auth.RoleExpert, `{}`, http.StatusOK},
	} {
		r := h.ask("POST", wire.Root+"/copies", h.token(row.role), row.body)
		if _, err := io.Copy(io.Discard, r.Body); err != nil || r.StatusCode != row.want {
			t.Errorf("%s asks for %s: got %d, %v, want %d", row.role, row.body, r.StatusCode, err, row.want)
		}
	}
	for range maxCopies { // no place is free
		h.api.copiers <- struct{}{}
	}
	if got := h.ask("POST", wire.Root+"/copies", h.token(auth.RoleMember), `{}`).StatusCode; got != http.StatusTooManyRequests {
		t.Errorf("with no place free: got %d, want 429", got)
	}
}

// failing writes some of a copy and then no more.
type failing struct{}

func (failing) Write(_ context.Context, w io.Writer, _ accesscopy.Subject, _ accesscopy.Allow) error {
	_, err := w.Write(make([]byte, 1<<20))
	return errors.Join(err, errors.New("the store is away"))
}

// TestACopyThatBreaksOff is no whole answer.
func TestACopyThatBreaksOff(t *testing.T) {
	h := newHouse(t)
	h.api.cfg.Copies = failing{}
	r := h.ask("POST", wire.Root+"/copies", h.token(auth.RoleMember), `{}`)
	if n, err := io.Copy(io.Discard, r.Body); err == nil {
		t.Errorf("got %d bytes and no error, want the connection broken", n)
	}
}

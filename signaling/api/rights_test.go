package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/storage/blob"
	"parley/storage/destruction"
	"parley/storage/erasure"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/signing"
)

// listOf is an in-memory list of erasures.
type listOf struct {
	mu     sync.Mutex
	voices []erasure.Voice
}

func (l *listOf) Append(_ context.Context, _ time.Time, voices ...erasure.Voice) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.voices = append(l.voices, voices...)
	return nil
}

type nothingLocal struct{}

func (nothingLocal) RemoveLocal(context.Context, id.RecordingID, string) error { return nil }

type noObjects struct{ blob.Store }

func (noObjects) Delete(context.Context, string) error { return nil }

// withEraser gives the house a destroyer, and returns its key.
func (h *house) withEraser() *signing.Key {
	h.t.Helper()
	key, err := signing.FromSeed(bytes.Repeat([]byte{7}, signing.SeedLen))
	h.must(err)
	h.api.cfg.Eraser = destruction.New(destruction.Config{
		Meta: h.store, List: &listOf{}, Objects: noObjects{}, Local: nothingLocal{}, Key: key, AuditChain: AuditChain, Now: time.Now,
	})
	return key
}

func (h *house) erase(rec id.RecordingID, role auth.Role, body string, want int) erasureView {
	h.t.Helper()
	r := h.ask("POST", "/api/v1/recordings/"+string(rec)+"/erasures", h.token(role), body)
	if r.StatusCode != want {
		text, _ := io.ReadAll(r.Body)
		h.t.Fatalf("erasure as %s of %s: got %d %s, want %d", role, body, r.StatusCode, text, want)
	}
	if want != http.StatusCreated {
		return erasureView{}
	}
	return decode[erasureView](h.t, r)
}

// TestErasureByApproval: the person asks, an officer decides, and the certificate
// stands offline. No reviewer's name is in what the person reads.
func TestErasureByApproval(t *testing.T) {
	h := newHouse(t)
	rec, key := h.shelve(), h.withEraser()
	asked := h.erase(rec.ID, auth.RoleMember, `{}`, http.StatusCreated)
	if asked.State != meta.ErasureRequested || asked.Part != id.PartMember {
		t.Fatalf("asked: got %+v, want it requested for the own voice", asked)
	}
	h.erase(rec.ID, auth.RoleMember, `{}`, http.StatusConflict)
	h.erase(rec.ID, auth.RoleMember, `{"part":"expert"}`, http.StatusForbidden)
	h.erase(rec.ID, auth.RoleMember, `{"part":"call"}`, http.StatusForbidden)
	h.erase(rec.ID, auth.RoleQA, `{"part":"member"}`, http.StatusForbidden)
	decision := "/api/v1/erasures/" + string(asked.ID) + "/decision"
	if got := h.ask("POST", decision, h.token(auth.RoleMember), `{"approve":true}`); got.StatusCode != http.StatusForbidden {
		t.Errorf("decided by the person: got %d, want 403", got.StatusCode)
	}
	var group sync.WaitGroup
	codes := make([]int, 2)
	token := h.token(auth.RolePrivacy)
	for i := range codes { // two officers at once
		group.Go(func() { codes[i] = h.ask("POST", decision, token, `{"approve":true}`).StatusCode })
	}
	group.Wait()
	if codes[0]+codes[1] != http.StatusOK+http.StatusConflict {
		t.Errorf("two officers at once: got %v, want 200 and 409", codes)
	}
	certificate := h.ask("GET", "/api/v1/erasures/"+string(asked.ID)+"/certificate", h.token(auth.RoleMember), "")
	jws, err := io.ReadAll(certificate.Body)
	h.must(err)
	if c, err := destruction.OpenCertificate(key.Public(), string(jws)); err != nil || c.Part != id.PartMember || c.Recording != rec.ID {
		t.Errorf("certificate: got %+v and %v", c, err)
	}
	if got := h.ask("GET", "/api/v1/erasures/"+string(asked.ID)+"/certificate", h.token(auth.RoleExpert), ""); got.StatusCode != http.StatusNotFound {
		t.Errorf("certificate of the other's voice: got %d, want 404", got.StatusCode)
	}
	if after := h.play(rec.ID); len(after.Erased) != 1 {
		t.Errorf("play after it: got %+v, want one voice erased", after)
	}
}

func TestErasureByOneself(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	h.withEraser()
	h.api.cfg.Access.SelfErasure = true
	if done := h.erase(rec.ID, auth.RoleExpert, `{"part":"expert"}`, http.StatusCreated); done.State != meta.ErasureDone || done.CertificateURL == "" {
		t.Errorf("got %+v, want it done at once", done)
	}
}

// TestHoldDefersErasure: the asker is told that it waits and not why; the release
// carries it out. Each act is written down before it.
func TestHoldDefersErasure(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	h.withEraser()
	h.api.cfg.Access.SelfErasure = true
	holds := "/api/v1/recordings/" + string(rec.ID) + "/holds"
	until := time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339)
	for _, bad := range []string{`{}`, `{"case":"1","reason":"court"}`, `{"case":"1","reason":"court","review_at":"2020-01-01T00:00:00Z"}`} {
		if got := h.ask("POST", holds, h.token(auth.RolePrivacy), bad); got.StatusCode != http.StatusBadRequest {
			t.Errorf("hold %s: got %d, want 400", bad, got.StatusCode)
		}
	}
	placed := h.ask("POST", holds, h.token(auth.RolePrivacy), `{"case":"42 O 7/26","reason":"a court asked","review_at":"`+until+`"}`)
	if placed.StatusCode != http.StatusCreated {
		t.Fatalf("hold: got %d, want 201", placed.StatusCode)
	}
	hold := decode[holdView](t, placed)
	waits := h.erase(rec.ID, auth.RoleMember, `{}`, http.StatusCreated)
	if !waits.Deferred || waits.State != meta.ErasureApproved {
		t.Errorf("erasure while held: got %+v, want it deferred", waits)
	}
	if _, err := h.store.Envelope(t.Context(), rec.ID, id.PartMember); err != nil {
		t.Errorf("held envelope: %v", err)
	}
	for role, want := range map[auth.Role]bool{auth.RolePrivacy: true, auth.RoleQA: true, auth.RoleMember: false} {
		if v := decode[recordingView](t, h.ask("GET", "/api/v1/recordings/"+string(rec.ID), h.token(role), "")); v.Held != want {
			t.Errorf("held as %s sees it: got %v, want %v", role, v.Held, want)
		}
	}
	release := holds + "/" + string(hold.ID) + "/release"
	if got := h.ask("POST", release, h.token(auth.RolePrivacy), `{"reason":"the case is closed"}`); got.StatusCode != http.StatusNoContent {
		t.Fatalf("release: got %d, want 204", got.StatusCode)
	}
	if got := h.ask("POST", release, h.token(auth.RolePrivacy), `{"reason":"again"}`); got.StatusCode != http.StatusConflict {
		t.Errorf("release again: got %d, want 409", got.StatusCode)
	}
	if _, err := h.store.Envelope(t.Context(), rec.ID, id.PartMember); !errors.Is(err, meta.ErrNotExist) {
		t.Errorf("after the release: got %v, want the envelope destroyed", err)
	}
	entries, err := h.store.ChainEntries(t.Context(), AuditChain, string(rec.ID), 0, 0)
	h.must(err)
	kinds := ""
	for _, e := range entries {
		kinds += e.Kind + " "
	}
	if want := "hold.place erasure.request hold.release hold.release erasure.begin "; kinds != want && kinds != "hold.place erasure.request hold.release erasure.begin hold.release " {
		t.Errorf("audit: got %q, want %q", kinds, want)
	}
	h.must(h.store.VerifyChain(t.Context(), AuditChain))
}

// TestWhoListened: role, class of the reason and time; no name, no note.
func TestWhoListened(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	plays := "/api/v1/recordings/" + string(rec.ID) + "/plays"
	h.ask("POST", plays, h.token(auth.RoleQA), `{"reason":"Complaint: of Mrs Smith"}`)
	h.ask("POST", plays, h.token(auth.RolePrivacy), `{"case":"42 O 7/26"}`)
	h.ask("POST", plays, h.token(auth.RoleMember), `{}`)
	r := h.ask("GET", "/api/v1/recordings/"+string(rec.ID)+"/accesses", h.token(auth.RoleMember), "")
	text, err := io.ReadAll(r.Body)
	h.must(err)
	for _, never := range []string{"Smith", "the-qa", "the-privacy", "42 O"} {
		if strings.Contains(string(text), never) {
			t.Errorf("accesses tell %q: %s", never, text)
		}
	}
	for _, want := range []string{`"role":"qa","reason":"Complaint","you":false`, `"role":"privacy","reason":"Case"`, `"role":"member","reason":"","you":true`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("accesses: got %s, want %s in it", text, want)
		}
	}
}

func TestPolicyOfPlays(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	plays := "/api/v1/recordings/" + string(rec.ID) + "/plays"
	want := func(what string, role auth.Role, body string, code int) {
		t.Helper()
		if got := h.ask("POST", plays, h.token(role), body).StatusCode; got != code {
			t.Errorf("%s: got %d as %s, want %d", what, got, role, code)
		}
	}
	want("no reason", auth.RoleQA, `{}`, 422)
	want("no case", auth.RolePrivacy, `{"reason":"curious"}`, 422)
	want("a case", auth.RolePrivacy, `{"case":"7"}`, 201)
	h.api.cfg.Access.PeoplePlay = [2]bool{false, true}
	want("not offered", auth.RoleMember, `{}`, 403)
	want("offered", auth.RoleExpert, `{}`, 201)
	h.api.cfg.Access.PlayAfter = time.Hour
	want("too early", auth.RoleExpert, `{}`, 409)
	h.api.cfg.Access.QANeedsAssignment = true
	want("not assigned", auth.RoleQA, `{"reason":"sample"}`, 404)
	body := `{"reviewer":"the-qa","recording":"` + string(rec.ID) + `","expires_at":"` + time.Now().Add(time.Hour).UTC().Format(time.RFC3339) + `"}`
	if got := h.ask("POST", "/api/v1/assignments", h.token(auth.RoleQA), body).StatusCode; got != 403 {
		t.Errorf("a reviewer assigns to themselves: got %d, want 403", got)
	}
	if got := h.ask("POST", "/api/v1/assignments", h.token(auth.RoleQALead), body).StatusCode; got != 201 {
		t.Errorf("assignment: got %d, want 201", got)
	}
	want("assigned", auth.RoleQA, `{"reason":"sample"}`, 201)
	h.must(h.store.SetTrashed(t.Context(), rec.ID, ptr(time.Now())))
	want("set aside", auth.RoleQA, `{"reason":"sample"}`, 410)
}

// TestTheListShowsNothingElse: a reviewer who needs assignments learns no id of
// another recording, not even as the cursor of a page, and misses none of their own.
func TestTheListShowsNothingElse(t *testing.T) {
	h := newHouse(t)
	h.api.cfg.Access.QANeedsAssignment = true
	mine := h.shelve()
	now := time.Now()
	h.must(h.store.InsertAssignment(t.Context(), meta.Assignment{
		ID: id.NewAssignment(now), Reviewer: "the-qa", Recording: mine.ID, By: "quinn", At: now, ExpiresAt: now.Add(time.Hour),
	}))
	other := h.shelve() // newer, and so before it
	answer := h.ask("GET", "/api/v1/recordings?limit=1", h.token(auth.RoleQA), "")
	text, err := io.ReadAll(answer.Body)
	h.must(err)
	if !strings.Contains(string(text), string(mine.ID)) || strings.Contains(string(text), string(other.ID)) {
		t.Errorf("a page of one: got %s, want %s and not %s", text, mine.ID, other.ID)
	}
}

func TestPseudonymsForReviewers(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	seen := func() recordingView {
		return decode[recordingView](t, h.ask("GET", "/api/v1/recordings/"+string(rec.ID), h.token(auth.RoleQA), ""))
	}
	first, second := seen(), seen()
	if first.Member != second.Member || first.Member == first.Expert || strings.Contains(first.Member.ID+first.Member.Name, "the-member") || !strings.HasPrefix(first.Member.Name, "Member ") {
		t.Errorf("got %+v and %+v, want one pseudonym each time", first.Member, second.Member)
	}
	h.api.cfg.Access.NamesForQA = true
	if got := seen(); got.Member.ID != "the-member" {
		t.Errorf("with names: got %+v", got.Member)
	}
}

func ptr[T any](v T) *T { return &v }

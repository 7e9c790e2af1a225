package api

import (
	"net/http"
	"testing"
	"time"

	"parley/recorder/consent/ledger"
	"parley/signaling/auth"
	"parley/signaling/vcon"
	"parley/storage/id"
	"parley/storage/meta"
)

// callOf enters the call of a recording, ended, with a receipt of each person.
func (h *house) callOf(rec meta.Recording, ended *time.Time) {
	h.t.Helper()
	at := rec.StartedAt
	h.must(h.store.InsertCall(h.t.Context(), meta.Call{
		ID: rec.CallID, MemberID: rec.MemberID, ExpertID: rec.ExpertID, MemberName: "Maya", ExpertName: "Dr. Lee",
		CreatedAt: at, AcceptedAt: &at, ConnectedAt: &at, EndedAt: ended, EndReason: "completed", RecordingID: &rec.ID,
	}))
	for _, person := range []id.PersonID{rec.ExpertID, rec.MemberID} {
		body := ledger.ReceiptIssued{Answer: 1, Receipt: "hash of " + string(person), JWS: "signed"}
		_, err := h.store.AppendChain(h.t.Context(), ledger.Chain, ledger.KindReceipt, string(rec.CallID), string(person), body, at)
		h.must(err)
	}
}

func vconPath(c id.CallID) string { return "/api/v1/calls/" + string(c) + "/vcon" }

func TestVCon(t *testing.T) {
	h := newHouse(t)
	rec := h.shelveFor("maya", "dr-lee")
	ended := rec.StartedAt.Add(20 * time.Second)
	h.callOf(rec, &ended)

	answer := h.ask("GET", vconPath(rec.CallID), h.token(auth.RoleService), "")
	if kind := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusOK || kind != vcon.MediaType {
		t.Fatalf("got %d and %s", answer.StatusCode, kind)
	}
	c := decode[vcon.Container](t, answer)
	if len(c.Dialog) != 2 || c.Dialog[0].Voice.ID != string(rec.ID) || c.Parties[1].UUID != "dr-lee" || c.Parties[1].Name != "" {
		t.Errorf("a platform got %+v, want both voices and ids alone", c)
	}
	if len(c.Attachments) != 2 || c.Attachments[1].Body.Receipts[0].Hash != "hash of dr-lee" || c.Attachments[1].Body.Receipts[0].JWS != "" {
		t.Errorf("a platform got %+v, want the hash of each person's receipt alone", c.Attachments)
	}
	audit := h.audited(rec.CallID)
	if len(audit) != 1 || audit[0] != vconExport+" by the-service" {
		t.Errorf("audit: got %v, want the export", audit)
	}

	h.must(h.store.DestroyEnvelope(t.Context(), rec.ID, id.PartMember, time.Now()))
	c = decode[vcon.Container](t, h.ask("GET", vconPath(rec.CallID)+"?case=7", h.token(auth.RolePrivacy), ""))
	if len(c.Dialog) != 1 || c.Dialog[0].Voice.Voice != id.PartExpert || c.Parties[0].Name != "Maya" || c.Attachments[0].Body.Receipts[0].JWS != "signed" {
		t.Errorf("an officer got %+v, want the voice that is left, names and receipts", c)
	}
}

// audited are the entries of the audit about a call.
func (h *house) audited(call id.CallID) (out []string) {
	h.t.Helper()
	entries, err := h.store.ChainEntries(h.t.Context(), AuditChain, string(call), 0, meta.MaxLimit)
	h.must(err)
	for _, e := range entries {
		out = append(out, e.Kind+" by "+e.Actor)
	}
	return out
}

func TestVConIsRefused(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	h.callOf(rec, nil)
	missing := vconPath(id.NewCall(time.Now()))
	for _, x := range []struct {
		role auth.Role
		path string
		want int
	}{
		{auth.RoleMember, vconPath(rec.CallID), http.StatusForbidden},
		{auth.RoleExpert, vconPath(rec.CallID), http.StatusForbidden},
		{auth.RoleQA, vconPath(rec.CallID), http.StatusForbidden},
		{auth.RoleQALead, vconPath(rec.CallID), http.StatusForbidden},
		{auth.RoleService, vconPath(rec.CallID), http.StatusConflict}, // it goes on
		{auth.RolePrivacy, vconPath(rec.CallID), http.StatusUnprocessableEntity},
		{auth.RolePrivacy, vconPath(rec.CallID) + "?case=7", http.StatusConflict},
		{auth.RoleService, missing, http.StatusNotFound},
		{auth.RoleService, vconPath("nonsense"), http.StatusNotFound},
	} {
		if got := h.ask("GET", x.path, h.token(x.role), "").StatusCode; got != x.want {
			t.Errorf("%s as %s: got %d, want %d", x.path, x.role, got, x.want)
		}
	}
	if got := h.ask("GET", vconPath(rec.CallID), "", "").StatusCode; got != http.StatusUnauthorized {
		t.Errorf("without a token: got %d, want 401", got)
	}
	if audit := h.audited(rec.CallID); len(audit) != 0 {
		t.Errorf("audit: got %v of what was refused, want nothing", audit)
	}
}

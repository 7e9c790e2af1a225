package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/storage/meta"
)

// TestReviewersSeeHowTheCallSounded beside its recording: in a word and figures, without the
// delay; the others, and lists, do not have it.
func TestReviewersSeeHowTheCallSounded(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	path := "/recordings/" + string(rec.ID)
	if text := h.wants(http.StatusOK, "GET", path, auth.RoleQA, ""); strings.Contains(text, `"sound"`) {
		t.Errorf("without a record of the call: got %s, want no sound", text)
	}
	began := time.Now()
	c := meta.Call{ID: rec.CallID, MemberID: rec.MemberID, ExpertID: rec.ExpertID, CreatedAt: began, AcceptedAt: &began, ConnectedAt: &began, EndedAt: &began, EndReason: "completed"}
	c.Quality[0].Sent = &meta.WayQuality{
		Samples: 41, MOS: meta.Measure{Average: 3.4, Worst: 2.1}, LossPercent: meta.Measure{Average: 4.5, Worst: 20}, JitterMs: meta.Measure{Average: 7, Worst: 12}, RoundTripMs: meta.Measure{Average: 98.7, Worst: 98.7},
	}
	c.Alarms[1] = meta.LegAlarms{Silences: 2, Cures: 1}
	h.must(h.store.InsertCall(t.Context(), c))
	h.must(h.store.UpdateCall(t.Context(), c))
	for _, role := range []auth.Role{auth.RoleQA, auth.RoleQALead} {
		text := h.wants(http.StatusOK, "GET", path, role, "")
		h.wantsIn(text, `"sent":{"word":"poor","cause":"loss","mos":{"average":3.4,"worst":2.1},"loss_percent":{"average":4.5,"worst":20},"jitter_ms":{"average":7,"worst":12}}`, `"silences":2`)
		if strings.Contains(text, "98.7") || strings.Contains(text, "round") {
			t.Errorf("%s reads %s, want no delay", role, text)
		}
		if list := h.wants(http.StatusOK, "GET", "/recordings", role, ""); strings.Contains(list, `"sound"`) {
			t.Errorf("%s lists %s, want no sound", role, list)
		}
	}
	for _, role := range []auth.Role{auth.RoleMember, auth.RoleExpert, auth.RolePrivacy, auth.RoleAuditor} {
		if text := h.wants(http.StatusOK, "GET", path, role, ""); strings.Contains(text, `"sound"`) {
			t.Errorf("%s reads %s, want no sound", role, text)
		}
	}
	h.api.cfg.Access.QANeedsAssignment = true
	h.wants(http.StatusNotFound, "GET", path, auth.RoleQA, "")
}

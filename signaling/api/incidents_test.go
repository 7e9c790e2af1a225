package api

import (
	"strings"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/storage/id"
	"parley/storage/meta"
)

func TestWhoLooksAfterPeopleSeesIncidents(t *testing.T) {
	h := newHouse(t)
	c := h.talked(time.Minute, "completed")
	h.wants(201, "POST", "/calls/"+string(c.ID)+"/reports", auth.RoleMember, `{"reason":"abuse","offset_seconds":12,"text":"`+canary+`"}`)
	h.wants(204, "PUT", "/blocks/the-expert", auth.RoleMember, "")
	reports, err := h.store.Reports(t.Context(), meta.ReportFilter{})
	h.must(err)
	h.must(h.store.PutSign(t.Context(), meta.Sign{Call: c.ID, Kind: meta.SignSameAddress, At: time.Now()}))
	one := "/incidents/reports/" + string(reports[0].ID)
	lists := []string{"/incidents/reports", "/incidents/blocks", "/incidents/signs"}
	for _, path := range lists {
		h.wants(200, "GET", path, auth.RoleAuditor, "")
	}
	h.wants(403, "GET", one, auth.RoleAuditor, "") // no word of what was written
	for _, role := range []auth.Role{auth.RoleAdmin, auth.RolePrivacy} {
		list := h.wants(200, "GET", "/incidents/reports", role, "")
		h.wantsIn(list, string(reports[0].ID), `"about":"the-expert"`, `"offset_seconds":12`, `"written":true`, `"next":""`)
		if strings.Contains(list, canary) {
			t.Errorf("list of reports: got %s, want no word of what was written", list)
		}
		h.wantsIn(h.wants(200, "GET", "/incidents/blocks", role, ""), `"by":"the-member","whom":"the-expert"`, `"next":""`)
		h.wantsIn(h.wants(200, "GET", "/incidents/signs", role, ""), string(c.ID), `"member":"the-member"`, `"kind":"same_address"`)
		h.wantsIn(h.wants(200, "GET", one, role, ""), canary)
	}
	audit, err := h.store.ChainEntries(t.Context(), AuditChain, string(c.ID), 0, 0)
	h.must(err)
	if len(audit) != 2 || audit[0].Kind != KindReportRead || audit[0].Actor != "the-admin" {
		t.Errorf("audit: got %+v, want each reading of the text", audit)
	}
	h.wants(400, "GET", "/incidents/reports?before=x", auth.RoleAdmin, "")
	h.wants(404, "GET", "/incidents/reports/x", auth.RoleAdmin, "")
	for _, role := range []auth.Role{auth.RoleMember, auth.RoleExpert, auth.RoleQA, auth.RoleQALead, auth.RoleService} {
		for _, path := range append(lists, one) {
			h.wants(403, "GET", path, role, "")
		}
	}
}

// TestAReportIsHandled from open to settled, with a note, and written down each time.
func TestAReportIsHandled(t *testing.T) {
	h := newHouse(t)
	c := h.talked(time.Minute, "completed")
	h.wants(201, "POST", "/calls/"+string(c.ID)+"/reports", auth.RoleMember, `{"reason":"abuse","offset_seconds":12}`)
	reports, err := h.store.Reports(t.Context(), meta.ReportFilter{})
	h.must(err)
	one := "/incidents/reports/" + string(reports[0].ID) + "/handling"
	h.wantsIn(h.wants(200, "GET", "/incidents/reports?state=open", auth.RoleAdmin, ""), `"state":"open"`, `"handled_by":""`, `"handled_at":null`)
	for _, bad := range []string{`{"state":"x"}`, `{"state":"settled","note":" "}`, `{"state":"settled","note":"` + strings.Repeat("n", 501) + `"}`, `{}`} {
		h.wants(400, "POST", one, auth.RoleAdmin, bad)
	}
	h.wantsIn(h.wants(200, "POST", one, auth.RoleAdmin, `{"state":"looked_at"}`), `"state":"looked_at"`, `"handled_by":"the-admin"`)
	h.wantsIn(h.wants(200, "POST", one, auth.RolePrivacy, `{"state":"settled","note":" spoken to "}`), `"state":"settled"`, `"note":"spoken to"`)
	h.wantsIn(h.wants(200, "GET", "/incidents/reports?state=settled&person=the-member&reason=abuse", auth.RoleAuditor, ""), `"note":"spoken to"`)
	for _, none := range []string{"state=open", "reason=fraud", "person=nobody"} {
		h.wantsIn(h.wants(200, "GET", "/incidents/reports?"+none, auth.RoleAdmin, ""), `"reports":[]`)
	}
	h.wants(400, "GET", "/incidents/reports?state=x", auth.RoleAdmin, "")
	h.wants(403, "POST", one, auth.RoleAuditor, `{"state":"open"}`)
	h.wants(404, "POST", "/incidents/reports/x/handling", auth.RoleAdmin, `{"state":"open"}`)
	audit, err := h.store.ChainEntries(t.Context(), AuditChain, string(c.ID), 0, 0)
	h.must(err)
	if len(audit) != 2 || audit[1].Kind != KindReportHandled || audit[1].Actor != "the-privacy" {
		t.Errorf("audit: got %+v, want each change", audit)
	}
}

// TestSeveralMembersAtOneDevice who rate one expert leave a sign with the last
// rating, which names the others.
func TestSeveralMembersAtOneDevice(t *testing.T) {
	h := newHouse(t)
	before := h.talked(time.Minute, "completed")
	h.must(h.store.InsertRating(t.Context(), meta.Rating{
		Call: before.ID, By: "noah", About: "the-expert", Part: id.PartMember, At: time.Now().Add(-time.Hour), Stars: 5,
	}, nil))
	c := h.talked(time.Minute, "completed")
	for _, call := range []id.CallID{before.ID, c.ID} {
		h.must(h.store.PutTrace(t.Context(), meta.Trace{Call: call, Address: "of-" + string(call), Device: "one", At: time.Now()}))
	}
	h.wantsIn(h.wants(200, "GET", "/incidents/signs", auth.RoleAdmin, ""), `"signs":[]`)
	h.wants(201, "POST", "/calls/"+string(c.ID)+"/rating", auth.RoleMember, `{"stars":5}`)
	for _, query := range []string{"", "?kind=shared_device", "?person=noah", "?person=the-member&kind=shared_device"} {
		h.wantsIn(h.wants(200, "GET", "/incidents/signs"+query, auth.RoleAdmin, ""), string(c.ID), `"kind":"shared_device"`, `"people":["noah"]`, `"next":""`)
	}
	h.wantsIn(h.wants(200, "GET", "/incidents/signs?kind=burst", auth.RoleAdmin, ""), `"signs":[]`)
	h.wants(400, "GET", "/incidents/signs?kind=x", auth.RoleAdmin, "")
}

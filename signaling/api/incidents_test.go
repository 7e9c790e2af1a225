package api

import (
	"strings"
	"testing"
	"time"

	"parley/signaling/auth"
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
	for _, role := range []auth.Role{auth.RoleMember, auth.RoleExpert, auth.RoleQA, auth.RoleQALead, auth.RoleAuditor, auth.RoleService} {
		for _, path := range []string{"/incidents/reports", one, "/incidents/blocks", "/incidents/signs"} {
			h.wants(403, "GET", path, role, "")
		}
	}
}

package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/recorder/disclosure"
	"parley/signaling/api/openapi"
	"parley/signaling/auth"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// asked is how a route is asked in TestEveryRouteByEveryRole.
type asked struct {
	body  string
	query string
	// absent tells that what the path names does not exist: for those who may, too.
	absent bool
}

// routesAsked has every route that a server has. What is not in it fails.
func routesAsked() map[string]asked {
	until := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	return map[string]asked{
		"GET /config": {}, "GET /openapi.json": {}, "GET /recordings": {}, "GET /recordings/{id}": {},
		"POST /recordings/{id}/plays":                         {body: `{"reason":"sample","case":"7"}`},
		"GET /recordings/{id}/accesses":                       {},
		"GET /recordings/{id}/erasures":                       {},
		"POST /recordings/{id}/erasures":                      {body: `{}`},
		"GET /recordings/{id}/holds":                          {},
		"POST /recordings/{id}/holds":                         {body: `{"case":"7","reason":"court","review_at":"` + until + `"}`},
		"POST /recordings/{id}/holds/{hold}/release":          {body: `{"reason":"over"}`},
		"GET /recordings/{id}/disclosures":                    {},
		"POST /recordings/{id}/disclosures":                   {body: `{"part":"call","authority":"Court","legal_basis":"1","case":"7"}`},
		"POST /recordings/{id}/disclosures/{number}/decision": {body: `{"approve":true}`},
		"POST /recordings/{id}/disclosures/{number}/bundle":   {},
		"GET /recordings/{id}/evaluation":                     {},
		"PUT /recordings/{id}/evaluation":                     {body: `{"answers":[],"comment":"","moments":[]}`},
		"POST /recordings/{id}/evaluation/release":            {},
		"GET /evaluations":                                    {},
		"GET /evaluations/{id}":                               {absent: true},
		"POST /evaluations/{id}/dispute":                      {body: `{"text":"no"}`, absent: true},
		"POST /evaluations/{id}/settlement":                   {body: `{"stands":true,"text":"yes"}`, absent: true},
		"GET /erasures":                                       {},
		"POST /erasures/{id}/decision":                        {body: `{"approve":true}`},
		"GET /erasures/{id}/certificate":                      {},
		"POST /assignments":                                   {body: `{"reviewer":"robin","recording":"{id}","expires_at":"` + until + `"}`},
		"POST /copies":                                        {body: `{}`},
		"GET /statistics":                                     {},
		"GET /plays/{play}/audio.opus":                        {},
		"GET /plays/{play}/audio.wav":                         {},
		"GET /plays/{play}/voices/{voice}":                    {},
		"GET /plays/{play}/manifest.json":                     {},
		"GET /plays/{play}/peaks.json":                        {},
		"GET /plays/{play}/messages.json":                     {},
		"GET /calls/{id}":                                     {},
		"GET /calls/{id}/receipts":                            {},
		"GET /calls/{id}/receipts/{entry}":                    {absent: true},
		"GET /calls/{id}/receipt":                             {absent: true},
		"GET /calls/{id}/vcon":                                {query: "?case=7"},
		"GET /calls/{id}/feedback":                            {},
		"POST /calls/{id}/rating":                             {body: `{"stars":5}`},
		"POST /calls/{id}/rating/survey":                      {body: `{"sound":5}`, absent: true},
		"POST /calls/{id}/reports":                            {body: `{"reason":"other"}`},
		"GET /calls/{id}/messages":                            {},
		"GET /calls/{id}/notes":                               {},
		"POST /calls/{id}/notes":                              {body: `{"text":"call back"}`},
		"GET /calls":                                          {},
		"GET /missed":                                         {},
		"GET /incidents/reports":                              {},
		"GET /incidents/reports/{id}":                         {absent: true},
		"POST /incidents/reports/{id}/handling":               {body: `{"state":"looked_at"}`, absent: true},
		"GET /incidents/signs":                                {},
		"GET /incidents/blocks":                               {},
		"GET /blocks":                                         {},
		"PUT /blocks/{person}":                                {},
		"DELETE /blocks/{person}":                             {},
		"GET /events":                                         {},
		"GET /webhooks":                                       {},
		"POST /webhooks":                                      {body: `{"url":"http://10.0.0.1"}`},
		"DELETE /webhooks/{id}":                               {absent: true},
		"POST /webhooks/{id}/replay":                          {body: `{"after":""}`, absent: true},
		"GET /webhooks/{id}/deliveries":                       {absent: true},
		"POST /revocations":                                   {body: `{}`},
		"DELETE /accounts/{human}":                            {absent: true},
	}
}

// permitted reads who may call what from the description: by pattern, without wire.Root.
// Nil: anybody.
func permitted(t *testing.T) map[string][]auth.Role {
	t.Helper()
	doc, err := openapi.New()
	if err != nil {
		t.Fatal(err)
	}
	data, err := doc.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var parsed struct {
		Paths map[string]map[string]struct {
			Roles []auth.Role `json:"x-roles"`
		}
	}
	if err := json.Unmarshal(data, &parsed); err != nil {
		t.Fatal(err)
	}
	out := map[string][]auth.Role{}
	for path, methods := range parsed.Paths {
		for method, one := range methods {
			out[strings.ToUpper(method)+" "+path] = one.Roles
		}
	}
	return out
}

// allRoles has each role, and the last without a token.
func allRoles() []auth.Role {
	return []auth.Role{
		auth.RoleMember, auth.RoleExpert, auth.RoleQA, auth.RoleQALead, auth.RolePrivacy, auth.RoleAdmin, auth.RoleAuditor, auth.RoleService, "",
	}
}

// TestEveryRouteByEveryRole walks every role through every route that the server has, for
// something of their own, of other people, that is held and that was erased. Whoever the
// description does not name is refused, and nobody else is; what is of other people does
// not exist for the two who spoke.
func TestEveryRouteByEveryRole(t *testing.T) {
	rows, may := routesAsked(), permitted(t)
	for _, kind := range []string{"own", "foreign", "held", "erased"} {
		w := newWalk(t, kind)
		for _, pattern := range w.api.routes {
			pattern = strings.Replace(pattern, wire.Root, "", 1)
			row, ok := rows[pattern]
			if !ok {
				t.Fatalf("%s has no row: say in routesAsked how it is asked", pattern)
			}
			for _, role := range allRoles() {
				w.ask(pattern, row, role, may[pattern])
			}
		}
	}
}

// walk is a house with one of everything that a path can name.
type walk struct {
	*house
	kind, rec, call, hold, erasure string
	number                         uint64
}

func newWalk(t *testing.T, kind string) *walk {
	w := &walk{house: newHouse(t), kind: kind}
	w.withEraser()
	member, expert := id.PersonID("the-member"), id.PersonID("the-expert")
	if kind == "foreign" {
		member, expert = "maya", "lee"
	}
	rec := w.shelveFor(member, expert)
	w.withCopies()
	w.api.cfg.Bundles = &disclosure.Maker{} // no order is approved
	now, ctx := time.Now(), t.Context()
	w.must(w.store.InsertCall(ctx, meta.Call{
		ID: rec.CallID, MemberID: member, ExpertID: expert, CreatedAt: now, ConnectedAt: &now, EndedAt: &now, RecordingID: &rec.ID,
	}))
	h := meta.Hold{ID: id.NewHold(now), Recording: rec.ID, Case: "7", Reason: "court", ReviewAt: now, By: "pia", At: now}
	w.must(w.store.PlaceHold(ctx, h))
	if kind != "held" {
		w.must(w.store.ReleaseHold(ctx, h.ID, "pia", "over", now))
	}
	e := meta.Erasure{
		ID: id.NewErasure(now), Recording: rec.ID, Part: id.PartCall, Basis: meta.BasisOfficer, RequestedBy: "pia", RequestedAt: now,
		State: meta.ErasureApproved, DecidedBy: "pia", DecidedAt: &now,
	}
	w.must(w.store.InsertErasure(ctx, e))
	if kind != "held" {
		w.must(w.store.BeginErasure(ctx, e.ID))
		w.must(w.store.FinishErasure(ctx, e.ID, nil, "certificate", now))
	}
	w.put(kind, rec.ID)
	asked, err := w.store.AppendChain(ctx, AuditChain, disclosure.KindRequest, string(rec.ID), "pia", disclosure.Scope{Part: id.PartCall}, now)
	w.must(err)
	w.rec, w.call, w.hold, w.erasure, w.number = string(rec.ID), string(rec.CallID), string(h.ID), string(e.ID), asked.Seq
	return w
}

// path fills a pattern in.
func (w *walk) path(pattern string) string {
	about := w.rec
	switch {
	case strings.Contains(pattern, "/calls/"):
		about = w.call
	case strings.Contains(pattern, "/erasures/{id}"):
		about = w.erasure
	case strings.Contains(pattern, "/webhooks/"):
		about = string(id.NewWebhook(time.Now()))
	}
	_, path, _ := strings.Cut(pattern, " ")
	return strings.NewReplacer("{id}", about, "{hold}", w.hold, "{number}", fmt.Sprint(w.number), "{play}", string(id.NewPlay(time.Now())),
		"{entry}", "1", "{person}", "somebody", "{human}", "somebody").Replace(path)
}

func (w *walk) ask(pattern string, row asked, role auth.Role, may []auth.Role) {
	w.t.Helper()
	method, _, _ := strings.Cut(pattern, " ")
	token := ""
	if role != "" {
		token = w.token(role)
	}
	got := w.house.ask(method, wire.Root+w.path(pattern)+row.query, token, strings.ReplaceAll(row.body, "{id}", w.rec)).StatusCode
	what := w.kind + ": " + pattern + " as " + string(role)
	spoke := role == auth.RoleMember || role == auth.RoleExpert
	foreign := w.kind == "foreign" && spoke && strings.Contains(pattern, "{id}")
	unfinished := w.kind == "held" && strings.HasSuffix(pattern, "/certificate")
	switch {
	case strings.Contains(pattern, "/plays/{play}"):
		if got != http.StatusUnauthorized {
			w.t.Errorf("%s without the play's cookie: got %d, want 401", what, got)
		}
	case may == nil:
		if got != http.StatusOK {
			w.t.Errorf("%s: got %d, want it for anybody", what, got)
		}
	case role == "":
		if got != http.StatusUnauthorized {
			w.t.Errorf("%s: got %d without a token, want 401", what, got)
		}
	case !slices.Contains(may, role) || foreign:
		if got != http.StatusForbidden && got != http.StatusNotFound {
			w.t.Errorf("%s: got %d, want a refusal", what, got)
		}
	case got == http.StatusUnauthorized, got == http.StatusForbidden, got == http.StatusNotFound && !row.absent && !unfinished, got >= 500:
		w.t.Errorf("%s: got %d, want it not refused", what, got)
	}
}

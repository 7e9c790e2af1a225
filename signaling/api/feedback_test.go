package api

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/signaling/feed"
	"parley/storage/id"
	"parley/storage/meta"
)

// talked stores a call of the house's member and expert.
func (h *house) talked(length time.Duration, reason string) meta.Call {
	h.t.Helper()
	ended := time.Now()
	began := ended.Add(-length)
	c := meta.Call{
		ID: id.NewCall(began), MemberID: "the-member", ExpertID: "the-expert", MemberName: "Maya", ExpertName: "Lee",
		CreatedAt: began, EndedAt: &ended, EndReason: reason,
	}
	if length > 0 {
		c.AcceptedAt, c.ConnectedAt = &began, &began
	}
	h.must(h.store.InsertCall(h.t.Context(), c))
	return c
}

// wants asks with a status in mind, and returns the body.
func (h *house) wants(status int, method, path string, role auth.Role, body string) string {
	h.t.Helper()
	r := h.ask(method, "/api/v1"+path, h.token(role), body)
	text, err := io.ReadAll(r.Body)
	h.must(err)
	if r.StatusCode != status {
		h.t.Fatalf("%s %s as %s with %s: got %d %s, want %d", method, path, role, body, r.StatusCode, text, status)
	}
	return string(text)
}

func (h *house) wantsIn(text string, parts ...string) {
	h.t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			h.t.Errorf("got %s, want it to hold %s", text, part)
		}
	}
}

// fed waits until the feed has an event of a type, and returns its body.
func (h *house) fed(kind meta.EventType) string {
	h.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		page, err := h.feed.Next(h.t.Context(), feed.Query{Types: []meta.EventType{kind}, Limit: 10})
		h.must(err)
		if len(page.Events) > 0 {
			return string(page.Events[0].Body)
		}
	}
	h.t.Fatalf("no event %s", kind)
	return ""
}

const canary = "she told me of her brother"

func TestACallIsRatedOnce(t *testing.T) {
	h := newHouse(t)
	c := h.talked(time.Minute, "completed")
	path := "/calls/" + string(c.ID)
	h.wantsIn(h.wants(200, "GET", path+"/feedback", auth.RoleMember, ""), `"ratable":true`, `"rating":null`, `"blocked":false`)
	h.wants(400, "POST", path+"/rating", auth.RoleMember, `{"stars":6}`)
	h.wants(400, "POST", path+"/rating", auth.RoleMember, `{"stars":5,"comment":"`+strings.Repeat("ä", maxText+1)+`"}`)
	h.wants(201, "POST", path+"/rating", auth.RoleMember, `{"stars":4,"sound":2,"again":true,"comment":" `+canary+` "}`)
	h.wantsIn(h.wants(409, "POST", path+"/rating", auth.RoleMember, `{"stars":1}`), "rated-already")
	h.wantsIn(h.wants(200, "GET", path+"/feedback", auth.RoleMember, ""), `"ratable":false`, `"stars":4`, `"sound":2`, `"again":true`, `"comment":"`+canary+`"`)
	h.wantsIn(h.wants(200, "GET", path+"/feedback", auth.RoleExpert, ""), `"ratable":true`) // of its own
	h.wants(201, "POST", path+"/rating", auth.RoleExpert, `{"stars":5}`)

	body := h.fed(meta.EventCallRated)
	h.wantsIn(body, `"side":"member"`, `"stars":4`, `"comment":true`)
	texts, err := h.store.Texts(t.Context(), meta.TextFilter{Call: c.ID})
	h.must(err)
	if len(texts) != 1 || strings.Contains(string(texts[0].Sealed), canary) || strings.Contains(body, canary) {
		t.Errorf("got %d texts and the event %s, want one that is sealed, and no word of it told", len(texts), body)
	}
}

// TestTheSurveyFollowsTheStars: whoever tapped the stars alone may add the rest, once.
func TestTheSurveyFollowsTheStars(t *testing.T) {
	h := newHouse(t)
	path := "/calls/" + string(h.talked(time.Minute, "completed").ID)
	h.wants(404, "POST", path+"/rating/survey", auth.RoleMember, `{"sound":2}`)
	h.wants(201, "POST", path+"/rating", auth.RoleMember, `{"stars":4}`)
	for _, bad := range []string{`{}`, `{"sound":6}`, `{"stars":5}`, `{"comment":" "}`} {
		h.wants(400, "POST", path+"/rating/survey", auth.RoleMember, bad)
	}
	h.wants(204, "POST", path+"/rating/survey", auth.RoleMember, `{"sound":2,"again":true,"comment":"`+canary+`"}`)
	h.wantsIn(h.wants(409, "POST", path+"/rating/survey", auth.RoleMember, `{"sound":5}`), "rated-already")
	h.wantsIn(h.wants(200, "GET", path+"/feedback", auth.RoleMember, ""), `"stars":4`, `"sound":2`, `"again":true`, `"comment":"`+canary+`"`)
	body := h.fed(meta.EventCallSurveyed)
	h.wantsIn(body, `"side":"member"`, `"sound":2`, `"again":true`, `"comment":true`)
	if strings.Contains(body, canary) {
		t.Errorf("event: got %s, want no word of what was written", body)
	}
}

func TestWhatIsNotRated(t *testing.T) {
	h := newHouse(t)
	for name, c := range map[string]meta.Call{
		"short": h.talked(29*time.Second, "completed"), "dropped": h.talked(time.Hour, "dropped"), "missed": h.talked(0, "no_answer"),
	} {
		if got := h.wants(409, "POST", "/calls/"+string(c.ID)+"/rating", auth.RoleMember, `{"stars":5}`); !strings.Contains(got, "not-ratable") {
			t.Errorf("rating of one that was %s: got %s, want not-ratable", name, got)
		}
	}
	h.wants(201, "POST", "/calls/"+string(h.talked(time.Hour, "limit").ID)+"/rating", auth.RoleMember, `{"stars":5}`)
}

func TestOnlyWhoTookPartSaysAnything(t *testing.T) {
	h := newHouse(t)
	c := h.talked(time.Minute, "completed")
	c.ID, c.MemberID, c.ExpertID = id.NewCall(time.Now()), "somebody", "else"
	h.must(h.store.InsertCall(t.Context(), c))
	for _, role := range []auth.Role{auth.RoleMember, auth.RoleExpert, auth.RoleQA, auth.RoleQALead, auth.RolePrivacy, auth.RoleService} {
		for route, body := range map[string]string{
			"POST rating": `{"stars":5}`, "POST reports": `{"reason":"abuse"}`, "GET feedback": "", "GET messages": "",
		} {
			method, path, _ := strings.Cut(route, " ")
			h.wants(404, method, "/calls/"+string(c.ID)+"/"+path, role, body)
		}
	}
	if r := h.ask("GET", "/api/v1/calls/"+string(c.ID)+"/feedback", "", ""); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a token: got %d, want 401", r.StatusCode)
	}
}

func TestAnIncidentIsReported(t *testing.T) {
	h := newHouse(t)
	c := h.talked(time.Minute, "dropped")
	path := "/calls/" + string(c.ID) + "/reports"
	for _, bad := range []string{`{"reason":"boring"}`, `{"reason":"abuse","offset_seconds":-1}`, `{"reason":"abuse","offset_seconds":75}`, `{}`} {
		h.wants(400, "POST", path, auth.RoleMember, bad)
	}
	h.wants(201, "POST", path, auth.RoleMember, `{"reason":"abuse","offset_seconds":12.5,"text":"`+canary+`"}`)
	body := h.fed(meta.EventCallReported)
	h.wantsIn(body, `"reason":"abuse"`, `"offset_seconds":12.5`, `"side":"member"`)
	reports, err := h.store.Reports(t.Context(), meta.ReportFilter{Call: c.ID})
	h.must(err)
	if len(reports) != 1 || *reports[0].Offset != 12500*time.Millisecond || reports[0].About != "the-expert" || strings.Contains(body, canary) {
		t.Errorf("reports: got %+v and the event %s, want one of 12.5s about the expert, and no word of it told", reports, body)
	}
	for range maxReports - 1 {
		h.wants(201, "POST", path, auth.RoleMember, `{"reason":"other"}`)
	}
	h.wantsIn(h.wants(429, "POST", path, auth.RoleMember, `{"reason":"other"}`), "too-many-reports")
	h.wants(201, "POST", path, auth.RoleExpert, `{"reason":"other"}`)
}

func TestTheTranscriptIsReadByBoth(t *testing.T) {
	h := newHouse(t)
	c := h.talked(time.Minute, "completed")
	for n, part := range []string{id.PartMember, id.PartExpert} {
		text := meta.Text{
			ID: id.NewText(c.CreatedAt.Add(time.Duration(n) * time.Second)), Call: c.ID, Kind: meta.TextMessage,
			Author: id.PersonID("the-" + part), Part: part, At: c.CreatedAt,
		}
		var err error
		text.Sealed, err = h.api.cfg.Vault.SealSecret(text.SealName(), []byte("hello from "+part))
		h.must(err)
		h.must(h.store.InsertText(t.Context(), text))
	}
	for _, role := range []auth.Role{auth.RoleMember, auth.RoleExpert} {
		var got struct {
			Messages []messageView `json:"messages"`
		}
		h.must(json.Unmarshal([]byte(h.wants(200, "GET", "/calls/"+string(c.ID)+"/messages", role, "")), &got))
		if len(got.Messages) != 2 || got.Messages[0].Text != "hello from member" || got.Messages[1].From != "the-expert" {
			t.Errorf("transcript for the %s: got %+v, want both in order", role, got.Messages)
		}
	}
}

func TestMissedCalls(t *testing.T) {
	h := newHouse(t)
	missed := h.talked(0, "no_answer")
	h.talked(time.Minute, "completed")
	h.talked(0, "blocked")
	got := h.wants(200, "GET", "/missed", auth.RoleExpert, "")
	h.wantsIn(got, string(missed.ID), `"name":"Maya"`, `"next":""`)
	if strings.Count(got, `"call":`) != 1 {
		t.Errorf("missed calls: got %s, want the one that rang", got)
	}
	h.wants(403, "GET", "/missed", auth.RoleMember, "")
	h.wants(400, "GET", "/missed?before=x", auth.RoleExpert, "")
}

func TestABlockHasAName(t *testing.T) {
	h := newHouse(t)
	h.must(h.store.UpsertPerson(t.Context(), meta.Person{ID: "maya", Role: "member", Name: "Maya", UpdatedAt: time.Now()}))
	h.wants(204, "PUT", "/blocks/maya", auth.RoleExpert, "")
	h.wants(204, "PUT", "/blocks/nobody", auth.RoleExpert, "")
	h.wantsIn(h.wants(200, "GET", "/blocks", auth.RoleExpert, ""), `"name":"Maya"`, `"person":"nobody","name":""`)
}

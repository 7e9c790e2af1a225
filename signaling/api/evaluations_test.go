package api

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/recorder/evaluation"
	"parley/signaling/auth"
	"parley/storage/id"
	"parley/storage/meta"
)

// evaluated asks a call about evaluations with a status in mind; match is If-Match, or
// empty.
func (h *house) evaluated(status int, method, path string, role auth.Role, match, body string) wholeEvaluation {
	h.t.Helper()
	var header []string
	if match != "" {
		header = []string{"If-Match", match}
	}
	r := h.ask(method, "/api/v1"+path, h.token(role), body, header...)
	text, err := io.ReadAll(r.Body)
	h.must(err)
	if r.StatusCode != status {
		h.t.Fatalf("%s %s as %s with %s: got %d %s, want %d", method, path, role, body, r.StatusCode, text, status)
	}
	var v wholeEvaluation
	if status == http.StatusOK {
		h.must(json.Unmarshal(text, &v))
	}
	return v
}

// yesToAll answers all questions of today's form.
func yesToAll(but map[string]evaluation.Verdict) string {
	var all []evaluation.Answer
	for _, s := range evaluation.Current().Sections {
		for _, q := range s.Questions {
			a := evaluation.Answer{Question: q.ID, Verdict: evaluation.Yes}
			if v, ok := but[q.ID]; ok {
				a.Verdict, a.Comment = v, canary
			}
			all = append(all, a)
		}
	}
	text, _ := json.Marshal(map[string]any{"answers": all, "comment": canary, "moments": []evaluation.Moment{{AtMs: 19_000, Text: canary + " late"}, {AtMs: 1500, Text: canary + " soon"}}}) // strings always can
	return string(text)
}

// scored has a reviewer score a recording and release it.
func (h *house) scored(rec meta.Recording, role auth.Role) wholeEvaluation {
	h.t.Helper()
	path := "/recordings/" + string(rec.ID) + "/evaluation"
	h.evaluated(200, "PUT", path, role, `"0"`, yesToAll(map[string]evaluation.Verdict{"answer": evaluation.No}))
	return h.evaluated(200, "POST", path+"/release", role, `"1"`, "")
}

// TestAnEvaluationIsSavedAsOneTypes: answer by answer, by the revision that was read, and
// nobody else sees it before it is released.
func TestAnEvaluationIsSavedAsOneTypes(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	path := "/recordings/" + string(rec.ID) + "/evaluation"
	fresh := h.evaluated(200, "GET", path, auth.RoleQA, "", "")
	if fresh.Evaluation.Revision != 0 || fresh.Form.ID != "call" || len(fresh.Evaluation.Score.Open) == 0 || strings.Contains(fresh.Evaluation.Expert.ID, "the-expert") {
		t.Errorf("before the first answer: got %+v, want today's form, all of it open, and a pseudonym", fresh)
	}
	one := `{"answers":[{"question":"greeting","verdict":"yes","comment":""}],"comment":""}`
	h.evaluated(400, "PUT", path, auth.RoleQA, "", one)
	h.evaluated(412, "PUT", path, auth.RoleQA, `"1"`, one)
	h.evaluated(400, "PUT", path, auth.RoleQA, `"0"`, `{"answers":[{"question":"greeting","verdict":"partly","comment":""}],"comment":""}`)
	first := h.evaluated(200, "PUT", path, auth.RoleQA, `"0"`, one)
	if first.Evaluation.Revision != 1 || first.Evaluation.State != meta.EvaluationDraft || len(first.Answers) != 1 {
		t.Errorf("saved: got %+v", first)
	}
	h.evaluated(412, "PUT", path, auth.RoleQA, `"0"`, one) // of another tab
	h.evaluated(400, "PUT", path, auth.RoleQA, `"1"`, `{"answers":[],"comment":"","moments":[{"at_ms":20001,"text":"after the end"}]}`)
	h.evaluated(409, "POST", path+"/release", auth.RoleQA, `"1"`, "")
	r := h.ask("GET", "/api/v1"+path, h.token(auth.RoleQA), "")
	if got := r.Header.Get("ETag"); got != `"1"` {
		t.Errorf("ETag: got %s, want the revision", got)
	}
	if r := h.ask("GET", "/api/v1"+path, h.token(auth.RoleQA), "", "If-None-Match", `"1"`); r.StatusCode != http.StatusNotModified {
		t.Errorf("what the client has: got %d, want 304", r.StatusCode)
	}

	other := h.evaluated(200, "GET", path, auth.RoleQALead, "", "")
	if other.Evaluation.Revision != 0 || len(other.Answers) != 0 {
		t.Errorf("of another reviewer: got %+v, want an own one", other)
	}
	draft := "/evaluations/" + string(first.Evaluation.ID)
	h.evaluated(200, "GET", draft, auth.RoleQA, "", "")
	for _, role := range []auth.Role{auth.RoleExpert, auth.RoleMember, auth.RoleQALead, auth.RolePrivacy, auth.RoleAdmin, auth.RoleAuditor} {
		h.evaluated(404, "GET", draft, role, "", "")
	}
	for _, role := range []auth.Role{auth.RoleExpert, auth.RoleQALead} {
		h.wantsIn(h.wants(200, "GET", "/evaluations", role, ""), `"evaluations":[]`)
	}
	h.wantsIn(h.wants(200, "GET", "/evaluations?state=draft", auth.RoleQA, ""), string(first.Evaluation.ID))
}

func TestWhatMayBeScored(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	path := "/recordings/" + string(rec.ID) + "/evaluation"
	for _, role := range []auth.Role{auth.RoleExpert, auth.RoleMember, auth.RolePrivacy, auth.RoleAuditor, auth.RoleService} {
		h.evaluated(403, "PUT", path, role, `"0"`, yesToAll(nil))
	}
	h.api.cfg.Access.QANeedsAssignment = true
	h.evaluated(404, "PUT", path, auth.RoleQA, `"0"`, yesToAll(nil))
	h.evaluated(404, "GET", path, auth.RoleQA, "", "")
	h.api.cfg.Access.QANeedsAssignment = false
	now := time.Now()
	h.must(h.store.SetTrashed(t.Context(), rec.ID, &now))
	h.evaluated(410, "PUT", path, auth.RoleQA, `"0"`, yesToAll(nil))
	h.must(h.store.SetTrashed(t.Context(), rec.ID, nil))
	h.must(h.store.DestroyEnvelope(t.Context(), rec.ID, id.PartMember, now))
	h.evaluated(409, "PUT", path, auth.RoleQA, `"0"`, yesToAll(nil))
}

// TestTheExpertReadsAndDisputes: what was released, without who has scored it, once; a
// lead who is not the reviewer answers.
func TestTheExpertReadsAndDisputes(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	released := h.scored(rec, auth.RoleQA)
	if s := released.Evaluation.Score; released.Evaluation.State != meta.EvaluationReleased || s.Percent != 80 || !s.Passed {
		t.Errorf("released: got %+v, want 16 of 20 points", released.Evaluation)
	}
	h.wantsIn(h.fed(meta.EventEvaluationReleased), `"percent":80`, `"passed":true`, string(released.Evaluation.ID))
	own := "/recordings/" + string(rec.ID) + "/evaluation"
	h.evaluated(409, "PUT", own, auth.RoleQA, `"2"`, yesToAll(nil))
	h.evaluated(409, "POST", own+"/release", auth.RoleQA, `"2"`, "")

	path := "/evaluations/" + string(released.Evaluation.ID)
	list := h.wants(200, "GET", "/evaluations", auth.RoleExpert, "")
	h.wantsIn(list, string(released.Evaluation.ID), `"reviewer":""`, `"percent":80`)
	read := h.evaluated(200, "GET", path, auth.RoleExpert, "", "")
	if read.Comment != canary || strings.Contains(list, "the-qa") || read.Evaluation.Reviewer != "" {
		t.Errorf("the expert reads %+v, want all of it and not by whom", read)
	}
	if m := read.Moments; len(m) != 2 || m[0] != (evaluation.Moment{AtMs: 1500, Text: canary + " soon"}) || m[1].AtMs != 19_000 {
		t.Errorf("the expert reads the moments %+v, want both in the order of the recording", m)
	}
	h.evaluated(404, "GET", path, auth.RoleMember, "", "")
	h.evaluated(403, "POST", path+"/dispute", auth.RoleQA, "", `{"text":"no"}`)
	for _, bad := range []string{`{"text":" "}`, `{"text":"` + strings.Repeat("ä", maxText+1) + `"}`} {
		h.evaluated(400, "POST", path+"/dispute", auth.RoleExpert, "", bad)
	}
	h.evaluated(409, "POST", path+"/settlement", auth.RoleQALead, "", `{"stands":true,"text":"so it is"}`)
	disputed := h.evaluated(200, "POST", path+"/dispute", auth.RoleExpert, "", `{"text":" I did answer "}`)
	if disputed.Evaluation.State != meta.EvaluationDisputed || disputed.Dispute.Text != "I did answer" {
		t.Errorf("disputed: got %+v", disputed)
	}
	h.fed(meta.EventEvaluationDisputed)
	h.evaluated(409, "POST", path+"/dispute", auth.RoleExpert, "", `{"text":"once more"}`)
	h.evaluated(403, "POST", path+"/settlement", auth.RoleQA, "", `{"stands":true,"text":"so it is"}`)
	h.wantsIn(h.wants(200, "GET", "/evaluations?state=disputed", auth.RoleQALead, ""), string(released.Evaluation.ID), `"reviewer":"the-qa"`)
	h.evaluated(200, "GET", path, auth.RoleQALead, "", "")
	settled := h.evaluated(200, "POST", path+"/settlement", auth.RoleQALead, "", `{"stands":false,"text":"you did"}`)
	if !settled.Evaluation.Withdrawn || settled.Evaluation.State != meta.EvaluationSettled {
		t.Errorf("settled: got %+v", settled)
	}
	h.wantsIn(h.fed(meta.EventEvaluationSettled), `"stands":false`)
	h.evaluated(409, "POST", path+"/settlement", auth.RoleQALead, "", `{"stands":true,"text":"again"}`)
	seen := h.wants(200, "GET", path, auth.RoleExpert, "")
	h.wantsIn(seen, `"you did"`, `"withdrawn":true`)
	if strings.Contains(seen, "the-qa") {
		t.Errorf("the expert reads %s, want no name of who settled", seen)
	}
	for kind, by := range map[string]string{
		"evaluation.begin": "the-qa", "evaluation.release": "the-qa", "evaluation.dispute": "the-expert", "evaluation.read": "the-qa-lead", "evaluation.settle": "the-qa-lead",
	} {
		if e, err := h.store.NewestEntry(t.Context(), AuditChain, kind, by); err != nil || e.Subject != string(rec.ID) || strings.Contains(string(e.Body), canary) {
			t.Errorf("audit log: %s by %s: got %+v, %v", kind, by, e, err)
		}
	}
	stored, err := h.store.Evaluation(t.Context(), released.Evaluation.ID)
	h.must(err)
	if strings.Contains(string(stored.Sealed), canary) {
		t.Error("what was said is stored as it was written, want it sealed")
	}
}

// TestNobodyJudgesOfTheirOwn: a lead who has scored a call does not answer its dispute.
func TestNobodyJudgesOfTheirOwn(t *testing.T) {
	h := newHouse(t)
	released := h.scored(h.shelve(), auth.RoleQALead)
	path := "/evaluations/" + string(released.Evaluation.ID)
	h.evaluated(200, "POST", path+"/dispute", auth.RoleExpert, "", `{"text":"no"}`)
	h.wantsIn(h.wants(403, "POST", path+"/settlement", auth.RoleQALead, `{"stands":true,"text":"so it is"}`), "own-evaluation")
}

// TestAnEvaluationGoesWithAVoice that is erased, whichever it is.
func TestAnEvaluationGoesWithAVoice(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	released := h.scored(rec, auth.RoleQA)
	h.must(h.store.DestroyEnvelope(t.Context(), rec.ID, id.PartMember, time.Now()))
	for _, role := range []auth.Role{auth.RoleExpert, auth.RoleQA, auth.RoleQALead} {
		h.evaluated(404, "GET", "/evaluations/"+string(released.Evaluation.ID), role, "", "")
		h.wantsIn(h.wants(200, "GET", "/evaluations", role, ""), `"evaluations":[]`)
	}
}

package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parley/recorder/evaluation"
	"parley/signaling/auth"
	"parley/signaling/feed"
	"parley/signaling/problem"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// evaluationPage is how many evaluations a page has.
const evaluationPage = 50

// evaluationView is an evaluation in a list.
type evaluationView struct {
	// ID is empty for one that nothing was saved of yet.
	ID        id.EvaluationID `json:"id"`
	Recording id.RecordingID  `json:"recording"`
	Call      id.CallID       `json:"call"`
	Member    wire.Person     `json:"member"`
	Expert    wire.Person     `json:"expert"`
	// StartedAt is when the recording began.
	StartedAt time.Time `json:"started_at"`
	// Reviewer is empty for the expert.
	Reviewer   id.PersonID `json:"reviewer"`
	State      string      `json:"state"`
	Revision   int         `json:"revision"`
	ReleasedAt *time.Time  `json:"released_at"`
	// Score is what its answers come to, so far in a draft.
	Score evaluation.Result `json:"score"`
	// Withdrawn tells that a dispute was answered with that, and it does not count.
	Withdrawn bool `json:"withdrawn"`
}

// wholeEvaluation is an evaluation with what it says.
type wholeEvaluation struct {
	Evaluation evaluationView      `json:"evaluation"`
	Form       evaluation.Form     `json:"form"`
	Answers    []evaluation.Answer `json:"answers"`
	Comment    string              `json:"comment"`
	Moments    []evaluation.Moment `json:"moments"`
	Dispute    *evaluation.Dispute `json:"dispute"`
	Settlement *settlementView     `json:"settlement"`
}

// settlementView is what a lead has answered, without who it was.
type settlementView struct {
	At     time.Time `json:"at"`
	Stands bool      `json:"stands"`
	Text   string    `json:"text"`
}

// reviews tells whether somebody listens for the quality of calls.
func reviews(who auth.Identity) bool { return who.Role == auth.RoleQA || who.Role == auth.RoleQALead }

// viewEvaluation is an evaluation that holds said, as somebody who may read it sees it.
func (s *Server) viewEvaluation(ctx context.Context, who auth.Identity, e meta.Evaluation, said evaluation.Content) (wholeEvaluation, error) {
	rec, err := s.cfg.Store.Recording(ctx, e.Recording)
	if err != nil {
		return wholeEvaluation{}, err
	}
	form, result, err := said.Scored()
	people := s.viewFor(who, rec)
	v := wholeEvaluation{
		Evaluation: evaluationView{
			ID: e.ID, Recording: e.Recording, Call: e.Call, Member: people.Member, Expert: people.Expert, StartedAt: rec.StartedAt,
			State: e.State, Revision: e.Revision, ReleasedAt: e.ReleasedAt, Score: result,
		},
		Form: form, Answers: append([]evaluation.Answer{}, said.Answers...), Comment: said.Comment,
		Moments: append([]evaluation.Moment{}, said.Moments...), Dispute: said.Dispute,
	}
	if reviews(who) {
		v.Evaluation.Reviewer = e.Reviewer
	}
	if settled := said.Settlement; settled != nil {
		v.Settlement = &settlementView{settled.At, settled.Stands, settled.Text}
		v.Evaluation.Withdrawn = !settled.Stands
	}
	return v, err
}

// listEvaluations answers with the expert's own that were released, a reviewer's own,
// or all that were released for a lead, the newest first.
func (s *Server) listEvaluations(w http.ResponseWriter, r *http.Request) error {
	who, err := s.caller(r)
	if err != nil {
		return err
	}
	state := r.URL.Query().Get("state")
	if known := []string{"", meta.EvaluationDraft, meta.EvaluationReleased, meta.EvaluationDisputed, meta.EvaluationSettled}; !slices.Contains(known, state) {
		return &problem.BadRequestError{Reason: "state is draft, released, disputed or settled"}
	}
	f := meta.EvaluationFilter{State: state, Limit: evaluationPage}
	switch who.Role {
	case auth.RoleExpert:
		f.Expert, f.Seen = who.Person, true
	case auth.RoleQA:
		f.Reviewer = who.Person
	case auth.RoleQALead:
		f.Seen = true
	default:
		return problem.ErrForbidden
	}
	l := s.listOf(r, who, state)
	before, err := l.place(r.URL.Query().Get("before"))
	if err != nil {
		return err
	}
	f.Before = id.EvaluationID(before)
	all, err := s.cfg.Store.Evaluations(r.Context(), f)
	if err != nil {
		return err
	}
	views, next := make([]evaluationView, 0, len(all)), ""
	for _, e := range all {
		said, err := evaluation.Read(s.cfg.Vault, e)
		if err != nil {
			return err
		}
		v, err := s.viewEvaluation(r.Context(), who, e, said)
		if err != nil {
			return err
		}
		views = append(views, v.Evaluation)
	}
	if len(all) == evaluationPage {
		next = l.next(string(all[evaluationPage-1].ID))
	}
	return writeJSON(w, http.StatusOK, map[string]any{"evaluations": views, "next": next})
}

// evaluationFor is the evaluation of the path, if it exists for the caller: a draft for
// its reviewer alone, what was released for the expert and leads too.
func (s *Server) evaluationFor(r *http.Request) (who auth.Identity, e meta.Evaluation, said evaluation.Content, err error) {
	if who, err = s.caller(r); err != nil {
		return who, e, said, err
	}
	which, err := id.ParseEvaluation(r.PathValue("id"))
	if err != nil {
		return who, e, said, problem.ErrNotFound
	}
	if e, err = s.cfg.Store.Evaluation(r.Context(), which); err != nil {
		return who, e, said, err
	}
	seen := e.State != meta.EvaluationDraft
	if !(reviews(who) && who.Person == e.Reviewer || who.Role == auth.RoleQALead && seen || who.Role == auth.RoleExpert && who.Person == e.Expert && seen) {
		return who, e, said, problem.ErrNotFound
	}
	said, err = evaluation.Read(s.cfg.Vault, e)
	return who, e, said, err
}

// readEvaluation answers with one as a whole. A lead who reads what another has scored is
// written down first.
func (s *Server) readEvaluation(w http.ResponseWriter, r *http.Request) error {
	who, e, said, err := s.evaluationFor(r)
	if err != nil {
		return err
	}
	if who.Role == auth.RoleQALead && who.Person != e.Reviewer {
		if err := s.auditEvaluation(r.Context(), "evaluation.read", who, e); err != nil {
			return err
		}
	}
	return s.answerEvaluation(w, r, who, e, said)
}

// dispute takes what an expert says against an evaluation, once.
func (s *Server) dispute(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Text string `json:"text"`
	}
	who, e, said, err := s.wordOn(w, r, auth.RoleExpert, &body, &body.Text)
	switch {
	case err != nil:
		return err
	case e.State != meta.EvaluationReleased:
		return problem.ErrConflict
	}
	said.Dispute = &evaluation.Dispute{At: s.cfg.Now(), Text: body.Text}
	e.State = meta.EvaluationDisputed
	if err := s.putEvaluation(r.Context(), "evaluation.dispute", who, &e, said); err != nil {
		return err
	}
	s.tellEvaluation(r.Context(), meta.EventEvaluationDisputed, e, struct {
		Evaluation id.EvaluationID `json:"evaluation"`
	}{e.ID})
	return s.answerEvaluation(w, r, who, e, said)
}

// settle takes what a lead answers to a dispute. Nobody judges of what they have scored
// themselves.
func (s *Server) settle(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Stands bool   `json:"stands"`
		Text   string `json:"text"`
	}
	who, e, said, err := s.wordOn(w, r, auth.RoleQALead, &body, &body.Text)
	switch {
	case err != nil:
		return err
	case who.Person == e.Reviewer:
		return problem.ErrOwnEvaluation
	case e.State != meta.EvaluationDisputed:
		return problem.ErrConflict
	}
	said.Settlement = &evaluation.Settlement{At: s.cfg.Now(), By: who.Person, Stands: body.Stands, Text: body.Text}
	e.State = meta.EvaluationSettled
	if err := s.putEvaluation(r.Context(), "evaluation.settle", who, &e, said); err != nil {
		return err
	}
	s.tellEvaluation(r.Context(), meta.EventEvaluationSettled, e, struct {
		Evaluation id.EvaluationID `json:"evaluation"`
		Stands     bool            `json:"stands"`
	}{e.ID, body.Stands})
	return s.answerEvaluation(w, r, who, e, said)
}

// wordOn reads what somebody of a role has to say on the evaluation of the path: body
// with its text, which must be there and is not too long.
func (s *Server) wordOn(w http.ResponseWriter, r *http.Request, role auth.Role, body any, text *string) (who auth.Identity, e meta.Evaluation, said evaluation.Content, err error) {
	who, e, said, err = s.evaluationFor(r)
	if err == nil && who.Role != role {
		err = problem.ErrForbidden
	}
	if err == nil {
		err = readJSON(w, r, body)
	}
	if err == nil {
		*text = strings.TrimSpace(*text)
		if n := utf8.RuneCountInString(*text); n == 0 || n > maxText {
			err = &problem.BadRequestError{Reason: "the text has 1 to 2000 characters"}
		}
	}
	return who, e, said, err
}

// putEvaluation stores the next revision of e, after it was written down who makes it.
func (s *Server) putEvaluation(ctx context.Context, kind string, who auth.Identity, e *meta.Evaluation, said evaluation.Content) error {
	e.Revision++
	if err := said.Seal(s.cfg.Vault, e); err != nil {
		return err
	}
	if kind != "" {
		if err := s.auditEvaluation(ctx, kind, who, *e); err != nil {
			return err
		}
	}
	return s.cfg.Store.PutEvaluation(ctx, *e)
}

func (s *Server) auditEvaluation(ctx context.Context, kind string, who auth.Identity, e meta.Evaluation) error {
	return s.auditRecording(ctx, kind, who, e.Recording, map[string]string{"evaluation": string(e.ID)})
}

func (s *Server) answerEvaluation(w http.ResponseWriter, r *http.Request, who auth.Identity, e meta.Evaluation, said evaluation.Content) error {
	v, err := s.viewEvaluation(r.Context(), who, e, said)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, v)
}

// tellEvaluation publishes what became of an evaluation, without a word of it.
func (s *Server) tellEvaluation(ctx context.Context, t meta.EventType, e meta.Evaluation, body any) {
	if s.cfg.Publish == nil {
		return
	}
	event := meta.Event{At: s.cfg.Now(), Type: t, Call: e.Call, Recording: e.Recording, Expert: e.Expert, Body: feed.Body(body)}
	if rec, err := s.cfg.Store.Recording(ctx, e.Recording); err == nil {
		event.Member = rec.MemberID
	}
	s.cfg.Publish(event)
}

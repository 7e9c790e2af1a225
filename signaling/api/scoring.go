package api

import (
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"parley/recorder/evaluation"
	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/storage/id"
	"parley/storage/meta"
)

// scoring is a reviewer at work on a recording.
type scoring struct {
	who  auth.Identity
	rec  meta.Recording
	e    meta.Evaluation // revision 0: nothing was saved yet
	said evaluation.Content
}

// scoring finds the caller's evaluation of the recording of the path. Only what a
// reviewer may play is scored, and only while nothing of it was erased.
func (s *Server) scoring(r *http.Request) (x scoring, err error) {
	if x.who, err = s.caller(r); err != nil {
		return x, err
	}
	if !reviews(x.who) {
		return x, problem.ErrForbidden
	}
	if x.rec, err = s.maySee(r, x.who); err != nil {
		return x, err
	}
	if err := s.mayPlay(x.who, x.rec); err != nil {
		return x, err
	}
	if x.rec.Erased != [2]bool{} {
		return x, problem.ErrConflict
	}
	x.e, err = s.cfg.Store.EvaluationBy(r.Context(), x.rec.ID, x.who.Person)
	switch {
	case none(err):
		x.e = meta.Evaluation{Recording: x.rec.ID, Call: x.rec.CallID, Expert: x.rec.ExpertID, Reviewer: x.who.Person, State: meta.EvaluationDraft}
		x.said = evaluation.Fresh()
		return x, nil
	case err != nil:
		return x, err
	}
	x.said, err = evaluation.Read(s.cfg.Vault, x.e)
	return x, err
}

// revisionTag is the strong validator of a revision of an evaluation.
func revisionTag(revision int) string { return strconv.Quote(strconv.Itoa(revision)) }

// asRead tells whether a request changes what its client has read: by If-Match, which
// is asked for (RFC 9110 section 13.1.1), and while it is a draft.
func (x scoring) asRead(r *http.Request) error {
	switch match := r.Header.Get("If-Match"); {
	case match == "":
		return &problem.BadRequestError{Reason: "send the ETag of what was read as If-Match"}
	case match != revisionTag(x.e.Revision):
		return problem.ErrNotAsRead
	case x.e.State != meta.EvaluationDraft:
		return problem.ErrConflict
	}
	return nil
}

func (s *Server) answerScoring(w http.ResponseWriter, r *http.Request, x scoring) error {
	w.Header().Set("ETag", revisionTag(x.e.Revision))
	return s.answerEvaluation(w, r, x.who, x.e, x.said)
}

// ownEvaluation answers with the reviewer's evaluation of a recording, or with one that
// has no answer yet.
func (s *Server) ownEvaluation(w http.ResponseWriter, r *http.Request) error {
	x, err := s.scoring(r)
	if err != nil {
		return err
	}
	return s.answerScoring(w, r, x)
}

// saveEvaluation keeps answers, as far as they are given, in the reviewer's draft.
func (s *Server) saveEvaluation(w http.ResponseWriter, r *http.Request) error {
	x, err := s.scoring(r)
	if err != nil {
		return err
	}
	if err := x.asRead(r); err != nil {
		return err
	}
	var body struct {
		Answers []evaluation.Answer `json:"answers"`
		Comment string              `json:"comment"`
		Moments []evaluation.Moment `json:"moments"`
	}
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	form, _, err := x.said.Scored()
	if err != nil {
		return err
	}
	if err := form.Check(body.Answers); err != nil {
		return &problem.BadRequestError{Reason: err.Error()}
	}
	if utf8.RuneCountInString(body.Comment) > maxText {
		return &problem.BadRequestError{Reason: "the comment has at most 2000 characters"}
	}
	moments, err := evaluation.InOrder(body.Moments, time.Duration(x.rec.LengthMs)*time.Millisecond)
	if err != nil {
		return &problem.BadRequestError{Reason: err.Error()}
	}
	x.said.Answers, x.said.Comment, x.said.Moments = append([]evaluation.Answer{}, body.Answers...), body.Comment, moments
	began := ""
	if x.e.Revision == 0 {
		now := s.cfg.Now()
		x.e.ID, x.e.At, began = id.NewEvaluation(now), now, "evaluation.begin"
	}
	if err := s.putEvaluation(r.Context(), began, x.who, &x.e, x.said); err != nil {
		return err
	}
	return s.answerScoring(w, r, x)
}

// releaseEvaluation shows an evaluation, in which all is answered, to the expert.
func (s *Server) releaseEvaluation(w http.ResponseWriter, r *http.Request) error {
	x, err := s.scoring(r)
	if err != nil {
		return err
	}
	if err := x.asRead(r); err != nil {
		return err
	}
	_, result, err := x.said.Scored()
	switch {
	case err != nil:
		return err
	case len(result.Open) > 0:
		return problem.ErrNotAnswered
	}
	now := s.cfg.Now()
	x.e.State, x.e.ReleasedAt = meta.EvaluationReleased, &now
	if err := s.putEvaluation(r.Context(), "evaluation.release", x.who, &x.e, x.said); err != nil {
		return err
	}
	s.tellEvaluation(r.Context(), meta.EventEvaluationReleased, x.e, struct {
		Evaluation id.EvaluationID `json:"evaluation"`
		Form       string          `json:"form"`
		Version    int             `json:"version"`
		Percent    int             `json:"percent"`
		Passed     bool            `json:"passed"`
	}{x.e.ID, x.said.Form, x.said.Version, result.Percent, result.Passed})
	return s.answerScoring(w, r, x)
}

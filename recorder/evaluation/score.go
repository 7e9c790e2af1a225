package evaluation

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// Verdict answers a question; empty is not answered yet.
type Verdict string

// The verdicts.
const (
	Open          Verdict = ""
	Yes           Verdict = "yes"
	Partly        Verdict = "partly"
	No            Verdict = "no"
	NotApplicable Verdict = "not_applicable"
)

// Answer is what a reviewer says to one question.
type Answer struct {
	Question string  `json:"question"`
	Verdict  Verdict `json:"verdict"`
	Comment  string  `json:"comment"`
}

// MaxComment is the greatest length of a comment to an answer, in characters.
const MaxComment = 500

// ErrAnswer is matched by the errors of [Form.Check].
var ErrAnswer = errors.New("not an answer to the form")

// Check tells whether answers can be given to a form, whether or not they are all
// there; its error matches [ErrAnswer].
func (f Form) Check(answers []Answer) error {
	asked := map[string]Question{}
	for _, q := range f.questions() {
		asked[q.ID] = q
	}
	for _, a := range answers {
		q, ok := asked[a.Question]
		if !ok {
			return fmt.Errorf("%w: %q is asked nowhere, or was answered already", ErrAnswer, a.Question)
		}
		delete(asked, a.Question)
		switch {
		case !q.takes(a.Verdict):
			return fmt.Errorf("%w: %q does not take %q", ErrAnswer, a.Question, a.Verdict)
		case utf8.RuneCountInString(a.Comment) > MaxComment:
			return fmt.Errorf("%w: the comment to %q has more than %d characters", ErrAnswer, a.Question, MaxComment)
		}
	}
	return nil
}

func (q Question) takes(v Verdict) bool {
	switch v {
	case Partly:
		return q.Partly
	case NotApplicable:
		return q.NotApplicable
	}
	return v == Open || v == Yes || v == No
}

// Result is what answers come to.
type Result struct {
	// Percent is the share of the points of what was answered and applies, 0 to 100,
	// rounded half up; 0 where something fatal was answered with no.
	Percent int `json:"percent"`
	// Passed tells that all is answered, nothing fatal with no, and the score
	// is high enough.
	Passed bool `json:"passed"`
	// Failed are the fatal questions that were answered with no, Open those that are
	// not answered, both in the order of the form.
	Failed []string `json:"failed"`
	Open   []string `json:"open"`
}

// Score is what answers to a form come to.
func Score(f Form, answers []Answer) Result {
	given := map[string]Verdict{}
	for _, a := range answers {
		given[a.Question] = a.Verdict
	}
	r := Result{Failed: []string{}, Open: []string{}}
	earned, possible := 0, 0 // in half points
	for _, q := range f.questions() {
		switch given[q.ID] {
		case Yes:
			earned, possible = earned+2*q.Points, possible+2*q.Points
		case Partly:
			earned, possible = earned+q.Points, possible+2*q.Points
		case No:
			possible += 2 * q.Points
			if q.Fatal {
				r.Failed = append(r.Failed, q.ID)
			}
		case NotApplicable:
		default:
			r.Open = append(r.Open, q.ID)
		}
	}
	if possible > 0 && len(r.Failed) == 0 {
		r.Percent = (200*earned + possible) / (2 * possible)
	}
	r.Passed = len(r.Open) == 0 && len(r.Failed) == 0 && r.Percent >= f.Pass
	return r
}

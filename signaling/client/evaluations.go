package client

import (
	"context"
	"iter"
	"net/http"
	"strconv"
	"time"
)

// Score is what answers to a form come to.
type Score struct {
	Percent int  `json:"percent"`
	Passed  bool `json:"passed"`
	// Failed are the fatal questions that were answered with no, Open those that are not
	// answered.
	Failed []string `json:"failed"`
	Open   []string `json:"open"`
}

// Evaluation is what a reviewer thinks of how an expert has held a call.
type Evaluation struct {
	ID        string    `json:"id"` // empty: nothing was saved yet
	Recording string    `json:"recording"`
	Call      string    `json:"call"`
	Member    Person    `json:"member"`
	Expert    Person    `json:"expert"`
	StartedAt time.Time `json:"started_at"`
	// Reviewer is empty for the expert.
	Reviewer string `json:"reviewer"`
	// State is draft, released, disputed or settled.
	State      string     `json:"state"`
	Revision   int        `json:"revision"`
	ReleasedAt *time.Time `json:"released_at"`
	Score      Score      `json:"score"`
	// Withdrawn tells that it does not count.
	Withdrawn bool `json:"withdrawn"`
}

// Match names the revision that is to be changed.
func (e Evaluation) Match() Match { return Match{strconv.Quote(strconv.Itoa(e.Revision))} }

// Match is the ETag of what was read.
type Match struct {
	IfMatch string `header:"If-Match"`
}

// Question is one of a form.
type Question struct {
	ID            string `json:"id"`
	Points        int    `json:"points"`
	Partly        bool   `json:"partly"`         // takes half of the points
	NotApplicable bool   `json:"not_applicable"` // can be left out of the score
	Fatal         bool   `json:"fatal"`          // a no fails the whole call
}

// Section is a part of a form.
type Section struct {
	ID        string     `json:"id"`
	Questions []Question `json:"questions"`
}

// Form is what is asked of a call.
type Form struct {
	ID       string    `json:"id"`
	Version  int       `json:"version"`
	Pass     int       `json:"pass"` // the least percent to pass
	Sections []Section `json:"sections"`
}

// EvaluationAnswer answers a question. Verdict is yes, partly, no, not_applicable or empty.
type EvaluationAnswer struct {
	Question string `json:"question"`
	Verdict  string `json:"verdict"`
	Comment  string `json:"comment"`
}

// EvaluationMoment is a comment to a place of the recording, in milliseconds from its beginning.
type EvaluationMoment struct {
	AtMs int64  `json:"at_ms"`
	Text string `json:"text"`
}

// Dispute is what an expert says against an evaluation.
type Dispute struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// Settlement is what a lead answers to a dispute.
type Settlement struct {
	At     time.Time `json:"at"`
	Stands bool      `json:"stands"`
	Text   string    `json:"text"`
}

// WholeEvaluation is an evaluation with what it says.
type WholeEvaluation struct {
	Evaluation Evaluation         `json:"evaluation"`
	Form       Form               `json:"form"`
	Answers    []EvaluationAnswer `json:"answers"`
	Comment    string             `json:"comment"`
	Moments    []EvaluationMoment `json:"moments"` // in the order of the recording
	Dispute    *Dispute           `json:"dispute"`
	Settlement *Settlement        `json:"settlement"`
}

// GetOwnEvaluation returns the reviewer's own evaluation of a recording.
func (c *Client) GetOwnEvaluation(ctx context.Context, recording string) (out WholeEvaluation, err error) {
	return out, c.json(ctx, get(path("/recordings/%s/evaluation", recording), nil), &out)
}

// EvaluationWish is what a reviewer answers, as far as it is answered.
type EvaluationWish struct {
	Answers []EvaluationAnswer `json:"answers"`
	Comment string             `json:"comment"`
	Moments []EvaluationMoment `json:"moments,omitempty"`
}

// SaveEvaluation saves the answers of a draft; m is of the evaluation that was read.
func (c *Client) SaveEvaluation(ctx context.Context, recording string, m Match, w EvaluationWish) (out WholeEvaluation, err error) {
	return out, c.json(ctx, describe(change(http.MethodPut, path("/recordings/%s/evaluation", recording), w), m), &out)
}

// ReleaseEvaluation shows the evaluation to the expert.
func (c *Client) ReleaseEvaluation(ctx context.Context, recording string, m Match) (out WholeEvaluation, err error) {
	return out, c.json(ctx, describe(change(http.MethodPost, path("/recordings/%s/evaluation/release", recording), nil), m), &out)
}

// Evaluations chooses evaluations; empty fields choose all.
type Evaluations struct {
	State  string `query:"state"`  // draft, released, disputed or settled
	Before string `query:"before"` // next of the page before
}

// EvaluationPage is a page; Next is empty on the last.
type EvaluationPage struct {
	Evaluations []Evaluation `json:"evaluations"`
	Next        string       `json:"next"`
}

// ListEvaluations returns a page of the evaluations that the caller may read, the newest first.
func (c *Client) ListEvaluations(ctx context.Context, q Evaluations) (out EvaluationPage, err error) {
	return out, c.json(ctx, get("/evaluations", q), &out)
}

// EachEvaluation reads all pages from where q begins.
func (c *Client) EachEvaluation(ctx context.Context, q Evaluations) iter.Seq2[Evaluation, error] {
	return each(q.Before, func(cursor string) ([]Evaluation, string, error) {
		q.Before = cursor
		page, err := c.ListEvaluations(ctx, q)
		return page.Evaluations, page.Next, err
	})
}

// ReadEvaluation returns one as a whole.
func (c *Client) ReadEvaluation(ctx context.Context, id string) (out WholeEvaluation, err error) {
	return out, c.json(ctx, get(path("/evaluations/%s", id), nil), &out)
}

// DisputeWish says what is wrong with an evaluation.
type DisputeWish struct {
	Text string `json:"text"`
}

// DisputeEvaluation says what is wrong with the evaluation of an own call, once.
func (c *Client) DisputeEvaluation(ctx context.Context, id string, w DisputeWish) (out WholeEvaluation, err error) {
	return out, c.json(ctx, change(http.MethodPost, path("/evaluations/%s/dispute", id), w), &out)
}

// SettlementWish answers a dispute.
type SettlementWish struct {
	Stands bool   `json:"stands"` // false: it is withdrawn
	Text   string `json:"text"`
}

// SettleEvaluation answers a dispute.
func (c *Client) SettleEvaluation(ctx context.Context, id string, w SettlementWish) (out WholeEvaluation, err error) {
	return out, c.json(ctx, change(http.MethodPost, path("/evaluations/%s/settlement", id), w), &out)
}

package evaluation

import (
	"encoding/json"
	"fmt"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// Content is what is kept of one evaluation, sealed.
type Content struct {
	// Form and Version name the form that is answered.
	Form    string   `json:"form"`
	Version int      `json:"version"`
	Answers []Answer `json:"answers"`
	// Comment is about the whole call, Moments are about places of its recording, in
	// their order.
	Comment string   `json:"comment"`
	Moments []Moment `json:"moments,omitempty"`
	// Dispute is what the expert says against it, and Settlement what a lead answers;
	// nil: nothing.
	Dispute    *Dispute    `json:"dispute,omitempty"`
	Settlement *Settlement `json:"settlement,omitempty"`
}

// Dispute is what an expert says against an evaluation.
type Dispute struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// Settlement is what a lead answers to a dispute.
type Settlement struct {
	At time.Time `json:"at"`
	// By is the lead.
	By id.PersonID `json:"by"`
	// Stands tells that the evaluation counts; else it was withdrawn.
	Stands bool   `json:"stands"`
	Text   string `json:"text"`
}

// Fresh is an evaluation without an answer.
func Fresh() Content {
	f := Current()
	return Content{Form: f.ID, Version: f.Version, Answers: []Answer{}}
}

// Scored returns the form of c and what its answers come to.
func (c Content) Scored() (Form, Result, error) {
	f, ok := Find(c.Form, c.Version)
	if !ok {
		return f, Result{}, fmt.Errorf("evaluation by version %d of the form %q, which is not known", c.Version, c.Form)
	}
	return f, Score(f, c.Answers), nil
}

// Opener opens what is sealed; *envelope.Master is one.
type Opener interface {
	OpenSecret(name string, sealed []byte) ([]byte, error)
}

// Read opens what an evaluation holds.
func Read(o Opener, e meta.Evaluation) (c Content, err error) {
	plain, err := o.OpenSecret(e.SealName(), e.Sealed)
	if err == nil {
		err = json.Unmarshal(plain, &c)
	}
	if err != nil {
		return Content{}, fmt.Errorf("evaluation %s: %w", e.ID, err)
	}
	return c, nil
}

// Sealer seals; *envelope.Master is one.
type Sealer interface {
	SealSecret(name string, secret []byte) ([]byte, error)
}

// Seal puts c into an evaluation.
func (c Content) Seal(s Sealer, e *meta.Evaluation) error {
	plain, err := json.Marshal(c)
	if err == nil {
		e.Sealed, err = s.SealSecret(e.SealName(), plain)
	}
	return err
}

package disclosure

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/storage/chain"
	"parley/storage/id"
)

// Kinds of entries of the audit log; their subject is the recording, and that of the
// bundle is audit.KindDisclosure.
const (
	KindRequest = "disclosure.request"
	KindDecide  = "disclosure.decide"
)

// approvalsNeeded is how many different people have to approve.
const approvalsNeeded = 2

// MaxText is the greatest length in bytes of a text of an order.
const MaxText = 500

// ErrScope says that an order cannot be placed like this.
var ErrScope = errors.New("disclosure: not an order")

// Scope is what an order asks for and why; it is the body of the request's entry.
type Scope struct {
	// Part is id.PartMember, id.PartExpert, or id.PartCall for both voices.
	Part string `json:"part"`
	// FromMs and ToMs are the stretch, in milliseconds of playing time; ToMs 0 is the
	// end.
	FromMs int64 `json:"from_ms"`
	ToMs   int64 `json:"to_ms"`
	// Authority is who asked, LegalBasis by what right, Case under which number.
	Authority  string `json:"authority"`
	LegalBasis string `json:"legal_basis"`
	Case       string `json:"case"`
	// Confidential tells that the law forbids telling the people who spoke.
	Confidential bool `json:"confidential"`
}

// Validate tells whether the scope can be ordered; its error matches [ErrScope].
func (s Scope) Validate() error {
	if !id.ValidPart(s.Part) || s.FromMs < 0 || s.ToMs != 0 && s.ToMs <= s.FromMs {
		return fmt.Errorf("%w: part %q from %d ms to %d ms", ErrScope, s.Part, s.FromMs, s.ToMs)
	}
	for _, text := range []string{s.Authority, s.LegalBasis, s.Case} {
		if strings.TrimSpace(text) == "" || len(text) > MaxText {
			return fmt.Errorf("%w: authority, legal basis and case need 1 to %d bytes", ErrScope, MaxText)
		}
	}
	return nil
}

// covers tells whether a voice is in the scope.
func (s Scope) covers(leg string) bool { return s.Part == id.PartCall || s.Part == leg }

// Decision is the body of the entry of somebody's yes or no.
type Decision struct {
	// Order is the number of the request's entry.
	Order   uint64 `json:"order"`
	Approve bool   `json:"approve"`
	Note    string `json:"note"`
}

// Step is what somebody did to an order.
type Step struct {
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Note string    `json:"note,omitempty"`
	// Entry is the hash of the entry that holds it.
	Entry string `json:"entry"`
}

// Order is a wish for disclosure and what became of it. The requester's own approval
// counts as one: with the second it is at least two people who want it.
type Order struct {
	// Number is that of the request's entry in the audit log.
	Number    uint64         `json:"number"`
	Recording id.RecordingID `json:"recording"`
	Scope
	Requested Step   `json:"requested"`
	Approvals []Step `json:"approvals"`
	// Refused is the first refusal; nothing after it counts.
	Refused *Step `json:"refused,omitempty"`
}

// Approved tells whether enough different people have approved and nobody refused
// before.
func (o Order) Approved() bool { return o.Refused == nil && len(o.Approvals) >= approvalsNeeded }

// Open tells whether somebody can still decide: one person once.
func (o Order) Open(by string) bool {
	return o.Refused == nil && !o.Approved() && !slices.ContainsFunc(o.Approvals, func(s Step) bool { return s.By == by })
}

// Orders reads the orders about a recording out of its entries in the audit log, the
// oldest first. What came too late, or from somebody twice, does not count.
func Orders(entries []chain.Entry) ([]Order, error) {
	orders := []Order{}
	for _, e := range entries {
		var err error
		switch e.Kind {
		case KindRequest:
			o := Order{Number: e.Seq, Recording: id.RecordingID(e.Subject), Requested: stepOf(e), Approvals: []Step{}}
			err = json.Unmarshal(e.Body, &o.Scope)
			orders = append(orders, o)
		case KindDecide:
			var d Decision
			if err = json.Unmarshal(e.Body, &d); err == nil {
				decide(orders, d, e)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("audit entry %d: %w", e.Seq, err)
		}
	}
	return orders, nil
}

func decide(orders []Order, d Decision, e chain.Entry) {
	for i := range orders {
		o := &orders[i]
		if o.Number != d.Order || !o.Open(e.Actor) {
			continue
		}
		s := stepOf(e)
		if s.Note = d.Note; d.Approve {
			o.Approvals = append(o.Approvals, s)
		} else {
			o.Refused = &s
		}
	}
}

func stepOf(e chain.Entry) Step { return Step{By: e.Actor, At: e.At, Entry: e.Hash} }

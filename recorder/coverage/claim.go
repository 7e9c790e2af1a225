package coverage

import (
	"fmt"
	"time"

	"parley/recorder/consent/ledger"
	"parley/recorder/manifest"
	"parley/storage/id"
)

// Claim is what a recording says of itself.
type Claim struct {
	Call id.CallID
	// People are the member and the expert of the call.
	People  [2]id.PersonID
	Started time.Time
	// Length is how long the recording plays.
	Length time.Duration
	Spans  []Span
}

// Span is a stretch during which the gate was open, since the start.
type Span struct {
	Open, Close time.Duration
	Proof       ledger.Proof
}

// Of is the claim of a recording's manifest; who was on the call is not in it.
func Of(m manifest.Manifest, member, expert id.PersonID) Claim {
	c := Claim{
		Call: m.Call, People: [2]id.PersonID{member, expert}, Started: m.Started,
		Length: time.Duration(m.Layout.TotalSamples) * time.Second / sampleRate,
	}
	for _, s := range m.Spans {
		c.Spans = append(c.Spans, Span{Open: millis(s.OpenMs), Close: millis(s.CloseMs), Proof: s.Proof})
	}
	return c
}

// sampleRate is that of all Opus streams (RFC 7845 section 4).
const sampleRate = 48000

func millis(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

// Reason is why a span is not covered.
type Reason string

// The reasons.
const (
	Missing     Reason = "missing"      // there is no such proof in the ledger
	OtherCall   Reason = "other_call"   // the proof is of another call
	OtherPerson Reason = "other_person" // the proof is of another person
	NotValid    Reason = "not_valid"    // it did not allow recording when the span began
	Withdrawn   Reason = "withdrawn"    // somebody's consent had ended before the span did
	Longer      Reason = "longer"       // the span is not within the time of its gate
	Altered     Reason = "altered"      // the claim is not what the ledger says, or a signature does not hold
)

// Gap is one thing that is wrong with the proof of a span.
type Gap struct {
	// Span is its number in the manifest, from 0; -1 for the whole recording.
	Span int `json:"span"`
	// Leg is member or expert; empty if it concerns both.
	Leg    string `json:"leg,omitempty"`
	Reason Reason `json:"reason"`
	Detail string `json:"detail"`
}

func (g Gap) String() string {
	text := fmt.Sprintf("span %d", g.Span)
	if g.Leg != "" {
		text += ", " + g.Leg
	}
	return fmt.Sprintf("%s: %s (%s)", text, g.Detail, g.Reason)
}

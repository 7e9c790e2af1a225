package consent

import "strings"

// Party is one side of a call.
type Party string

// The parties of a call. RecorderSide is not on the call: it owns the places
// that rule L2 adds for the server and the operator.
const (
	Caller       Party = "caller"
	Callee       Party = "callee"
	Third        Party = "third"
	RecorderSide Party = "recorder"
)

// Person is somebody who can answer: a Party itself, or its guardian.
type Person string

// AnyOne stands in [Verdict.ExpressFrom] for "one party, whichever".
const AnyOne Person = "any_one"

const guardianSuffix = "_guardian"

// Guardian returns the person who answers for the party p when p is a child.
func Guardian(p Party) Person { return Person(string(p) + guardianSuffix) }

// Party returns the party that the person is, or is the guardian of.
func (p Person) Party() Party { return Party(strings.TrimSuffix(string(p), guardianSuffix)) }

// IsGuardian reports whether the person is a party's guardian.
func (p Person) IsGuardian() bool { return strings.HasSuffix(string(p), guardianSuffix) }

// Answer is how somebody reacted to the question or the notice. Any value that
// is not one of the constants, the empty one included, counts as AnswerNone.
type Answer string

// The answers.
const (
	AnswerNone      Answer = "none"      // nothing yet: not told, or no reaction
	AnswerExpress   Answer = "express"   // an active yes; a guardian's is verified too
	AnswerContinued Answer = "continued" // heard the notice and stayed on; never a yes
	AnswerDeclined  Answer = "declined"  // an explicit no
)

// Source says where a signal about a place comes from. The judge treats all
// sources alike; they are kept for the proof and for the explanation.
type Source string

// The sources. Time zone and language are deliberately missing: rule L3 lets
// them prompt a question but never decide.
const (
	SourceDeclared Source = "declared"
	SourceBilling  Source = "billing"
	SourceGeo      Source = "geo"
	SourceIP       Source = "ip"
	SourcePhone    Source = "phone"
	SourceToken    Source = "token"
	SourceStated   Source = "stated"   // what the person said in this session
	SourcePrevious Source = "previous" // where the person was in an earlier call
	SourceServer   Source = "server"
	SourceOperator Source = "operator"
)

// Signal is one hint of where somebody is.
type Signal struct {
	// Place is an ISO 3166-1 alpha-2 or ISO 3166-2 code in any case. Empty or
	// "?" means that the source knew nothing.
	Place  string `json:"place"`
	Source Source `json:"source"`
	// VPN marks a place behind a VPN, Tor or data-centre address (L7): it may
	// tighten the rule but confirms nothing.
	VPN bool `json:"vpn,omitempty"`
}

// PartyFacts is what is known of one party.
type PartyFacts struct {
	Party Party
	// Signals are known before the call; their order means nothing.
	Signals []Signal
	// Later are the signals that came up during the call, in that order. Each
	// adds a place; none takes one away (L8).
	Later []Signal
	// Age in whole years; nil is unknown (M3).
	Age *int
	// Adult is somebody's word that the person is of age, such as the
	// platform's. A known Age outweighs it.
	Adult          bool
	Answer         Answer
	GuardianAnswer Answer
	// Left is true once the party hung up: it need not be told or asked any
	// more, its places stay (L8) and so does its no (P1).
	Left bool
	// Withdrawn and GuardianWithdrawn stand until a later active yes by the
	// same person.
	Withdrawn         bool
	GuardianWithdrawn bool
}

// Facts is everything the judge looks at. The order of Parties and of Recorder
// means nothing.
type Facts struct {
	// Call is the opaque id of the call. It decides nothing; a Grant is good for
	// this call alone, and for none if it is empty.
	Call    string
	Parties []PartyFacts
	// Recorder holds the places of the server and of the operator, if
	// configured (L2). They only ever add places.
	Recorder []Signal
	// BeepOnly is true when a bare tone is the only notice given.
	BeepOnly bool
	// Unlawful is true when the recording has a forbidden purpose (P2).
	Unlawful bool
}

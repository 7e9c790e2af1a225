package ledger

import (
	"parley/recorder/consent"
	"parley/recorder/consent/receipt"
)

// Chain is the name of the ledger's hash chain; its entries' subject is the call,
// and their actor the person who did it, or [Server].
const Chain = "consent"

// Kinds of entries. The body of a verdict is a receipt.Judgement.
const (
	KindNotice    = "notice.shown"
	KindAnswer    = "answer"
	KindReceipt   = "receipt"
	KindVerdict   = "verdict"
	KindGateOpen  = "gate.open"
	KindGateClose = "gate.close"
	KindSpoken    = "notice.spoken"
	KindPart      = "part.before"
	KindVoid      = "answer.void"
	KindPlace     = "place.seen"
	KindJoined    = "party.joined"
	KindPause     = "pause"
	KindResume    = "resume"
	KindAnnounced = "recording.announced"
	KindHold      = "hold"
	KindUnhold    = "unhold"
)

// Server is the actor of what the server does by itself.
const Server = "server"

// The legs of a call, as entries and manifests name them.
const (
	Member = "member"
	Expert = "expert"
)

// PartyOf is a leg in the words of the consent rules: the member calls.
func PartyOf(leg string) consent.Party {
	if leg == Member {
		return consent.Caller
	}
	return consent.Callee
}

// NoticeShown is the body of a notice.shown entry.
type NoticeShown struct {
	Side     string `json:"side"`
	Kind     string `json:"kind"`
	Hash     string `json:"hash"`
	Language string `json:"language"`
	Version  string `json:"version"`
	// Asking is the number that was hashed with the words; entries from before
	// there was one have none.
	Asking int `json:"asking,omitempty"`
}

// AnswerGiven is the body of an answer entry. Method tells how it came about:
// button, stayed_on, withdrawn.
type AnswerGiven struct {
	Side   string `json:"side"`
	Answer string `json:"answer"`
	Method string `json:"method"`
	Hash   string `json:"hash"`
	// Earlier is the yes of before this call that the answer rests on, with
	// MethodEarlier.
	Earlier *receipt.Earlier `json:"earlier,omitempty"`
}

// NoticeSpoken is the body of notice.spoken and recording.announced entries: the
// notice before a recording, and the line in it that says that it runs or goes on.
type NoticeSpoken struct {
	Side     string `json:"side"`
	Language string `json:"language"`
	// Media is the SHA-256 of the sound, in hex.
	Media string `json:"media"`
	// ToEnd tells whether it was sent into the leg to its end, with the leg
	// connected all the time. One that was not is no notice.
	ToEnd bool `json:"to_end"`
}

// PartDecided is the body of a part.before entry: what became of the recording
// made before the side took its consent back, kept or erased, and why: chosen,
// operator, or no answer.
type PartDecided struct {
	Side string `json:"side"`
	Part string `json:"part"`
	Why  string `json:"why"`
}

// AnswerVoid is the body of an answer.void entry: the side's answer counts no
// longer, and it is asked again. Reason is expired, or asked_again where a
// notice was taken and a yes is now due.
type AnswerVoid struct {
	Side   string `json:"side"`
	Reason string `json:"reason"`
}

// PlaceSeen is the body of place.seen and party.joined entries: what was learned
// about where somebody is during the call.
type PlaceSeen struct {
	Side    string           `json:"side"`
	Signals []consent.Signal `json:"signals"`
	// AgeKnown tells that the person's age became known or turned out lower.
	AgeKnown bool `json:"age_known"`
}

// HoldChanged is the body of hold and unhold entries: the side put the call on hold,
// or took that back. Meanwhile neither hears the other and nothing is recorded.
type HoldChanged struct {
	Side string `json:"side"`
}

// ReceiptIssued is the body of a receipt entry, which follows its answer.
type ReceiptIssued struct {
	// Answer is the number of the answer's entry.
	Answer uint64 `json:"answer"`
	// Receipt is the receipt's hash.
	Receipt string `json:"receipt"`
	// JWS is the signed receipt, as it is handed out ever after.
	JWS string `json:"jws"`
}

// GateChanged is the body of a gate.close entry.
type GateChanged struct {
	Reason string `json:"reason"`
}

// GateOpened is the body of a gate.open entry: the verdict that let the gate open,
// and what proves each leg's part in it.
type GateOpened struct {
	Reason  string            `json:"reason"`
	Verdict receipt.Judgement `json:"verdict"`
	Legs    []LegProof        `json:"legs"`
}

// LegProof is what the ledger held of one leg when a gate opened.
type LegProof struct {
	Leg string `json:"leg"` // member or expert
	// Receipt is the hash of the receipt of the answer that stood; empty if the
	// person had not answered.
	Receipt string `json:"receipt,omitempty"`
	// Notice is the hash of the entry of the notice that the person was shown
	// last; empty if there was none.
	Notice string `json:"notice,omitempty"`
}

// Proof is why one span was recorded: the journal and the manifest carry it.
type Proof struct {
	// Entry is the hash of the gate.open entry.
	Entry string     `json:"entry"`
	Legs  []LegProof `json:"legs"`
}

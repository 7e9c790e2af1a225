package session

// Kinds of ledger entries. The body of a verdict entry is a receipt.Judgement.
const (
	NoteNotice    = "notice.shown"
	NoteAnswer    = "answer"
	NoteVerdict   = "verdict"
	NoteGateOpen  = "gate.open"
	NoteGateClose = "gate.close"
)

// ServerActor is the actor of what the server does by itself.
const ServerActor = "server"

// NoticeShown is the body of a notice.shown entry.
type NoticeShown struct {
	Side     string `json:"side"`
	Kind     string `json:"kind"`
	Hash     string `json:"hash"`
	Language string `json:"language"`
	Version  string `json:"version"`
}

// AnswerGiven is the body of an answer entry. Method tells how it came about:
// button, stayed_on, withdrawn.
type AnswerGiven struct {
	Side   string `json:"side"`
	Answer string `json:"answer"`
	Method string `json:"method"`
	Hash   string `json:"hash"`
}

// GateChanged is the body of gate.open and gate.close entries.
type GateChanged struct {
	Reason string `json:"reason"`
}

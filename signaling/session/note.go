package session

import "parley/recorder/consent/ledger"

// Kinds of ledger entries.
const (
	NoteNotice    = ledger.KindNotice
	NoteAnswer    = ledger.KindAnswer
	NoteVerdict   = ledger.KindVerdict
	NoteGateOpen  = ledger.KindGateOpen
	NoteGateClose = ledger.KindGateClose
	NotePart      = ledger.KindPart
	NoteSpoken    = ledger.KindSpoken
	NoteVoid      = ledger.KindVoid
	NotePlace     = ledger.KindPlace
	NoteJoined    = ledger.KindJoined
	NotePause     = ledger.KindPause
	NoteResume    = ledger.KindResume
	NoteAnnounced = ledger.KindAnnounced
	NoteHold      = ledger.KindHold
	NoteUnhold    = ledger.KindUnhold
)

// ServerActor is the actor of what the server does by itself.
const ServerActor = ledger.Server

// Bodies of ledger entries. The owner of the call adds to a gate.open entry what
// proves it.
type (
	NoticeShown = ledger.NoticeShown
	AnswerGiven = ledger.AnswerGiven
	GateChanged = ledger.GateChanged
	AnswerVoid  = ledger.AnswerVoid

	PartDecided  = ledger.PartDecided
	NoticeSpoken = ledger.NoticeSpoken
	PlaceSeen    = ledger.PlaceSeen
	HoldChanged  = ledger.HoldChanged
)

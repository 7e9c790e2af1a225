package id

import "time"

// CallID names one conversation from ring to end, across all its legs.
type CallID string

// LegID names one participant's place in a call; it survives reconnects.
type LegID string

// RecordingID names the voices of one call together with their manifest.
type RecordingID string

// PlayID names one authorised listening of a recording.
type PlayID string

// WebhookID names one address to which events are delivered.
type WebhookID string

// ErasureID names one erasure, from the request to its certificate.
type ErasureID string

// HoldID names one legal hold on one recording.
type HoldID string

// AssignmentID names one reviewer's task to listen to one recording.
type AssignmentID string

// TextID names one thing that somebody wrote in or about a call.
type TextID string

// ReportID names one report of an incident in a call.
type ReportID string

// EvaluationID names what one reviewer thinks of one call.
type EvaluationID string

// EventID names one event of the feed, however often it is delivered.
type EventID string

const (
	kindCall      = "call"
	kindLeg       = "leg"
	kindRecording = "rec"
	kindPlay      = "play"
	kindEvent     = "evt"
	kindWebhook   = "hook"

	kindErasure    = "era"
	kindHold       = "hold"
	kindAssignment = "asg"

	kindText   = "txt"
	kindReport = "rpt"

	kindEvaluation = "evl"
)

// NewCall mints the id of a call that begins at now.
func NewCall(now time.Time) CallID { return CallID(mint(kindCall, now)) }

// NewLeg mints the id of a leg that joins at now.
func NewLeg(now time.Time) LegID { return LegID(mint(kindLeg, now)) }

// NewRecording mints the id of a recording that is opened at now.
func NewRecording(now time.Time) RecordingID { return RecordingID(mint(kindRecording, now)) }

// NewPlay mints the id of a listening that is granted at now.
func NewPlay(now time.Time) PlayID { return PlayID(mint(kindPlay, now)) }

// NewEvent mints the id of an event that happened at now.
func NewEvent(now time.Time) EventID { return EventID(mint(kindEvent, now)) }

// NewWebhook mints the id of a webhook that is added at now.
func NewWebhook(now time.Time) WebhookID { return WebhookID(mint(kindWebhook, now)) }

// NewErasure mints the id of an erasure that is asked for at now.
func NewErasure(now time.Time) ErasureID { return ErasureID(mint(kindErasure, now)) }

// NewHold mints the id of a hold that is placed at now.
func NewHold(now time.Time) HoldID { return HoldID(mint(kindHold, now)) }

// NewAssignment mints the id of an assignment that is made at now.
func NewAssignment(now time.Time) AssignmentID { return AssignmentID(mint(kindAssignment, now)) }

// NewText mints the id of a text that is written at now.
func NewText(now time.Time) TextID { return TextID(mint(kindText, now)) }

// NewReport mints the id of a report that is made at now.
func NewReport(now time.Time) ReportID { return ReportID(mint(kindReport, now)) }

// NewEvaluation mints the id of an evaluation that is begun at now.
func NewEvaluation(now time.Time) EvaluationID { return EvaluationID(mint(kindEvaluation, now)) }

// ParseCall returns s as a call's id, or an error that matches [ErrInvalid].
func ParseCall(s string) (CallID, error) { return parse[CallID](kindCall, s) }

// ParseLeg returns s as a leg's id, or an error that matches [ErrInvalid].
func ParseLeg(s string) (LegID, error) { return parse[LegID](kindLeg, s) }

// ParseRecording returns s as a recording's id, or an error that matches [ErrInvalid].
func ParseRecording(s string) (RecordingID, error) { return parse[RecordingID](kindRecording, s) }

// ParsePlay returns s as a play's id, or an error that matches [ErrInvalid].
func ParsePlay(s string) (PlayID, error) { return parse[PlayID](kindPlay, s) }

// ParseWebhook returns s as a webhook's id, or an error that matches [ErrInvalid].
func ParseWebhook(s string) (WebhookID, error) { return parse[WebhookID](kindWebhook, s) }

// ParseEvent returns s as an event's id, or an error that matches [ErrInvalid].
func ParseEvent(s string) (EventID, error) { return parse[EventID](kindEvent, s) }

// ParseErasure returns s as an erasure's id, or an error that matches [ErrInvalid].
func ParseErasure(s string) (ErasureID, error) { return parse[ErasureID](kindErasure, s) }

// ParseHold returns s as a hold's id, or an error that matches [ErrInvalid].
func ParseHold(s string) (HoldID, error) { return parse[HoldID](kindHold, s) }

// ParseAssignment returns s as an assignment's id, or an error that matches [ErrInvalid].
func ParseAssignment(s string) (AssignmentID, error) { return parse[AssignmentID](kindAssignment, s) }

// ParseText returns s as a text's id, or an error that matches [ErrInvalid].
func ParseText(s string) (TextID, error) { return parse[TextID](kindText, s) }

// ParseReport returns s as a report's id, or an error that matches [ErrInvalid].
func ParseReport(s string) (ReportID, error) { return parse[ReportID](kindReport, s) }

// ParseEvaluation returns s as an evaluation's id, or an error that matches [ErrInvalid].
func ParseEvaluation(s string) (EvaluationID, error) {
	return parse[EvaluationID](kindEvaluation, s)
}

func parse[ID ~string](kind, s string) (ID, error) {
	if err := check(kind, s); err != nil {
		return "", err
	}
	return ID(s), nil
}

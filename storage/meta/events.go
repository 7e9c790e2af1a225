package meta

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"parley/storage/id"
)

// EventType names a kind of event of the feed. docs/protocol.md says when each
// happens and what its body holds.
type EventType string

// The types of events.
const (
	EventCallRinging   EventType = "call.ringing"
	EventCallAccepted  EventType = "call.accepted"
	EventCallConnected EventType = "call.connected"
	// EventCallResumed tells that a call goes on which an earlier process left.
	EventCallResumed EventType = "call.resumed"
	// EventCallSilent tells that one side is not heard, or is again.
	EventCallSilent EventType = "call.silent"
	EventCallEnded  EventType = "call.ended"
	// EventCallRated, EventCallSurveyed and EventCallReported tell that somebody
	// rated a call, answered its survey later or reported an incident, without
	// what they wrote.
	EventCallRated    EventType = "call.rated"
	EventCallSurveyed EventType = "call.surveyed"
	EventCallReported EventType = "call.reported"
	// EventEvaluationReleased tells what a reviewer thinks of a call, in figures,
	// EventEvaluationDisputed that the expert does not agree, and
	// EventEvaluationSettled what became of that.
	EventEvaluationReleased EventType = "evaluation.released"
	EventEvaluationDisputed EventType = "evaluation.disputed"
	EventEvaluationSettled  EventType = "evaluation.settled"
	EventConsentAnswered    EventType = "consent.answered"
	EventRecordingStarted   EventType = "recording.started"
	EventRecordingStopped   EventType = "recording.stopped"
	EventRecordingProblem   EventType = "recording.problem"
	EventRecordingSilent    EventType = "recording.silent"
	EventRecordingReady     EventType = "recording.ready"
	EventRecordingDamaged   EventType = "recording.damaged"
	// EventRecordingRot tells that a stored object was found changed or gone.
	EventRecordingRot    EventType = "recording.rot"
	EventPresenceChanged EventType = "presence.changed"
	// EventFeedGap tells that events were dropped here, and how many.
	EventFeedGap EventType = "feed.gap"
)

// EventTypes returns every type, in the order of a call's life.
func EventTypes() []EventType {
	return []EventType{
		EventCallRinging, EventCallAccepted, EventCallConnected, EventCallResumed, EventCallSilent, EventCallEnded, EventCallRated, EventCallSurveyed, EventCallReported, EventConsentAnswered,
		EventRecordingStarted, EventRecordingStopped, EventRecordingProblem, EventRecordingSilent,
		EventRecordingReady, EventRecordingDamaged, EventRecordingRot,
		EventEvaluationReleased, EventEvaluationDisputed, EventEvaluationSettled, EventPresenceChanged, EventFeedGap,
	}
}

// Event is one thing that happened, as platforms are told of it. It names
// people, calls and recordings by id only: no names, addresses or audio.
type Event struct {
	// Seq is the event's place in the feed. The store gives it: the first is 1,
	// and each is one more than the one before.
	Seq uint64
	// ID stays the same however often the event is delivered.
	ID   id.EventID
	At   time.Time
	Type EventType
	// Call, Recording, Member and Expert are empty where the event concerns
	// none.
	Call           id.CallID
	Recording      id.RecordingID
	Member, Expert id.PersonID
	// Body is a JSON object with what the type adds.
	Body json.RawMessage
}

// MaxEventBody is the greatest length of an event's body in bytes.
const MaxEventBody = 4 << 10

// Validate tells whether e can be appended; its error matches [ErrInvalid].
func (e Event) Validate() error {
	if _, err := id.ParseEvent(string(e.ID)); err != nil {
		return fmt.Errorf("%w: event: %w", ErrInvalid, err)
	}
	if !slices.Contains(EventTypes(), e.Type) || e.At.IsZero() {
		return fmt.Errorf("%w: event %s of type %q at %s", ErrInvalid, e.ID, e.Type, e.At)
	}
	body := bytes.TrimSpace(e.Body)
	if len(body) > MaxEventBody || !bytes.HasPrefix(body, []byte("{")) || !json.Valid(body) {
		return fmt.Errorf("%w: event %s: the body is no JSON object of up to %d bytes", ErrInvalid, e.ID, MaxEventBody)
	}
	return e.validateSubjects()
}

func (e Event) validateSubjects() error {
	var err error
	if e.Call != "" {
		_, err = id.ParseCall(string(e.Call))
	}
	if e.Recording != "" && err == nil {
		_, err = id.ParseRecording(string(e.Recording))
	}
	for _, p := range []id.PersonID{e.Member, e.Expert} {
		if p != "" && err == nil {
			_, err = id.ParsePerson(string(p))
		}
	}
	if err != nil {
		return fmt.Errorf("%w: event %s: %w", ErrInvalid, e.ID, err)
	}
	return nil
}

// EventRange is which places of the feed are stored.
type EventRange struct {
	// Oldest is the place of the oldest event that is kept; one more than
	// Newest if none is.
	Oldest uint64
	// Newest is the place that was given last, 0 if none was yet.
	Newest uint64
}

// Events keeps the feed.
//
// Places are given in the order of the commits: once a reader has seen a place,
// no event will ever appear at a lower one. So a reader that goes on after the
// last place it saw misses nothing, however many nodes append.
type Events interface {
	// AppendEvents appends events in order, all or nothing. An event whose ID is
	// stored already is left as it is, so an append whose outcome is unknown can
	// be repeated. Errors match ErrInvalid.
	AppendEvents(ctx context.Context, events []Event) error
	// EventsAfter returns the events at places above after, in order: of the
	// given types, or of all if there are none. limit is 1 to MaxLimit, and
	// DefaultLimit for 0; errors match ErrInvalid for another.
	EventsAfter(ctx context.Context, after uint64, limit int, types []EventType) ([]Event, error)
	// EventRange tells which places are stored.
	EventRange(ctx context.Context) (EventRange, error)
	// DeleteEventsBefore deletes the events that happened before a time, up to
	// the first that did not, and returns how many those were.
	DeleteEventsBefore(ctx context.Context, at time.Time) (int, error)
}

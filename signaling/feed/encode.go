package feed

import (
	"encoding/json"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// view is an event as readers and webhook receivers get it.
type view struct {
	ID        id.EventID      `json:"id"`
	Cursor    string          `json:"cursor"`
	Type      meta.EventType  `json:"type"`
	Timestamp time.Time       `json:"timestamp"`
	Call      id.CallID       `json:"call,omitempty"`
	Recording id.RecordingID  `json:"recording,omitempty"`
	Member    id.PersonID     `json:"member,omitempty"`
	Expert    id.PersonID     `json:"expert,omitempty"`
	Data      json.RawMessage `json:"data"`
}

// Encode is the JSON of a stored event, on one line; docs/protocol.md describes
// it.
func Encode(e meta.Event) json.RawMessage {
	return Body(view{
		ID: e.ID, Cursor: At(e.Seq).String(), Type: e.Type, Timestamp: e.At.UTC(),
		Call: e.Call, Recording: e.Recording, Member: e.Member, Expert: e.Expert, Data: e.Body,
	})
}

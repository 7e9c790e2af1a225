package journal

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"parley/recorder/consent/ledger"
)

// Kinds of events. Those of the gate bound what is recorded; the others tell
// what happened meanwhile.
const (
	EventGateOpen  = "gate.open"
	EventGateClose = "gate.close"

	EventPause     = "pause"     // somebody paused the recording; the gate is shut
	EventResume    = "resume"    // and let it go on
	EventHold      = "hold"      // a leg put the other on hold
	EventUnhold    = "unhold"    // and took it back
	EventMute      = "mute"      // a leg muted its microphone
	EventUnmute    = "unmute"    // and unmuted it
	EventReconnect = "reconnect" // a leg's connection came up again
	EventPrompt    = "prompt"    // the server played something to a leg
	EventRestart   = "restart"   // another process went on with the recording; the gate is shut
)

// Leg tells which leg an event is about.
type Leg string

// The legs, and an event of the call as a whole.
const (
	WholeCall Leg = ""
	LegMember Leg = "member"
	LegExpert Leg = "expert"
)

// LegOf names a leg by its number (0 member, 1 expert).
func LegOf(leg int) Leg {
	if leg == 0 {
		return LegMember
	}
	return LegExpert
}

// Number is the leg's number, and whether it is one leg's.
func (l Leg) Number() (leg int, ok bool) {
	switch l {
	case LegMember:
		return 0, true
	case LegExpert:
		return 1, true
	}
	return 0, false
}

// Event is something that happened to the recording.
type Event struct {
	At   time.Duration `json:"-"` // since time 0
	Kind string        `json:"kind"`
	Leg  Leg           `json:"leg,omitempty"`
	// Proof is why the gate opened; nil for other events.
	Proof *ledger.Proof `json:"proof,omitempty"`
}

// AppendEvent appends an event record to buf.
func AppendEvent(buf []byte, e Event) ([]byte, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	buf = append(buf, kindEvent)
	buf = binary.AppendUvarint(buf, micros(e.At))
	buf = binary.AppendUvarint(buf, uint64(len(body)))
	return append(buf, body...), nil
}

func (d *decoder) event() Event {
	at := d.time()
	body := d.take(d.uvarint())
	var e Event
	if d.bad || json.Unmarshal(body, &e) != nil {
		d.bad = true
	}
	e.At = at
	return e
}

package erasure

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"parley/storage/chain"
	"parley/storage/chainlog"
	"parley/storage/id"
)

const (
	listName = "erasures"
	kind     = "erase"
	// MaxVoices is how many voices one entry holds at most.
	MaxVoices = 1000
)

// Prefix is what the keys of the list's objects begin with.
const Prefix = listName + "/"

// Voice is one part of a recording, by whose key envelope it is erased.
type Voice struct {
	Recording id.RecordingID `json:"recording"`
	// Part is one of id.Parts.
	Part string `json:"part"`
}

// Erasure is a voice that was erased.
type Erasure struct {
	Voice
	At time.Time
}

// body is what an entry adds.
type body struct {
	Voices []Voice `json:"voices"`
}

// Log is the list. Its methods may be called concurrently, and several nodes may
// have one in the same object store.
type Log struct{ entries *chainlog.Log }

// NewLog returns the list in an object store.
func NewLog(objects chainlog.Objects) *Log { return &Log{chainlog.New(objects, listName)} }

// Append adds up to [MaxVoices] voices in one entry, which is durable when it
// returns nil. After an error it is open whether it was added: repeat it; a voice
// may be listed twice.
func (l *Log) Append(ctx context.Context, at time.Time, voices ...Voice) error {
	if err := validate(voices); err != nil {
		return err
	}
	encoded, err := json.Marshal(body{voices})
	if err != nil {
		return fmt.Errorf("append to the list of erasures: %w", err)
	}
	return l.entries.Append(ctx, chain.Entry{At: at, Kind: kind, Body: encoded})
}

func validate(voices []Voice) error {
	if len(voices) == 0 || len(voices) > MaxVoices {
		return fmt.Errorf("erasure of %d voices, want 1 to %d", len(voices), MaxVoices)
	}
	for _, v := range voices {
		if _, err := id.ParseRecording(string(v.Recording)); err != nil || !id.ValidPart(v.Part) {
			return fmt.Errorf("erasure of %q of %q: no such part or no id of a recording", v.Part, v.Recording)
		}
	}
	return nil
}

// All yields what was erased, the oldest first. It ends with an error, a
// [*chain.BrokenError], where an entry was changed or is missing before the last.
func (l *Log) All(ctx context.Context) iter.Seq2[Erasure, error] {
	return func(yield func(Erasure, error) bool) {
		for e, err := range l.entries.All(ctx) {
			if err != nil {
				yield(Erasure{}, err)
				return
			}
			if !yieldVoices(e, yield) {
				return
			}
		}
	}
}

func yieldVoices(e chain.Entry, yield func(Erasure, error) bool) (more bool) {
	var b body
	if err := json.Unmarshal(e.Body, &b); err != nil {
		yield(Erasure{}, fmt.Errorf("read the list of erasures: entry %d: %w", e.Seq, err))
		return false
	}
	for _, v := range b.Voices {
		if !yield(Erasure{Voice: v, At: e.At}, nil) {
			return false
		}
	}
	return true
}

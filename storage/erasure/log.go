package erasure

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
	"time"

	"parley/storage/blob"
	"parley/storage/chain"
	"parley/storage/id"
)

const (
	chainName = "erasures"
	kind      = "erase"
	// prefix is where the entries are in the object store.
	prefix = "erasures/"
	// maxEntry bounds the length of an entry in bytes.
	maxEntry = 1 << 20
	// MaxVoices is how many voices one entry holds at most.
	MaxVoices = 1000
)

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

// Objects is what the list needs of the object store.
type Objects interface {
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	Open(ctx context.Context, key string) (blob.Object, error)
	List(ctx context.Context, prefix string) iter.Seq2[blob.Info, error]
}

// Log is the list. Its methods may be called concurrently, and several nodes may
// have one in the same object store.
type Log struct {
	objects Objects

	mu   sync.Mutex // guards head, and is held while an entry is put
	head chain.Entry
}

// NewLog returns the list in an object store.
func NewLog(objects Objects) *Log { return &Log{objects: objects} }

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
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.head.Seq == 0 {
		if l.head, err = l.last(ctx); err != nil {
			return fmt.Errorf("append to the list of erasures: %w", err)
		}
	}
	draft := chain.Entry{At: at, Chain: chainName, Kind: kind, Body: encoded}
	for {
		next, err := l.put(ctx, draft)
		if err != nil {
			return fmt.Errorf("append to the list of erasures: %w", err)
		}
		ours := string(next.Body) == string(encoded) && next.At.Equal(time.UnixMicro(at.UnixMicro()))
		if l.head = next; ours {
			return nil
		}
	}
}

// put puts the draft after the head, and returns what stands there now: the
// draft, or what another node was first to put.
func (l *Log) put(ctx context.Context, draft chain.Entry) (chain.Entry, error) {
	next, err := chain.Link(l.head, draft)
	if err != nil {
		return chain.Entry{}, err
	}
	content, err := json.Marshal(next)
	if err != nil {
		return chain.Entry{}, err
	}
	key := keyOf(next.Seq)
	err = l.objects.Put(ctx, key, bytes.NewReader(content), int64(len(content)))
	if errors.Is(err, blob.ErrExist) {
		return l.read(ctx, key)
	}
	return next, err
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

// keyOf counts in a form that sorts.
func keyOf(seq uint64) string { return prefix + fmt.Sprintf("%012d", seq) }

// last returns the newest entry, the zero Entry if there is none.
func (l *Log) last(ctx context.Context) (chain.Entry, error) {
	key := ""
	for info, err := range l.objects.List(ctx, prefix) {
		if err != nil {
			return chain.Entry{}, err
		}
		key = info.Key
	}
	if key == "" {
		return chain.Entry{}, nil
	}
	return l.read(ctx, key)
}

// read returns an entry, and checks that it stands in its place.
func (l *Log) read(ctx context.Context, key string) (chain.Entry, error) {
	object, err := l.objects.Open(ctx, key)
	if err != nil {
		return chain.Entry{}, err
	}
	defer func() { _ = object.Close() }() // it was only read
	var e chain.Entry
	if object.Size() > maxEntry {
		return e, fmt.Errorf("object %s: %d bytes are too many for an entry", key, object.Size())
	}
	content, err := io.ReadAll(io.NewSectionReader(object, 0, object.Size()))
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal(content, &e); err != nil {
		return e, fmt.Errorf("object %s: %w", key, err)
	}
	if key != keyOf(e.Seq) {
		return e, fmt.Errorf("object %s holds entry %d", key, e.Seq)
	}
	return e, nil
}

// All yields what was erased, the oldest first. It ends with an error, a
// [*chain.BrokenError], where an entry was changed or is missing before the last.
func (l *Log) All(ctx context.Context) iter.Seq2[Erasure, error] {
	return func(yield func(Erasure, error) bool) {
		more := true
		err := chain.Verify(func(check func(chain.Entry, error) bool) {
			for info, err := range l.objects.List(ctx, prefix) {
				var e chain.Entry
				if err == nil {
					e, err = l.read(ctx, info.Key)
				}
				if !check(e, err) || err != nil {
					return
				}
				if more = yieldVoices(e, yield); !more {
					return
				}
			}
		})
		if err != nil && more {
			yield(Erasure{}, fmt.Errorf("read the list of erasures: %w", err))
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

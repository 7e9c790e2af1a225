package erasure

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// Envelopes destroys key envelopes, as [meta.Envelopes] says.
type Envelopes interface {
	DestroyEnvelope(ctx context.Context, recording id.RecordingID, part string, at time.Time) error
}

// List is what [Erase] needs of a [Log].
type List interface {
	Append(ctx context.Context, at time.Time, voices ...Voice) error
}

// Erase lists voices as erased and then destroys their key envelopes. After an
// error, repeat it.
func Erase(ctx context.Context, l List, store Envelopes, at time.Time, voices ...Voice) error {
	if err := l.Append(ctx, at, voices...); err != nil {
		return err
	}
	for _, v := range voices {
		if err := store.DestroyEnvelope(ctx, v.Recording, v.Part, at); err != nil {
			return err
		}
	}
	return nil
}

// Replay destroys the key envelopes of everything that was erased, and returns
// how many voices that were. Recordings that the store does not know are passed
// over: they are newer than what was restored. It may be repeated.
func Replay(ctx context.Context, erasures iter.Seq2[Erasure, error], store Envelopes) (int, error) {
	n := 0
	for e, err := range erasures {
		if err == nil {
			err = store.DestroyEnvelope(ctx, e.Recording, e.Part, e.At)
		}
		switch {
		case errors.Is(err, meta.ErrNotExist):
		case err != nil:
			return n, fmt.Errorf("erase again: %w", err)
		default:
			n++
		}
	}
	return n, nil
}

package meta

import (
	"context"
	"time"

	"parley/storage/id"
)

// Envelopes keeps the key envelopes of recordings until they are destroyed.
// Recordings stores them.
type Envelopes interface {
	// Envelope returns the key envelope of one part, or ErrNotExist if it was
	// destroyed or never was.
	Envelope(ctx context.Context, recording id.RecordingID, part string) ([]byte, error)
	// DestroyEnvelope erases the key envelope of one part for ever, its bytes
	// in the store's files included as far as the database allows (the
	// packages say how far), and keeps that it was there until at. It
	// may be repeated, and must be after an error; the first time counts.
	// Errors match ErrNotExist if there never was one.
	DestroyEnvelope(ctx context.Context, recording id.RecordingID, part string, at time.Time) error
}

package meta

import (
	"context"
	"encoding/hex"
	"fmt"

	"parley/storage/id"
)

// StoredObject is one sealed object of a recording.
type StoredObject struct {
	Recording id.RecordingID
	// Part is the one of id.Parts whose key opens it.
	Part string
	// Key is where the object store has it.
	Key string
	// Size is its sealed length in bytes.
	Size int64
	// SHA256 is the hash of the sealed bytes, 64 lower-case hexadecimal digits.
	SHA256 string
}

// Validate tells whether o can be stored; its error matches [ErrInvalid].
func (o StoredObject) Validate() error {
	if _, err := id.ParseRecording(string(o.Recording)); err != nil {
		return fmt.Errorf("%w: object: %w", ErrInvalid, err)
	}
	sum, err := hex.DecodeString(o.SHA256)
	if err != nil || len(sum) != 32 || hex.EncodeToString(sum) != o.SHA256 {
		return fmt.Errorf("%w: object %s: SHA256 is %q, want 64 lower-case hexadecimal digits", ErrInvalid, o.Key, o.SHA256)
	}
	if !id.ValidPart(o.Part) || o.Key == "" || o.Size < 0 {
		return fmt.Errorf("%w: object %q of part %q with %d bytes", ErrInvalid, o.Key, o.Part, o.Size)
	}
	return nil
}

// Objects keeps where the sealed objects of recordings are.
type Objects interface {
	// PutObject stores where objects are, all or none. It may be repeated. Errors
	// match ErrInvalid, ErrNotExist if a recording is not stored, or ErrConflict if
	// another object is stored under the same key.
	PutObject(ctx context.Context, objects ...StoredObject) error
	// Objects returns the objects of a recording, by key.
	Objects(ctx context.Context, recording id.RecordingID) ([]StoredObject, error)
	// KeepObjects forgets every object of a recording but those under keys: what
	// attempts have left that were repeated.
	KeepObjects(ctx context.Context, recording id.RecordingID, keys []string) error
}

package offsite

import (
	"context"
	"errors"
	"fmt"
	"io"

	"parley/storage/blob"
	"parley/storage/meta"
)

// RotError tells that an object is not what was stored.
type RotError struct {
	Key string
	// Fault is one of FaultGone and FaultChanged.
	Fault string
}

// What can be wrong with an object.
const (
	FaultGone    = "gone"
	FaultChanged = "changed"
)

func (e *RotError) Error() string { return fmt.Sprintf("object %s is %s", e.Key, e.Fault) }

// Verify reads an object and compares it with what was stored. The error is a
// *RotError or that of the store.
func Verify(ctx context.Context, s blob.Store, o meta.StoredObject) error {
	sum, err := blob.Sum(ctx, s, o.Key)
	switch {
	case errors.Is(err, blob.ErrNotExist):
		return &RotError{o.Key, FaultGone}
	case err != nil:
		return err
	case sum != o.SHA256:
		return &RotError{o.Key, FaultChanged}
	}
	return nil
}

// errCopyChanged is for a second store that gives back other bytes than it got.
var errCopyChanged = errors.New("the second store holds something else than was sent")

// Copy puts an object into a second store and reads it back. The error is a
// *RotError if the first store's object is not sound; the second store has none
// then.
func Copy(ctx context.Context, first, second blob.Store, o meta.StoredObject) error {
	if err := send(ctx, o.Key, first, second.Put, o.Size); err != nil && !errors.Is(err, blob.ErrExist) {
		return rotOr(ctx, first, o, err)
	}
	err := Verify(ctx, second, o)
	if err == nil {
		return nil
	}
	var rot *RotError
	if !errors.As(err, &rot) {
		return err
	}
	if err := second.Delete(ctx, o.Key); err != nil && !errors.Is(err, blob.ErrNotExist) {
		return err
	}
	return rotOr(ctx, first, o, errCopyChanged)
}

// rotOr tells whose fault it was that a copy failed.
func rotOr(ctx context.Context, first blob.Store, o meta.StoredObject, err error) error {
	var rot *RotError
	if sound := Verify(ctx, first, o); errors.As(sound, &rot) {
		return rot
	}
	return err
}

// Repair puts the sound copy of an object back into the first store and reads it
// back. Errors match [ErrNoCopy] if the copy is no better.
func Repair(ctx context.Context, first, second blob.Store, o meta.StoredObject) error {
	replacer, can := blob.As[blob.Replacer](first)
	if !can {
		return errors.New("the first store cannot replace an object")
	}
	if err := Verify(ctx, second, o); err != nil {
		var rot *RotError
		if errors.As(err, &rot) {
			return fmt.Errorf("%w: it is %s", ErrNoCopy, rot.Fault)
		}
		return err
	}
	if err := send(ctx, o.Key, second, replacer.Replace, o.Size); err != nil {
		return err
	}
	return Verify(ctx, first, o)
}

// ErrNoCopy is matched where there is no sound copy to repair from.
var ErrNoCopy = errors.New("there is no sound off-site copy")

// send gives the content of an object to a store's method.
func send(ctx context.Context, key string, from blob.Store, to func(context.Context, string, io.Reader, int64) error, size int64) error {
	content, err := from.Open(ctx, key)
	if err != nil {
		return err
	}
	err = to(ctx, key, blob.NewReader(content), size)
	return errors.Join(err, content.Close())
}

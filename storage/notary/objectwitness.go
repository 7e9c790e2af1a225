package notary

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"parley/storage/blob"
	"parley/storage/chain"
)

// ObjectWitness keeps heads as objects, one each: all nodes of a deployment share
// them, and a bucket with Object Lock holds them against its own keeper.
type ObjectWitness struct{ store blob.Store }

var _ Witness = (*ObjectWitness)(nil)

// NewObjectWitness keeps heads in an object store.
func NewObjectWitness(store blob.Store) *ObjectWitness { return &ObjectWitness{store} }

// Prefix is what the keys of all objects of this package begin with.
const Prefix = "ledger/"

// headPrefix is before the names of all heads; the number that follows sorts.
const headPrefix = Prefix + "heads/"

// Keep implements [Witness].
func (w *ObjectWitness) Keep(ctx context.Context, e chain.Entry) error {
	data, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode head: %w", err)
	}
	key := fmt.Sprintf("%s%020d-%.16s", headPrefix, e.Seq, e.Hash)
	err = w.store.Put(ctx, key, bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, blob.ErrExist) {
		return fmt.Errorf("keep head: %w", err)
	}
	return nil
}

// Kept implements [Witness].
func (w *ObjectWitness) Kept(ctx context.Context) iter.Seq2[chain.Entry, error] {
	return func(yield func(chain.Entry, error) bool) {
		for info, err := range w.store.List(ctx, headPrefix) {
			var e chain.Entry
			if err == nil {
				e, err = w.read(ctx, info.Key)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

func (w *ObjectWitness) read(ctx context.Context, key string) (e chain.Entry, err error) {
	obj, err := w.store.Open(ctx, key)
	if err != nil {
		return e, fmt.Errorf("read a kept head: %w", err)
	}
	defer func() { _ = obj.Close() }() // read only
	data, err := io.ReadAll(io.NewSectionReader(obj, 0, obj.Size()))
	if err == nil {
		err = json.Unmarshal(data, &e)
	}
	if err != nil {
		return e, fmt.Errorf("read the kept head %s: %w", key, err)
	}
	return e, nil
}

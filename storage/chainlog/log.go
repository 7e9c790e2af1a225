package chainlog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"

	"parley/storage/blob"
	"parley/storage/chain"
)

// maxEntry bounds the length of an entry in bytes.
const maxEntry = 1 << 20

// Objects is what a list needs of the object store.
type Objects interface {
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	Open(ctx context.Context, key string) (blob.Object, error)
	List(ctx context.Context, prefix string) iter.Seq2[blob.Info, error]
}

// Log is a list. Its methods may be called concurrently, and several nodes may
// have one in the same object store.
type Log struct {
	objects Objects
	name    string
	prefix  string

	mu   sync.Mutex // guards head, and is held while an entry is put
	head chain.Entry
}

// New returns the list of a name in an object store: its entries are objects
// whose keys begin with the name and a slash, of the chain of that name.
func New(objects Objects, name string) *Log {
	return &Log{objects: objects, name: name, prefix: name + "/"}
}

// Append adds an entry, of which Kind, Subject, At and Body count. It is durable
// when nil is returned. After an error it is open whether it was added: repeat it;
// an entry may be listed twice.
func (l *Log) Append(ctx context.Context, draft chain.Entry) (err error) {
	draft.Chain = l.name
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.head.Seq == 0 {
		if l.head, err = l.last(ctx); err != nil {
			return fmt.Errorf("append to the list of %s: %w", l.name, err)
		}
	}
	for {
		next, ours, err := l.put(ctx, draft)
		if err != nil {
			return fmt.Errorf("append to the list of %s: %w", l.name, err)
		}
		if l.head = next; ours {
			return nil
		}
	}
}

// put puts the draft after the head, and returns what stands there now, and
// whether that is the draft or what another node was first to put.
func (l *Log) put(ctx context.Context, draft chain.Entry) (next chain.Entry, ours bool, err error) {
	if next, err = chain.Link(l.head, draft); err != nil {
		return next, false, err
	}
	content, err := json.Marshal(next)
	if err != nil {
		return next, false, err
	}
	key := l.keyOf(next.Seq)
	err = l.objects.Put(ctx, key, bytes.NewReader(content), int64(len(content)))
	if !errors.Is(err, blob.ErrExist) {
		return next, true, err
	}
	there, err := l.read(ctx, key)
	return there, there.Hash == next.Hash, err
}

// keyOf counts in a form that sorts.
func (l *Log) keyOf(seq uint64) string { return l.prefix + fmt.Sprintf("%012d", seq) }

// last returns the newest entry, the zero Entry if there is none.
func (l *Log) last(ctx context.Context) (chain.Entry, error) {
	key := ""
	for info, err := range l.objects.List(ctx, l.prefix) {
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
	if key != l.keyOf(e.Seq) {
		return e, fmt.Errorf("object %s holds entry %d", key, e.Seq)
	}
	return e, nil
}

// All yields the entries, the oldest first. It ends with an error, a
// [*chain.BrokenError], where an entry was changed or is missing before the last.
func (l *Log) All(ctx context.Context) iter.Seq2[chain.Entry, error] {
	return func(yield func(chain.Entry, error) bool) {
		more := true
		err := chain.Verify(func(check func(chain.Entry, error) bool) {
			for info, err := range l.objects.List(ctx, l.prefix) {
				var e chain.Entry
				if err == nil {
					e, err = l.read(ctx, info.Key)
				}
				if !check(e, err) || err != nil {
					return
				}
				if more = yield(e, nil); !more {
					return
				}
			}
		})
		if err != nil && more {
			yield(chain.Entry{}, fmt.Errorf("read the list of %s: %w", l.name, err))
		}
	}
}

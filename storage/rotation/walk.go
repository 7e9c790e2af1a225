package rotation

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"parley/storage/envelope"
	"parley/storage/meta"
)

// pageSize is how many things are sealed anew in one transaction: few enough
// that a server's own writes wait for milliseconds.
const pageSize = 250

// Store is where sealed things are.
type Store interface {
	SealedAfter(ctx context.Context, after meta.SealedName, limit int) ([]meta.Sealed, error)
	Reseal(ctx context.Context, list []meta.Resealed) (int, error)
}

// walk gives use everything that is sealed to the master key, page by page.
func walk(ctx context.Context, store Store, use func([]meta.Sealed) error) error {
	for after := (meta.SealedName{}); ; {
		page, err := store.SealedAfter(ctx, after, pageSize)
		if err != nil || len(page) == 0 {
			return err
		}
		if err := use(page); err != nil {
			return err
		}
		after = page[len(page)-1].SealedName
	}
}

// each runs do for the numbers below n, several at once.
func each(n int, do func(i int) error) error {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		g.Go(func() error { return do(i) })
	}
	return g.Wait()
}

// Failure is something that could not be opened.
type Failure struct {
	Name meta.SealedName
	Err  error
}

// Failures are all of a run. It is nil for none.
type Failures []Failure

// shown bounds how many failures an error names.
const shown = 10

// Error counts the failures and names the first ones.
func (f Failures) Error() string {
	text := fmt.Sprintf("cannot be opened: %d", len(f))
	for i, one := range f {
		if i == shown {
			return text + "; and more"
		}
		text += fmt.Sprintf("; %s: %v", one.Name, one.Err)
	}
	return text
}

// err is nil if there are none.
func (f Failures) err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// passing tells whether an error ends a run rather than concerning one thing.
func passing(err error) bool {
	return errors.Is(err, envelope.ErrKeyAway) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

package rotation

import (
	"context"
	"fmt"

	"parley/storage/meta"
)

// Master seals anew; *envelope.Master is one.
type Master interface {
	Current(sealed []byte) bool
	Reseal(sealed []byte) ([]byte, error)
	Opens(sealed []byte) error
}

// Progress counts.
type Progress struct {
	// Seen is what was looked at, Resealed what was sealed anew of it.
	Seen, Resealed int
}

// passes bounds how often everything is gone through: again only for what a
// server has sealed meanwhile to the keys that it knew.
const passes = 5

// Run seals everything anew that is not sealed to exactly the keys that master
// seals to now, and returns what the last pass has seen and all passes have done.
// tell, which may be nil, is told of the progress after each page. What cannot be
// opened is left as it is; the error is then [Failures]. Any other error has
// ended the run: repeat it.
func Run(ctx context.Context, store Store, master Master, tell func(Progress)) (Progress, error) {
	var p Progress
	for range passes {
		before := p.Resealed
		p.Seen = 0
		failed, err := pass(ctx, store, master, &p, tell)
		if err != nil {
			return p, fmt.Errorf("change the master key: %w", err)
		}
		if p.Resealed == before || failed != nil {
			return p, failed.err()
		}
	}
	return p, nil
}

// pass goes through everything once.
func pass(ctx context.Context, store Store, master Master, p *Progress, tell func(Progress)) (failed Failures, err error) {
	err = walk(ctx, store, func(page []meta.Sealed) error {
		list, bad, err := resealPage(page, master)
		if err != nil {
			return err
		}
		failed = append(failed, bad...)
		if len(list) > 0 {
			if _, err := store.Reseal(ctx, list); err != nil {
				return err
			}
		}
		p.Seen += len(page)
		p.Resealed += len(list)
		if tell != nil {
			tell(*p)
		}
		return nil
	})
	return failed, err
}

// resealPage seals a page anew, except what need not be and what cannot be.
func resealPage(page []meta.Sealed, master Master) (list []meta.Resealed, failed Failures, err error) {
	again, errs := make([][]byte, len(page)), make([]error, len(page))
	err = each(len(page), func(i int) error {
		if master.Current(page[i].Bytes) {
			return nil
		}
		again[i], errs[i] = master.Reseal(page[i].Bytes)
		if passing(errs[i]) {
			return fmt.Errorf("%s: %w", page[i].SealedName, errs[i])
		}
		return nil
	})
	for i, one := range page {
		switch {
		case errs[i] != nil:
			failed = append(failed, Failure{one.SealedName, errs[i]})
		case again[i] != nil:
			list = append(list, meta.Resealed{Sealed: one, Again: again[i]})
		}
	}
	return list, failed, err
}

// Check opens everything with master and returns how much that was. If something
// does not open, the error is [Failures]; any other error has ended the check.
func Check(ctx context.Context, store Store, master Master) (int, error) {
	n := 0
	var failed Failures
	err := walk(ctx, store, func(page []meta.Sealed) error {
		errs := make([]error, len(page))
		err := each(len(page), func(i int) error {
			errs[i] = master.Opens(page[i].Bytes)
			if passing(errs[i]) {
				return fmt.Errorf("%s: %w", page[i].SealedName, errs[i])
			}
			return nil
		})
		for i, one := range page {
			if errs[i] != nil {
				failed = append(failed, Failure{one.SealedName, errs[i]})
			}
		}
		n += len(page)
		return err
	})
	if err != nil {
		return n, fmt.Errorf("check the master key: %w", err)
	}
	return n, failed.err()
}

package notary

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"parley/storage/chain"
	"parley/storage/meta"
	"parley/storage/signing"
)

// Reader reads chains; a meta.Store is one.
type Reader interface {
	ChainEntries(ctx context.Context, name, subject string, afterSeq uint64, limit int) ([]chain.Entry, error)
}

// Store reads and appends to chains; a meta.Store is one.
type Store interface {
	Reader
	AppendChain(ctx context.Context, name, kind, subject, actor string, body any, at time.Time) (chain.Entry, error)
}

// Witness keeps the entries of heads apart from the store.
type Witness interface {
	// Keep keeps an entry, which is durable when it returns nil. Keeping one
	// again that is kept already is no error.
	Keep(ctx context.Context, e chain.Entry) error
	// Kept returns all entries that are kept, in no particular order.
	Kept(ctx context.Context) iter.Seq2[chain.Entry, error]
}

// Config holds the parts of a notary.
type Config struct {
	Store Store
	Key   *signing.Key
	// Chains are the names of the chains to sign.
	Chains    []string
	Witnesses []Witness
	// Every is after how many entries of this process heads are signed, and
	// Interval after which time at the latest; 0 stands for 100 and 5 minutes.
	Every    int
	Interval time.Duration
	Now      func() time.Time
	Log      zerolog.Logger
}

// Defaults of Config.
const (
	DefaultEvery    = 100
	DefaultInterval = 5 * time.Minute
)

// lastWords bounds the signing at the end of Run.
const lastWords = 5 * time.Second

// Notary signs heads of chains.
type Notary struct {
	cfg     Config
	pending atomic.Int64
	wake    chan struct{}

	// Owned by Run.
	signed map[string]Head
}

// New makes a notary; Run does its work.
func New(cfg Config) *Notary {
	if cfg.Every <= 0 {
		cfg.Every = DefaultEvery
	}
	if cfg.Interval <= 0 {
		cfg.Interval = DefaultInterval
	}
	return &Notary{cfg: cfg, wake: make(chan struct{}, 1), signed: map[string]Head{}}
}

// Appended tells the notary that an entry was appended. It never blocks.
func (n *Notary) Appended() {
	if n.pending.Add(1) < int64(n.cfg.Every) {
		return
	}
	select {
	case n.wake <- struct{}{}:
	default: // a wake-up is pending already
	}
}

// Run signs until ctx ends, and then once more. What goes wrong is logged and
// tried again with the next head: calls do not depend on it.
func (n *Notary) Run(ctx context.Context) error {
	tick := time.NewTicker(n.cfg.Interval)
	defer tick.Stop()
	loaded := false
	for {
		if !loaded {
			loaded = n.note(n.load(ctx), "signed heads not read")
		}
		if loaded {
			n.note(n.sign(ctx), "heads not signed")
		}
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
			defer cancel()
			if loaded {
				n.note(n.sign(last), "heads not signed at the end")
			}
			return nil
		case <-tick.C:
		case <-n.wake:
		}
	}
}

func (n *Notary) note(err error, msg string) bool {
	if err != nil && !errors.Is(err, context.Canceled) {
		n.cfg.Log.Error().Err(err).Msg(msg)
	}
	return err == nil
}

// load finds the newest head of each chain, and has the witnesses keep what a
// crash kept from them.
func (n *Notary) load(ctx context.Context) error {
	keys := n.cfg.Key.Public()
	kept, err := n.kept(ctx)
	if err != nil {
		return err
	}
	for e, err := range All(ctx, n.cfg.Store, Chain) {
		if err != nil {
			return fmt.Errorf("read the heads: %w", err)
		}
		h, err := headOf(e, keys)
		if err != nil {
			continue // by an earlier key, or a fault that Verify names
		}
		n.signed[h.Chain] = h
		for i, w := range n.cfg.Witnesses {
			if kept[i][e.Hash] {
				continue
			}
			if err := w.Keep(ctx, e); err != nil {
				return fmt.Errorf("keep a head: %w", err)
			}
		}
	}
	return nil
}

// kept are the hashes of the entries that each witness has.
func (n *Notary) kept(ctx context.Context) ([]map[string]bool, error) {
	out := make([]map[string]bool, len(n.cfg.Witnesses))
	for i, w := range n.cfg.Witnesses {
		out[i] = map[string]bool{}
		for e, err := range w.Kept(ctx) {
			if err != nil {
				return nil, fmt.Errorf("read a witness: %w", err)
			}
			out[i][e.Hash] = true
		}
	}
	return out, nil
}

// sign signs every chain that has grown.
func (n *Notary) sign(ctx context.Context) error {
	n.pending.Store(0)
	var all error
	for _, name := range n.cfg.Chains {
		if err := n.signOne(ctx, name); err != nil {
			all = errors.Join(all, fmt.Errorf("chain %s: %w", name, err))
		}
	}
	return all
}

// ErrBroken says that a chain no longer continues what was signed of it; it is not
// signed any further.
var ErrBroken = errors.New("notary: the chain is not what was signed before")

func (n *Notary) signOne(ctx context.Context, name string) error {
	last, err := n.tail(ctx, name)
	if err != nil || last.Seq == n.signed[name].Seq {
		return err
	}
	now := n.cfg.Now()
	head := Head{Chain: name, Seq: last.Seq, Hash: last.Hash, At: now.UTC()}
	b, err := head.sign(n.cfg.Key)
	if err != nil {
		return err
	}
	entry, err := n.cfg.Store.AppendChain(ctx, Chain, KindHead, name, n.cfg.Key.ID(), b, now)
	if err != nil {
		return err
	}
	n.signed[name] = head
	for _, w := range n.cfg.Witnesses {
		err = errors.Join(err, w.Keep(ctx, entry))
	}
	return err
}

// tail reads what has come since the last head and returns the newest entry. It
// checks the links on the way: a signature must not make good what is broken.
func (n *Notary) tail(ctx context.Context, name string) (chain.Entry, error) {
	head := n.signed[name]
	last := chain.Entry{Seq: head.Seq, Hash: head.Hash, Chain: name}
	first := head.Seq > 0 // the first entry read is the one that was signed
	for e, err := range after(ctx, n.cfg.Store, name, head.Seq-min(head.Seq, 1)) {
		switch {
		case err != nil:
			return last, err
		case first && (e.Seq != head.Seq || e.Hash != head.Hash),
			!first && !e.Follows(last):
			return last, fmt.Errorf("%w: at entry %d", ErrBroken, e.Seq)
		}
		first, last = false, e
	}
	if first {
		return last, fmt.Errorf("%w: entry %d is gone", ErrBroken, head.Seq)
	}
	return last, nil
}

// All reads a whole chain, page by page.
func All(ctx context.Context, r Reader, name string) iter.Seq2[chain.Entry, error] {
	return after(ctx, r, name, 0)
}

func after(ctx context.Context, r Reader, name string, seq uint64) iter.Seq2[chain.Entry, error] {
	return func(yield func(chain.Entry, error) bool) {
		for {
			page, err := r.ChainEntries(ctx, name, "", seq, meta.MaxLimit)
			if err != nil {
				yield(chain.Entry{}, err)
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
				seq = e.Seq
			}
			if len(page) < meta.MaxLimit {
				return
			}
		}
	}
}

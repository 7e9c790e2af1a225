package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"parley/recorder/journal"
	"parley/storage/blob"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
)

// ErrSealOnly is returned where a journal would have to be opened on a node
// that can only seal.
var ErrSealOnly = errors.New("pipeline: this node can seal but not open")

// Recover finishes every recording that an earlier process left: it starts
// one goroutine a journal and returns how many there are. It must be called
// before the first Begin.
func (p *Pipeline) Recover() (int, error) {
	left, err := filepath.Glob(filepath.Join(p.cfg.Dir, "*."+journalSuffix))
	if err != nil {
		return 0, fmt.Errorf("look for journals: %w", err)
	}
	for _, path := range left {
		p.work.Go(func() { p.recoverOne(path) })
	}
	return len(left), nil
}

func (p *Pipeline) recoverOne(path string) {
	rec := id.RecordingID(strings.TrimSuffix(filepath.Base(path), "."+journalSuffix))
	log := p.cfg.Log.With().Str("recording_id", string(rec)).Logger()
	j := &job{p: p, notes: []string{"the process ended during the call"}}
	p.retry(rec, func() error {
		err := j.reopen(path)
		switch {
		case errors.Is(err, journal.ErrNoHeader):
			log.Error().Msg("a journal without a header holds no audio; removed")
			p.remove(path)
			return nil
		case err != nil:
			return err
		case j.rec.State == meta.StateStored:
			p.remove(path)
			return nil
		}
		return j.complete(nil)
	})
}

// reopen reads the journal's header and the recording's entry.
func (j *job) reopen(path string) error {
	if j.rec.ID != "" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	h, err := journal.ReadHeader(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(j.p.ctx, metaTimeout)
	defer cancel()
	rec, err := j.p.cfg.Meta.Recording(ctx, h.Recording)
	if err != nil {
		return fmt.Errorf("look up %s: %w", h.Recording, err)
	}
	if rec.State != meta.StateStored {
		if err := j.sweep(ctx, h.Recording); err != nil {
			return err
		}
	}
	j.header, j.rec = h, rec
	return nil
}

// sweep removes objects that a broken attempt left in the store.
func (j *job) sweep(ctx context.Context, rec id.RecordingID) error {
	var keys []string
	for info, err := range j.p.cfg.Objects.List(ctx, objectPrefix(rec)) {
		if err != nil {
			return fmt.Errorf("list what is left of %s: %w", rec, err)
		}
		keys = append(keys, info.Key)
	}
	for _, k := range keys {
		if err := j.p.cfg.Objects.Delete(ctx, k); err != nil && !errors.Is(err, blob.ErrNotExist) {
			return fmt.Errorf("remove what is left of %s: %w", rec, err)
		}
	}
	return nil
}

// renderJournal makes the voices from a journal, in one go.
func (p *Pipeline) renderJournal(h journal.Header) (rendered, []journal.Damage, error) {
	ids, err := p.identities(h)
	if err != nil {
		return rendered{}, nil, err
	}
	data, err := os.ReadFile(p.path(h.Recording, journalSuffix))
	if err != nil {
		return rendered{}, nil, fmt.Errorf("read journal: %w", err)
	}
	out, ren, err := p.openRender(h)
	if err != nil {
		return rendered{}, nil, err
	}
	defer out.discard()
	var s spans
	previous := journal.LaneCall
	damage, err := journal.Read(data, h, ids, func(b journal.Batch) error {
		// Each flush writes the lanes in order: a lane that is not higher
		// begins a new flush, and what came before is complete.
		if b.Lane <= previous {
			if err := ren.Advance(time.Duration(s.last) * time.Microsecond); err != nil {
				return err
			}
		}
		previous = b.Lane
		s.add(b.Records)
		return ren.Add(b.Lane, b.Records)
	})
	if err != nil {
		return rendered{}, nil, fmt.Errorf("render journal of %s: %w", h.Recording, err)
	}
	done, err := finishRender(out, ren, s)
	if err != nil {
		return rendered{}, nil, err
	}
	out.kept = true
	return done, damage, nil
}

func (p *Pipeline) identities(h journal.Header) (ids journal.Identities, err error) {
	if p.cfg.Opener == nil {
		return ids, ErrSealOnly
	}
	for lane, part := range partOfLane {
		ids[lane], err = p.cfg.Opener.OpenKey(h.Lanes[lane].Envelope, envelope.Binding{Recording: h.Recording, Part: part})
		if err != nil {
			return ids, fmt.Errorf("open the %s key of %s: %w", part, h.Recording, err)
		}
	}
	return ids, nil
}

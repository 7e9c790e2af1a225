package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"parley/recorder/journal"
	"parley/recorder/manifest"
	"parley/recorder/render"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
)

// ErrSealOnly is returned where a journal would have to be opened on a node
// that can only seal.
var ErrSealOnly = errors.New("pipeline: this node can seal but not open")

const damagedSuffix = ".damaged"

// Recover finishes every recording that an earlier process left: it starts
// one goroutine a journal and returns how many there are. Recordings whose
// journal is gone are marked as damaged; those that were taken up by Reopen are left
// alone. It must be called before the first Begin.
func (p *Pipeline) Recover() (int, error) {
	left, err := filepath.Glob(filepath.Join(p.cfg.Dir, "*."+journalSuffix))
	if err != nil {
		return 0, fmt.Errorf("look for journals: %w", err)
	}
	if err := p.markLost(); err != nil {
		return 0, err
	}
	left = slices.DeleteFunc(left, p.isReopened)
	for _, path := range left {
		p.work.Go(func() { p.recoverOne(path) })
	}
	return len(left), nil
}

// markLost ends recordings of which no journal is left. The journal goes only
// after the recording was stored, so this is no ordinary end.
func (p *Pipeline) markLost() error {
	ctx, cancel := context.WithTimeout(p.ctx, metaTimeout)
	defer cancel()
	unfinished, err := p.cfg.Meta.UnfinishedRecordings(ctx)
	if err != nil {
		return fmt.Errorf("look for unfinished recordings: %w", err)
	}
	for _, rec := range unfinished {
		if _, err := os.Stat(p.path(rec.ID, journalSuffix)); !errors.Is(err, os.ErrNotExist) {
			continue
		}
		if p.cfg.Shared {
			p.cfg.Log.Warn().Str("recording_id", string(rec.ID)).Msg("an unfinished recording has no journal here: another node may have it")
			continue
		}
		p.cfg.Log.Error().Str("recording_id", string(rec.ID)).Msg("the journal of a recording is gone")
		if err := p.markDamaged(ctx, rec, "the journal is gone"); err != nil {
			return err
		}
	}
	return nil
}

func (p *Pipeline) markDamaged(ctx context.Context, rec meta.Recording, why string) error {
	report, err := json.Marshal(manifest.Report{Notes: []string{why}})
	if err != nil {
		return fmt.Errorf("encode report of %s: %w", rec.ID, err)
	}
	rec.State, rec.Report = meta.StateDamaged, string(report)
	if err := p.cfg.Meta.UpdateRecording(ctx, rec); err != nil {
		return fmt.Errorf("mark %s as damaged: %w", rec.ID, err)
	}
	if p.cfg.OnDamaged != nil {
		p.cfg.OnDamaged(rec)
	}
	return nil
}

func (p *Pipeline) recoverOne(path string) {
	rec := id.RecordingID(strings.TrimSuffix(filepath.Base(path), "."+journalSuffix))
	j := &job{p: p}
	p.retry(rec, func() error {
		if err := j.reopen(rec, path); err != nil {
			return err
		}
		erased, err := p.wasErased(p.ctx, j.rec)
		if err != nil {
			return err
		}
		switch {
		case erased && !p.toErase(rec):
			return p.giveUpErased(j.rec)
		case j.rec.State != meta.StateStored && j.rec.State != meta.StateErased && p.toErase(rec):
			// It comes first: an erasure that was cut off has its final state already.
			return p.eraseRecording(j.rec)
		case j.rec.State == meta.StateDamaged:
			return nil // what is left of it is for a person to judge
		case j.rec.State == meta.StateStored:
			p.tidy(rec)
			return nil
		case j.rec.State.Finished():
			p.clear(rec)
			return nil
		}
		return j.complete(nil)
	})
}

// reopen reads the recording's entry and the journal's header. A recording
// that cannot be completed is finished when it returns.
func (j *job) reopen(rec id.RecordingID, path string) error {
	if j.rec.ID != "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(j.p.ctx, metaTimeout)
	defer cancel()
	entry, err := j.p.cfg.Meta.Recording(ctx, rec)
	if err != nil {
		return fmt.Errorf("look up %s: %w", rec, err)
	}
	if !entry.State.Finished() {
		if j.header, err = readHeader(path); err != nil {
			entry, err = j.p.giveUp(ctx, entry, path, err)
		}
	}
	if err != nil {
		return err
	}
	j.rec = entry
	return nil
}

func readHeader(path string) (journal.Header, error) {
	f, err := os.Open(path)
	if err != nil {
		return journal.Header{}, err
	}
	h, err := journal.ReadHeader(f)
	return h, errors.Join(err, f.Close())
}

// giveUp ends a recording whose journal's header cannot be read. Without a
// header nothing was captured; one that is damaged may stand before audio,
// which is kept aside.
func (p *Pipeline) giveUp(ctx context.Context, rec meta.Recording, path string, cause error) (meta.Recording, error) {
	log := p.cfg.Log.With().Str("recording_id", string(rec.ID)).Logger()
	switch {
	case errors.Is(cause, journal.ErrNoHeader):
		rec.State = meta.StateDiscarded
		log.Warn().Msg("a journal without a header holds no audio; discarded")
		return rec, p.cfg.Meta.UpdateRecording(ctx, rec)
	case errors.Is(cause, journal.ErrDamagedHeader):
		if err := os.Rename(path, path+damagedSuffix); err != nil {
			return rec, fmt.Errorf("set the journal of %s aside: %w", rec.ID, err)
		}
		log.Error().Err(cause).Msg("a journal's header is damaged; the journal is set aside")
		err := p.markDamaged(ctx, rec, cause.Error())
		rec.State = meta.StateDamaged
		return rec, err
	}
	return rec, cause
}

// renderJournal makes the voices from a journal, in one go, and again another
// way when one shows that it has to be.
func (p *Pipeline) renderJournal(h journal.Header, how plan) (rendered, []journal.Damage, error) {
	ids, err := p.identities(h)
	if err != nil {
		return rendered{}, nil, err
	}
	for {
		done, damage, err := p.renderOnce(h, ids, how)
		instead, again := how.instead(err)
		if !again {
			return done, damage, err
		}
		how = instead
	}
}

func (p *Pipeline) renderOnce(h journal.Header, ids journal.Identities, how plan) (rendered, []journal.Damage, error) {
	out, ren, err := p.openRender(h, how)
	if err != nil {
		return rendered{}, nil, err
	}
	defer out.discard()
	var s spans
	damage, err := p.replay(h, ids, ren, &s, math.MaxUint64)
	if err != nil {
		return rendered{}, nil, fmt.Errorf("render journal of %s: %w", h.Recording, err)
	}
	done, err := finishRender(out, ren, s, how)
	if err != nil {
		return rendered{}, nil, err
	}
	out.kept = true
	return done, damage, nil
}

// replay gives a renderer what a journal holds, up to and with a batch.
func (p *Pipeline) replay(h journal.Header, ids journal.Identities, ren *render.Renderer, s *spans, last uint64) ([]journal.Damage, error) {
	data, err := os.ReadFile(p.path(h.Recording, journalSuffix))
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	previous := journal.LaneCall
	return journal.Read(data, h, ids, func(b journal.Batch) error {
		if b.Number > last {
			return nil
		}
		// Each flush writes the lanes in order: a lane that is not higher
		// begins a new flush, and what came before is complete.
		if b.Lane <= previous {
			if err := ren.Advance(time.Duration(s.last) * time.Microsecond); err != nil {
				return err
			}
		}
		previous = b.Lane
		s.add(b.Lane, b.Records)
		return ren.Add(b.Lane, b.Records)
	})
}

func (p *Pipeline) identities(h journal.Header) (ids journal.Identities, err error) {
	if p.cfg.Opener == nil {
		return ids, ErrSealOnly
	}
	for lane, part := range partOfLane {
		ids[lane], err = p.openKey(h.Lanes[lane].Envelope, envelope.Binding{Recording: h.Recording, Part: part})
		if err != nil {
			return ids, fmt.Errorf("open the %s key of %s: %w", part, h.Recording, err)
		}
	}
	return ids, nil
}

// openKey opens the envelope of a journal. If the master key was changed since,
// metadata has the one that was sealed anew.
func (p *Pipeline) openKey(sealed []byte, b envelope.Binding) (*envelope.Identity, error) {
	identity, err := p.cfg.Opener.OpenKey(sealed, b)
	if !errors.Is(err, envelope.ErrNoMatchingKey) {
		return identity, err
	}
	ctx, cancel := context.WithTimeout(p.ctx, metaTimeout)
	defer cancel()
	again, metaErr := p.cfg.Meta.Envelope(ctx, b.Recording, b.Part)
	if metaErr != nil {
		return nil, errors.Join(err, metaErr)
	}
	return p.cfg.Opener.OpenKey(again, b)
}

package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"parley/recorder/manifest"
	"parley/storage/id"
	"parley/storage/meta"
)

// tidyEvery is how long what another node has erased may lie in this one's folder.
const tidyEvery = time.Minute

// Tidy removes, until ctx ends, what is in the folder of recordings that were
// erased meanwhile: another node may have carried the erasure out. It returns nil.
func (p *Pipeline) Tidy(ctx context.Context) error {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		if err := p.RemoveErased(ctx); err != nil && ctx.Err() == nil {
			p.cfg.Log.Error().Err(err).Msg("local copies of what was erased are not all removed yet")
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// RemoveErased removes what is in the folder of voices whose keys were destroyed.
// It goes on after a fault and returns all of them.
func (p *Pipeline) RemoveErased(ctx context.Context) error {
	held, err := p.inFolder()
	if err != nil {
		return err
	}
	var faults []error
	for _, rec := range held {
		entry, err := p.cfg.Meta.Recording(ctx, rec)
		if err == nil && entry.Erased != [2]bool{} && entry.State.Finished() {
			err = p.removeErased(ctx, entry)
		}
		if err != nil && !errors.Is(err, meta.ErrNotExist) { // it is newer than a database that was put back
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// inFolder are the recordings of which something is in the folder.
func (p *Pipeline) inFolder() (list []id.RecordingID, err error) {
	files, err := os.ReadDir(p.cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("look at the recordings folder: %w", err)
	}
	for _, f := range files {
		name, _, _ := strings.Cut(f.Name(), ".")
		if rec, err := id.ParseRecording(name); err == nil && !slices.Contains(list, rec) {
			list = append(list, rec)
		}
	}
	return list, nil
}

func (p *Pipeline) removeErased(ctx context.Context, entry meta.Recording) error {
	for leg, part := range partOfLeg {
		if !entry.Erased[leg] {
			continue
		}
		if err := p.RemoveLocal(ctx, entry.ID, part); err != nil {
			return err
		}
	}
	p.cfg.Log.Info().Str("recording_id", string(entry.ID)).Msg("local copies removed: the recording was erased elsewhere")
	return nil
}

// wasErased tells whether a voice of a recording was erased, by metadata or by the
// list that outlives it: a database that was put back may not know.
func (p *Pipeline) wasErased(ctx context.Context, entry meta.Recording) (bool, error) {
	if entry.Erased != [2]bool{} || p.cfg.Erased == nil {
		return entry.Erased != [2]bool{}, nil
	}
	return p.cfg.Erased(ctx, entry.ID)
}

// giveUpErased ends a recording that an earlier process left and of which a voice
// was erased since: its journal has the keys of both voices, so nothing of it may
// be made. It may be repeated.
func (p *Pipeline) giveUpErased(entry meta.Recording) error {
	ctx, cancel := context.WithTimeout(p.ctx, metaTimeout)
	defer cancel()
	if !entry.State.Finished() {
		report, err := json.Marshal(manifest.Report{Notes: []string{"a voice of it was erased before it could be finished"}})
		if err != nil {
			return fmt.Errorf("encode report of %s: %w", entry.ID, err)
		}
		entry.State, entry.Report = meta.StateDiscarded, string(report)
		if err := p.cfg.Meta.UpdateRecording(ctx, entry); err != nil {
			return fmt.Errorf("discard %s: %w", entry.ID, err)
		}
	}
	for _, part := range partOfLeg {
		if err := p.RemoveLocal(ctx, entry.ID, part); err != nil {
			return err
		}
	}
	p.cfg.Log.Warn().Str("recording_id", string(entry.ID)).Msg("a recording that was left is erased, not finished: it was erased elsewhere")
	return nil
}

package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"parley/recorder/manifest"
	"parley/storage/id"
	"parley/storage/meta"
)

// eraseSuffix marks a recording that is erased when its call is over, unless
// somebody says before that it is to be kept. It is a file so that a process
// that is killed in between leaves nothing undecided.
const eraseSuffix = "erase"

// EraseUnlessKept lets the recording be erased in place of being finished. It is
// durable when it returns without an error; with one it holds as long as this
// process lives.
func (r *Recording) EraseUnlessKept() error {
	r.erase.Store(true)
	f, err := os.OpenFile(r.p.path(r.rec.ID, eraseSuffix), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("mark %s to be erased: %w", r.rec.ID, err)
	}
	return errors.Join(f.Sync(), f.Close(), syncFolder(r.p.cfg.Dir))
}

// Keep takes EraseUnlessKept back.
func (r *Recording) Keep() error {
	err := os.Remove(r.p.path(r.rec.ID, eraseSuffix))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("keep %s: %w", r.rec.ID, err)
	}
	r.erase.Store(false)
	return syncFolder(r.p.cfg.Dir)
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// toErase tells whether a recording that an earlier process left is to be
// erased.
func (p *Pipeline) toErase(rec id.RecordingID) bool {
	_, err := os.Stat(p.path(rec, eraseSuffix))
	return err == nil
}

// eraseRecording gives a recording up and erases it for ever. It may be repeated.
// While a legal hold stands it fails, and the local copies stay.
func (p *Pipeline) eraseRecording(rec meta.Recording) error {
	ctx, cancel := context.WithTimeout(p.ctx, metaTimeout)
	defer cancel()
	report, err := json.Marshal(manifest.Report{Notes: []string{"erased: somebody took their consent back"}})
	if err != nil {
		return fmt.Errorf("encode report of %s: %w", rec.ID, err)
	}
	now, err := p.cfg.Meta.Recording(ctx, rec.ID)
	if err != nil {
		return err
	}
	if !now.State.Finished() {
		rec.State, rec.Report = meta.StateDiscarded, string(report)
		if err := p.cfg.Meta.UpdateRecording(ctx, rec); err != nil {
			return fmt.Errorf("discard %s: %w", rec.ID, err)
		}
	}
	if err := p.cfg.Erase(ctx, rec.ID); err != nil {
		return fmt.Errorf("erase %s: %w", rec.ID, err)
	}
	p.clear(rec.ID)
	p.cfg.Log.Info().Str("recording_id", string(rec.ID)).Msg("recording erased: consent was taken back")
	return nil
}

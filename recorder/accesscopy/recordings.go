package accesscopy

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"parley/recorder/coverage"
	"parley/recorder/export"
	"parley/recorder/playback"
	"parley/storage/audit"
	"parley/storage/id"
	"parley/storage/meta"
)

// Notes on recordings without sound.
const (
	noteErased     = "Your voice was erased. Nothing of it is left."
	noteUnfinished = "It is not finished yet, or could not be saved."
	noteUncovered  = "The record of consent does not cover it, so nobody can hear it."
	noteUnreadable = "It could not be read to its end. Ask the people who run the service."
)

// recordings writes what is kept of each recording of the person's.
func (b *Builder) recordings(ctx context.Context, a *archive, s Subject, c *Contents, allow Allow) error {
	for before := id.RecordingID(""); ; {
		page, err := b.Store.Recordings(ctx, meta.RecordingFilter{Participant: s.Person, Before: before, Limit: meta.MaxLimit})
		if err != nil {
			return err
		}
		for _, rec := range page {
			if before = rec.ID; !s.spoke(rec.MemberID, rec.ExpertID) {
				continue
			}
			row, err := b.recording(ctx, a, s, rec, allow)
			if err != nil {
				return fmt.Errorf("copy recording %s: %w", rec.ID, err)
			}
			c.Recordings = append(c.Recordings, row)
		}
		if len(page) < meta.MaxLimit {
			slices.Reverse(c.Recordings)
			return nil
		}
	}
}

func (b *Builder) recording(ctx context.Context, a *archive, s Subject, rec meta.Recording, allow Allow) (Recording, error) {
	row := Recording{
		ID: rec.ID, Call: rec.CallID, With: [2]string{rec.ExpertName, rec.MemberName}[s.leg()], StartedAt: rec.StartedAt,
		LengthMs: rec.LengthMs, State: rec.State, Keep: rec.Keep, SetAsideAt: rec.TrashedAt, Erased: rec.Erased[s.leg()],
	}
	var err error
	if row.Accesses, err = audit.Accesses(ctx, b.Store, rec.ID, s.Person); err != nil {
		return row, err
	}
	if err := b.erasures(ctx, a, s, &row); err != nil {
		return row, err
	}
	return row, b.sound(ctx, a, s, &row, allow)
}

// erasures writes what became of wishes to erase the person's voice, or all.
func (b *Builder) erasures(ctx context.Context, a *archive, s Subject, row *Recording) error {
	row.Erasures = []Erasure{}
	all, err := b.Store.Erasures(ctx, meta.ErasureFilter{Recording: row.ID, Limit: meta.MaxLimit})
	for _, e := range all {
		if e.Part != s.Role && e.Part != id.PartCall {
			continue
		}
		one := Erasure{Part: e.Part, Basis: e.Basis, State: e.State, RequestedAt: e.RequestedAt, DoneAt: e.DoneAt}
		if e.Certificate != "" {
			one.Certificate = fmt.Sprintf("recordings/%s/erasure-%s.jws", row.ID, e.ID)
			if err := a.file(one.Certificate, []byte(e.Certificate)); err != nil {
				return err
			}
		}
		row.Erasures = append(row.Erasures, one)
	}
	return err
}

// sound writes the person's voice, or both, or says why not.
func (b *Builder) sound(ctx context.Context, a *archive, s Subject, row *Recording, allow Allow) error {
	switch {
	case row.Erased || row.State == meta.StateErased:
		row.Note = noteErased
		return nil
	case row.State != meta.StateStored:
		row.Note = noteUnfinished
		return nil
	}
	if err := allow(ctx, row.ID); err != nil {
		return err
	}
	r, err := b.Library.Open(ctx, row.ID)
	if err != nil {
		row.Note = noteOn(err)
		return ctx.Err()
	}
	if err := b.copySound(a, s, row, r); err != nil {
		row.Note = noteUnreadable // the rest of the copy is made all the same
	}
	return errors.Join(a.out.err, ctx.Err(), r.Close())
}

// noteOn says why a recording did not open.
func noteOn(err error) string {
	var uncovered *coverage.UncoveredError
	switch {
	case errors.As(err, &uncovered):
		return noteUncovered
	case errors.Is(err, playback.ErrErased):
		return noteErased
	case errors.Is(err, playback.ErrNotStored):
		return noteUnfinished
	}
	return noteUnreadable
}

func (b *Builder) copySound(a *archive, s Subject, row *Recording, r *playback.Recording) error {
	name := "own-voice"
	if row.Whole = b.Whole; row.Whole {
		name = "both-voices"
	}
	row.File = fmt.Sprintf("recordings/%s/%s.opus", row.ID, name)
	w, err := a.create(row.File, zip.Store)
	if err != nil {
		return err
	}
	if row.Whole {
		_, err = io.Copy(w, io.NewSectionReader(r, 0, r.Size()))
		return err
	}
	source, err := r.Source()
	if err != nil {
		return err
	}
	return source.WriteVoice(w, [2]export.Voice{export.Member, export.Expert}[s.leg()], []string{"PARLEY_RECORDING=" + string(row.ID)})
}

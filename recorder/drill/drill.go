package drill

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"

	"parley/recorder/export"
	"parley/recorder/manifest"
	"parley/recorder/playback"
	"parley/storage/blob"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/offsite"
)

// Metadata is what a drill reads.
type Metadata interface {
	playback.Metadata
	Recordings(ctx context.Context, filter meta.RecordingFilter) ([]meta.Recording, error)
	HasCopy(ctx context.Context, key string) (bool, error)
}

// Drill restores recordings.
type Drill struct {
	Meta Metadata
	// Second is the off-site store, Folder an empty one that objects are restored
	// to.
	Second, Folder blob.Store
	Opener         playback.Opener
	Proof          playback.Proof
}

// Choose returns up to n stored recordings whose objects all have copies, at random.
func (d *Drill) Choose(ctx context.Context, n int) ([]id.RecordingID, error) {
	var chosen []id.RecordingID
	seen := 0
	filter := meta.RecordingFilter{State: meta.StateStored, Limit: meta.MaxLimit}
	for {
		page, err := d.Meta.Recordings(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, r := range page {
			filter.Before = r.ID
			ready, err := d.copied(ctx, r.ID)
			if err != nil {
				return nil, err
			}
			if !ready {
				continue
			}
			// Each of those seen has the same chance to be among the chosen
			// (Vitter 1985, algorithm R).
			if seen++; len(chosen) < n {
				chosen = append(chosen, r.ID)
			} else if k := rand.N(seen); k < n {
				chosen[k] = r.ID
			}
		}
		if len(page) < meta.MaxLimit {
			return chosen, nil
		}
	}
}

// living are the objects of a recording that somebody could open.
func (d *Drill) living(ctx context.Context, r id.RecordingID) ([]meta.StoredObject, error) {
	all, err := d.Meta.Objects(ctx, r)
	if err != nil {
		return nil, err
	}
	var living []meta.StoredObject
	for _, o := range all {
		_, err := d.Meta.Envelope(ctx, r, o.Part)
		if errors.Is(err, meta.ErrNotExist) {
			continue // erased
		}
		if err != nil {
			return nil, err
		}
		living = append(living, o)
	}
	return living, nil
}

func (d *Drill) copied(ctx context.Context, r id.RecordingID) (bool, error) {
	living, err := d.living(ctx, r)
	for _, o := range living {
		has, err := d.Meta.HasCopy(ctx, o.Key)
		if err != nil || !has {
			return false, err
		}
	}
	return len(living) > 0, err
}

// ErrDiffers is matched when what was restored is not what the manifest says.
var ErrDiffers = errors.New("what was restored differs from the manifest")

// Restore restores one recording and takes it apart. The error says what is wrong
// with it.
func (d *Drill) Restore(ctx context.Context, r id.RecordingID) error {
	living, err := d.living(ctx, r)
	if err != nil {
		return err
	}
	sums := map[string]bool{}
	for _, o := range living {
		if err := offsite.Copy(ctx, d.Second, d.Folder, o); err != nil {
			return fmt.Errorf("restore object %s: %w", o.Key, err)
		}
		sums[o.SHA256] = true
	}
	library := playback.Library{Meta: d.Meta, Objects: d.Folder, Opener: d.Opener, Proof: d.Proof}
	rec, err := library.Open(ctx, r)
	if err != nil {
		return err
	}
	return errors.Join(compare(rec, sums), d.remove(ctx, living), rec.Close())
}

// compare holds a recording against its own manifest.
func compare(rec *playback.Recording, sums map[string]bool) error {
	for leg, v := range rec.Manifest.Voices {
		if !rec.Erased[leg] && !(sums[v.SHA256] && (v.Peaks.SHA256 == "" || sums[v.Peaks.SHA256])) {
			return fmt.Errorf("%w: the %s has another hash", ErrDiffers, v.Leg)
		}
	}
	source, err := rec.Source()
	if err != nil {
		return err
	}
	wav, err := export.NewWAVReader(source, export.Mono)
	if err != nil {
		return err
	}
	decoded, err := wav.WriteTo(io.Discard)
	if err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	return compareLength(rec.Manifest, source.TotalSamples(), decoded == wav.Size())
}

// compareLength allows for the rounding to a tenth of a millisecond.
func compareLength(m manifest.Manifest, samples int64, whole bool) error {
	if ms := float64(samples) / 48; !whole || math.Abs(ms-m.LengthMs) > 0.1 {
		return fmt.Errorf("%w: it has %.1f ms of sound, want %.1f", ErrDiffers, ms, m.LengthMs)
	}
	return nil
}

// remove leaves no room taken.
func (d *Drill) remove(ctx context.Context, objects []meta.StoredObject) error {
	for _, o := range objects {
		if err := d.Folder.Delete(ctx, o.Key); err != nil && !errors.Is(err, blob.ErrNotExist) {
			return err
		}
	}
	return nil
}

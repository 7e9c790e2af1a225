package playback

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"parley/recorder/waveform"
	"parley/storage/id"
)

// ErrNoPeaks is returned for a recording that was made without a waveform.
var ErrNoPeaks = errors.New("playback: the recording has no waveform")

// Peaks is the waveform of a stored recording, member first, and when each
// spoke. A voice that was erased is drawn as silence. The error is ErrNotStored,
// ErrErased, ErrNoPeaks, meta.ErrNotExist or what went wrong.
func (l *Library) Peaks(ctx context.Context, rec id.RecordingID) (waveform.Drawing, error) {
	r := &Recording{}
	both, err := l.peaks(ctx, r, rec)
	return both, errors.Join(err, r.Close())
}

func (l *Library) peaks(ctx context.Context, r *Recording, rec id.RecordingID) (waveform.Drawing, error) {
	objects, err := l.lookUp(ctx, r, rec)
	if err != nil {
		return waveform.Drawing{}, err
	}
	var voices [len(parts)]waveform.Drawing
	for leg, part := range parts {
		want := r.Manifest.Voices[leg].Peaks
		if want.SHA256 == "" {
			return waveform.Drawing{}, fmt.Errorf("%w: %s", ErrNoPeaks, rec)
		}
		if r.Erased[leg] {
			voices[leg] = waveform.Blank(waveform.DefaultSamplesPerPixel, r.Manifest.Layout.TotalSamples)
			continue
		}
		sealed, size, err := l.openPart(ctx, r, rec, part, want, objects)
		if err != nil {
			return waveform.Drawing{}, err
		}
		data, err := io.ReadAll(io.NewSectionReader(sealed, 0, size))
		if err != nil {
			return waveform.Drawing{}, fmt.Errorf("read the %s peaks of %s: %w", part, rec, err)
		}
		if err := json.Unmarshal(data, &voices[leg]); err != nil {
			return waveform.Drawing{}, fmt.Errorf("the %s peaks of %s: %w", part, rec, err)
		}
	}
	return waveform.JoinDrawings(voices[:]...)
}

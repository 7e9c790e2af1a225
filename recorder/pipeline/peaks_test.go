package pipeline

import (
	"bytes"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"

	"parley/media/audiolevel"
	"parley/recorder/playback"
	"parley/recorder/waveform"
	"parley/storage/blob"
	"parley/storage/id"
	"parley/storage/meta"
)

// peaks are a stored recording's.
func (h *house) peaks(rec id.RecordingID) waveform.Drawing {
	h.t.Helper()
	lib := playback.Library{Meta: h.meta, Objects: h.objects, Opener: h.master}
	d, err := lib.Peaks(h.t.Context(), rec)
	if err != nil {
		h.t.Fatalf("peaks of %s: %v", rec, err)
	}
	return d
}

// speakWithLevels is speak for packets that state a level, -20 dBov for the
// member from 1 to 2 s, for the expert from 3 to 4 s, and else silence.
func (p *process) speakWithLevels(r *Recording, begun time.Time, length time.Duration) {
	for i := range int(length / (20 * time.Millisecond)) {
		at := time.Duration(i) * 20 * time.Millisecond
		p.clock.set(begun.Add(at))
		for leg := range 2 {
			h := &rtp.Header{SequenceNumber: uint16(i), Timestamp: uint32(i * 960), SSRC: uint32(leg + 1)}
			level := byte(127)
			if int(at/time.Second) == 1+2*leg {
				level = 20
			}
			if err := h.SetExtension(audiolevel.Extension, []byte{level}); err != nil {
				p.t.Fatal(err)
			}
			packets := phrases().packets[leg]
			r.Packet(leg, begun.Add(at), h, packets[i%len(packets)])
		}
	}
	p.clock.set(begun.Add(length))
}

// loudness is the mean height of a voice's peaks from one second to another.
func loudness(d waveform.Drawing, voice int, from, to float64) float64 {
	w, sum := d.Waveform, 0.0
	first, last := int(from*50), int(to*50)
	for i := first; i < last; i++ {
		sum += float64(w.Data[2*(i*w.Channels+voice)+1])
	}
	return sum / float64(last-first)
}

// TestPeaksShowWhoSpoke: the waveform follows the levels that are sent along,
// each voice at its time, by the render that follows and by one of the journal.
func TestPeaksShowWhoSpoke(t *testing.T) {
	for _, how := range []string{"followed", "from the journal"} {
		t.Run(how, func(t *testing.T) {
			p := newHouse(t).start()
			begun := p.clock.now()
			r := p.begin()
			p.speakWithLevels(r, begun, talkTime)
			r.behind.Store(how != "followed")
			r.Finish()
			p.stored()
			d := p.peaks(r.ID())
			if w := d.Waveform; w.Channels != 2 || w.Length() != 300 {
				t.Fatalf("got %d channels of %d pixels, want 2 of 300", w.Channels, w.Length())
			}
			for voice := range 2 {
				from := float64(1 + 2*voice)
				if loud, quiet := loudness(d, voice, from, from+1), loudness(d, voice, from+1.04, 6); loud < 30 || quiet != 0 {
					t.Errorf("voice %d: got peaks of %.0f while it spoke, %.0f after; want some, none", voice, loud, quiet)
				}
				if s := d.Speech[voice]; len(s) != 1 || math.Abs(float64(s[0].StartMs)-from*1000) > 40 || math.Abs(float64(s[0].EndMs)-from*1000-1000) > 40 {
					t.Errorf("voice %d: got speech %v, want one second from %v s", voice, s, from)
				}
			}
		})
	}
}

// TestPeaksWithoutLevels are drawn by decoding.
func TestPeaksWithoutLevels(t *testing.T) {
	p := newHouse(t).start()
	r := p.wholeCall()
	p.stored()
	d := p.peaks(r.ID())
	for voice := range 2 {
		if got := loudness(d, voice, 0, 6); got < 3 || len(d.Speech[voice]) == 0 {
			t.Errorf("voice %d: got mean peaks of %.1f, speech %v; want a voice", voice, got, d.Speech[voice])
		}
	}
}

// TestErasedVoiceTakesItsPeaks destroys one voice's key: its waveform cannot be
// read any more, the other one's can.
func TestErasedVoiceTakesItsPeaks(t *testing.T) {
	p := newHouse(t).start()
	r := p.wholeCall()
	p.stored()
	before := p.peaks(r.ID())
	if err := p.meta.DestroyEnvelope(t.Context(), r.ID(), id.PartMember, p.clock.now()); err != nil {
		t.Fatal(err)
	}
	after := p.peaks(r.ID())
	if got := loudness(after, 0, 0, 6); got != 0 || len(after.Speech[0]) != 0 {
		t.Errorf("the erased voice: got mean peaks of %.1f, speech %v; want nothing", got, after.Speech[0])
	}
	if got, want := loudness(after, 1, 0, 6), loudness(before, 1, 0, 6); got != want || got == 0 {
		t.Errorf("the other voice: got mean peaks of %.1f, want %.1f as before", got, want)
	}
}

// TestPeaksInEachOthersPlace are refused, and the error names whose they should be:
// those of the other voice, of another recording, or the same voice's sound.
func TestPeaksInEachOthersPlace(t *testing.T) {
	p := newHouse(t).start()
	r := p.wholeCall()
	p.stored()
	other := p.wholeCall()
	p.stored()
	lib := playback.Library{Meta: p.meta, Objects: p.objects, Opener: p.master}
	m := p.open(r.ID()).Manifest
	replacer, ok := p.objects.(blob.Replacer)
	if !ok {
		t.Fatal("the store replaces nothing")
	}
	mine := p.sealed(r.ID(), m.Voices[0].Peaks.SHA256)
	original := p.content(mine.Key)
	for name, sum := range map[string][2]string{
		"of the other voice":        {string(r.ID()), m.Voices[1].Peaks.SHA256},
		"of the same voice's sound": {string(r.ID()), m.Voices[0].SHA256},
		"of another recording":      {string(other.ID()), p.open(other.ID()).Manifest.Voices[0].Peaks.SHA256},
	} {
		instead := p.content(p.sealed(id.RecordingID(sum[0]), sum[1]).Key)
		if err := replacer.Replace(t.Context(), mine.Key, bytes.NewReader(instead), int64(len(instead))); err != nil {
			t.Fatal(err)
		}
		if _, err := lib.Peaks(t.Context(), r.ID()); err == nil || !strings.Contains(err.Error(), id.PartMember+" of "+string(r.ID())) {
			t.Errorf("peaks %s: got %v, want them refused and named", name, err)
		}
	}
	if err := replacer.Replace(t.Context(), mine.Key, bytes.NewReader(original), int64(len(original))); err != nil {
		t.Fatal(err)
	}
	p.peaks(r.ID())
}

// sealed is where the object with a hash is.
func (h *house) sealed(rec id.RecordingID, sum string) meta.StoredObject {
	h.t.Helper()
	all, err := h.meta.Objects(h.t.Context(), rec)
	if err != nil {
		h.t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(o meta.StoredObject) bool { return o.SHA256 == sum })
	if i < 0 {
		h.t.Fatalf("no object of %s has the hash %s", rec, sum)
	}
	return all[i]
}

func (h *house) content(key string) []byte {
	h.t.Helper()
	o, err := h.objects.Open(h.t.Context(), key)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = o.Close() }() // read only
	data, err := io.ReadAll(io.NewSectionReader(o, 0, o.Size()))
	if err != nil {
		h.t.Fatal(err)
	}
	return data
}

package pipeline

import (
	"fmt"
	"math"
	"slices"
	"time"

	"parley/recorder/capture"
)

// stretch is a part of the recording, in µs since time 0.
type stretch struct{ from, to int64 }

// leastSilence is the length in µs from which a report names a silence: all of
// which the people of the call were told.
const leastSilence = int64(capture.AlarmAfter / time.Microsecond)

// hearing follows when the packets of one leg came. Its zero value has heard
// nothing since time 0, and expects to.
type hearing struct {
	last    int64 // arrival of the newest packet, in µs since time 0
	gaps    []stretch
	excused int // reasons for the leg to be silent: muted, on hold
}

func (h *hearing) add(at int64) {
	if at-h.last >= leastSilence && h.excused == 0 {
		h.gaps = append(h.gaps, stretch{h.last, at})
	}
	h.last = max(h.last, at)
}

// excuse notes that the leg need not be heard from an instant on, or has to be
// again.
func (h *hearing) excuse(at int64, begins bool) {
	h.add(at)
	if begins {
		h.excused++
	} else {
		h.excused = max(0, h.excused-1)
	}
}

// silences are the stretches of open gate in which nothing came for long.
func (h hearing) silences(spans []journalSpan) (out []stretch) {
	gaps := slices.Clone(h.gaps)
	if h.excused == 0 {
		gaps = append(gaps, stretch{h.last, math.MaxInt64})
	}
	for _, s := range spans {
		for _, g := range gaps {
			from, to := max(g.from, s.open), min(g.to, s.close)
			if to-from >= leastSilence {
				out = append(out, stretch{from, to})
			}
		}
	}
	return out
}

// without is what is left of stretches, as far as a report names it, outside of
// others; both are in order.
func without(list, others []stretch) (out []stretch) {
	keep := func(from, to int64) {
		if to-from >= leastSilence {
			out = append(out, stretch{from, to})
		}
	}
	for _, s := range list {
		for _, o := range others {
			if o.to <= s.from || o.from >= s.to {
				continue
			}
			keep(s.from, o.from)
			s.from = o.to
		}
		keep(s.from, s.to)
	}
	return out
}

// maxSilenceNotes bounds the notes on one voice.
const maxSilenceNotes = 20

// silenceNotes tell of a voice's silences; what is "no audio of the expert" or
// the like.
func silenceNotes(what string, list []stretch) (notes []string) {
	for i, s := range list {
		if i == maxSilenceNotes {
			return append(notes, fmt.Sprintf("%s %d times more", what, len(list)-i))
		}
		notes = append(notes, fmt.Sprintf("%s for %s from %s", what, seconds(s.to-s.from), clockTime(s.from)))
	}
	return notes
}

func noAudioOf(voice string) string { return "no audio of the " + voice }
func noSoundOf(voice string) string { return "the microphone of the " + voice + " sent no sound" }

// seconds writes a length in µs.
func seconds(us int64) string { return fmt.Sprintf("%.0f s", float64(us)/1e6) }

// clockTime writes a place in µs as a player shows it.
func clockTime(us int64) string {
	s := us / 1e6
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

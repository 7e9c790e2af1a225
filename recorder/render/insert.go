package render

import (
	"slices"

	"parley/media/opus"
	"parley/recorder/journal"
)

// insert holds what the server itself spoke into one leg, by the grid frames that
// it takes the place of. The voice is made all the same, so that what comes after
// does not depend on it; both ways of making a voice take the same packets.
type insert struct {
	packets map[int64][]byte
	taken   int64 // frames of the voice that the server's took the place of
}

func newInsert() insert { return insert{packets: map[int64][]byte{}} }

// add keeps a packet for the frame that lies nearest. Frames follow each other
// every 20 ms exactly, so that no two fall on one place.
func (s *insert) add(rec journal.Spoken, written int64) (ok bool) {
	if n, err := opus.DurationSamples48k(rec.Payload); err != nil || n != frame {
		return false
	}
	if n := (samples(rec.Due) + frame/2) / frame; rec.Due <= longest && n >= written {
		s.packets[n] = slices.Clone(rec.Payload)
	}
	return true
}

// take is the packet for a frame, or what the voice itself has.
func (s *insert) take(n int64, keeps bool, voice []byte) []byte {
	p, ok := s.packets[n]
	delete(s.packets, n)
	if !ok || !keeps {
		return voice
	}
	s.taken++
	return p
}

package playback

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
)

// TestWhatIsInAnObjectsPlace must be that object: whatever else is put there is
// refused before any of it is played, or at the first read that touches it, and
// the error names the object.
func TestWhatIsInAnObjectsPlace(t *testing.T) {
	const sealedChunk = 64<<10 + 16
	other := newShelf(t, meta.StateStored)
	for _, part := range id.Parts() {
		for name, change := range map[string]func(s *shelf, data []byte) []byte{
			"first byte flipped":  func(_ *shelf, data []byte) []byte { data[0] ^= 1; return data },
			"key flipped":         func(_ *shelf, data []byte) []byte { data[60] ^= 1; return data },
			"middle byte flipped": func(_ *shelf, data []byte) []byte { data[len(data)/2] ^= 1; return data },
			"last byte flipped":   func(_ *shelf, data []byte) []byte { data[len(data)-1] ^= 1; return data },
			"cut off":             func(_ *shelf, data []byte) []byte { return data[:len(data)-1] },
			"cut to its header":   func(_ *shelf, data []byte) []byte { return data[:200] },
			"extended":            func(_ *shelf, data []byte) []byte { return append(data, 0) },
			"twice":               func(_ *shelf, data []byte) []byte { return append(data, data...) },
			"empty":               func(*shelf, []byte) []byte { return nil },
			"chunks reordered": func(_ *shelf, data []byte) []byte {
				if head := len(data) % sealedChunk; len(data) > 2*sealedChunk+head {
					return append(append(bytes.Clone(data[:head]), data[head+sealedChunk:]...), data[head:head+sealedChunk]...)
				}
				half := len(data) / 2
				return append(bytes.Clone(data[half:]), data[:half]...)
			},
			"of another recording": func(*shelf, []byte) []byte { return other.read(t, other.object(t, part).Key) },
			"of another part": func(s *shelf, _ []byte) []byte {
				next := map[string]string{id.PartCall: id.PartMember, id.PartMember: id.PartExpert, id.PartExpert: id.PartCall}[part]
				return s.read(t, s.object(t, next).Key)
			},
			"something else for the same key": func(s *shelf, _ []byte) []byte {
				sealed, err := envelope.SealBytes(s.keys[part].Recipient, []byte(`{"version":0}`))
				mustDo(t, err)
				return sealed
			},
		} {
			s := newShelf(t, meta.StateStored)
			s.replace(t, part, func(data []byte) []byte { return change(s, data) })
			r, err := s.lib.Open(t.Context(), s.rec)
			if err == nil {
				_, err = io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
				err = errors.Join(err, r.Close())
			}
			if err == nil || !strings.Contains(err.Error(), string(s.rec)) {
				t.Errorf("%s, %s: got %v, want it refused by name", part, name, err)
				continue
			}
			if part != id.PartCall && !strings.Contains(err.Error(), part+" of ") {
				t.Errorf("%s, %s: %v does not name the voice", part, name, err)
			}
		}
	}
}

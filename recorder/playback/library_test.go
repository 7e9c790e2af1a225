package playback

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/recorder/coverage"
	"parley/recorder/manifest"
	"parley/storage/blob"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/signing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// openRecording opens the recording of a shelf.
func (s *shelf) openRecording(t testing.TB) *Recording {
	t.Helper()
	r, err := s.lib.Open(t.Context(), s.rec)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func TestPlaysTheWhole(t *testing.T) {
	s := newShelf(t, meta.StateStored)
	r := s.openRecording(t)
	got, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	if err != nil {
		t.Fatal(err)
	}
	if r.Manifest.Recording != s.rec || !bytes.Equal(got, s.stereo) {
		t.Errorf("got %d bytes of %s, want the %d of %s", len(got), r.Manifest.Recording, len(s.stereo), s.rec)
	}
}

// TestRandomRanges reads as a player that seeks, from several goroutines.
func TestRandomRanges(t *testing.T) {
	s := newShelf(t, meta.StateStored)
	r := s.openRecording(t)
	var readers sync.WaitGroup
	for seed := range uint64(4) {
		readers.Go(func() {
			rnd := rand.New(rand.NewPCG(seed, 1))
			for range 200 {
				from := rnd.Int64N(r.Size())
				got := make([]byte, rnd.Int64N(min(20000, r.Size()-from))+1)
				got = got[:min(int64(len(got)), r.Size()-from)]
				if _, err := r.ReadAt(got, from); err != nil && !errors.Is(err, io.EOF) {
					t.Errorf("ReadAt(%d bytes at %d): %v", len(got), from, err)
					return
				}
				if !bytes.Equal(got, s.stereo[from:from+int64(len(got))]) {
					t.Errorf("ReadAt(%d bytes at %d): other bytes than in the whole", len(got), from)
					return
				}
			}
		})
	}
	readers.Wait()
}

func TestReadBeyondTheEnd(t *testing.T) {
	r := newShelf(t, meta.StateStored).openRecording(t)
	buf := make([]byte, 10)
	if n, err := r.ReadAt(buf, r.Size()-4); n != 4 || !errors.Is(err, io.EOF) {
		t.Errorf("across the end: got %d, %v, want 4, EOF", n, err)
	}
	if n, err := r.ReadAt(buf, r.Size()+1); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("beyond the end: got %d, %v, want 0, EOF", n, err)
	}
}

func TestOnlyWhatIsStored(t *testing.T) {
	if _, err := newShelf(t, meta.StateErased).openErr(t); !errors.Is(err, ErrErased) {
		t.Errorf("erased: got %v, want ErrErased", err)
	}
	for _, state := range []meta.State{meta.StateCapturing, meta.StateRendering, meta.StateUploading, meta.StateDamaged, meta.StateDiscarded} {
		s := newShelf(t, state)
		if _, err := s.lib.Open(t.Context(), s.rec); !errors.Is(err, ErrNotStored) {
			t.Errorf("%s: got %v, want ErrNotStored", state, err)
		}
	}
	s := newShelf(t, meta.StateStored)
	if _, err := s.lib.Open(t.Context(), id.NewRecording(noon)); !errors.Is(err, meta.ErrNotExist) {
		t.Errorf("unknown recording: got %v, want meta.ErrNotExist", err)
	}
}

// TestFaults takes something away or changes it.
func TestFaults(t *testing.T) {
	rows := []struct {
		name  string
		spoil func(t *testing.T, s *shelf)
		want  error
	}{
		{"object gone", func(t *testing.T, s *shelf) {
			mustDo(t, s.objects.Delete(t.Context(), s.object(t, id.PartExpert).Key))
		}, ErrNotStored},
		{"manifest gone", func(t *testing.T, s *shelf) {
			mustDo(t, s.objects.Delete(t.Context(), s.object(t, id.PartCall).Key))
		}, ErrNotStored},
		{"both voices erased", func(t *testing.T, s *shelf) {
			mustDo(t, s.meta.DestroyEnvelope(t.Context(), s.rec, id.PartMember, noon))
			mustDo(t, s.meta.DestroyEnvelope(t.Context(), s.rec, id.PartExpert, noon))
		}, ErrErased},
		{"the call's key erased", func(t *testing.T, s *shelf) {
			mustDo(t, s.meta.DestroyEnvelope(t.Context(), s.rec, id.PartCall, noon))
		}, meta.ErrNotExist},
		{"object cut off", func(t *testing.T, s *shelf) {
			s.replace(t, id.PartMember, func(data []byte) []byte { return data[:len(data)-1] })
		}, envelope.ErrCorrupt},
		{"voices swapped", func(t *testing.T, s *shelf) {
			other := s.read(t, s.object(t, id.PartExpert).Key)
			s.replace(t, id.PartMember, func([]byte) []byte { return other })
		}, envelope.ErrNoMatchingKey},
		{"another master", func(t *testing.T, s *shelf) {
			s.lib.Opener = newShelf(t, meta.StateStored).master
		}, envelope.ErrNoMatchingKey},
		{"envelopes swapped", func(_ *testing.T, s *shelf) { s.lib.Meta = swapped{s.meta} }, envelope.ErrBinding},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			s := newShelf(t, meta.StateStored)
			r.spoil(t, s)
			if _, err := s.lib.Open(t.Context(), s.rec); !errors.Is(err, r.want) {
				t.Errorf("got %v, want %v", err, r.want)
			}
		})
	}
}

func mustDo(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// swapped gives the expert's envelope for the member's.
type swapped struct{ Metadata }

func (m swapped) Envelope(ctx context.Context, r id.RecordingID, part string) ([]byte, error) {
	if part == id.PartMember {
		part = id.PartExpert
	}
	return m.Metadata.Envelope(ctx, r, part)
}

func (s *shelf) read(t *testing.T, key string) []byte {
	t.Helper()
	o, err := s.objects.Open(t.Context(), key)
	mustDo(t, err)
	data, err := io.ReadAll(io.NewSectionReader(o, 0, o.Size()))
	mustDo(t, errors.Join(err, o.Close()))
	return data
}

// replace changes the bytes of a stored object.
func (s *shelf) replace(t *testing.T, part string, change func([]byte) []byte) {
	t.Helper()
	key := s.object(t, part).Key
	data := change(s.read(t, key))
	mustDo(t, s.objects.Delete(t.Context(), key))
	mustDo(t, s.objects.Put(t.Context(), key, bytes.NewReader(data), int64(len(data))))
}

// TestFlippedByteIsRefused holds that no changed byte is ever played: where it
// is not found at once, the read that needs it fails.
func TestFlippedByteIsRefused(t *testing.T) {
	s := newShelf(t, meta.StateStored)
	s.replace(t, id.PartMember, func(data []byte) []byte {
		data[len(data)/3] ^= 1
		return data
	})
	r, err := s.lib.Open(t.Context(), s.rec)
	if err == nil {
		defer func() { _ = r.Close() }()
		_, err = io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	}
	if !errors.Is(err, envelope.ErrCorrupt) {
		t.Errorf("got %v, want envelope.ErrCorrupt", err)
	}
}

// TestEntryOfAnObjectThatWasRemoved: an upload that was repeated leaves the
// entries of the first attempt.
func TestEntryOfAnObjectThatWasRemoved(t *testing.T) {
	s := newShelf(t, meta.StateStored)
	for _, part := range id.Parts() {
		for _, key := range []string{"0000", "ffff"} { // before and after the one that is there
			o := s.object(t, part)
			o.Key = "recordings/" + string(s.rec) + "/" + key + part
			mustDo(t, s.meta.PutObject(t.Context(), o))
		}
	}
	r := s.openRecording(t)
	got, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	if err != nil || !bytes.Equal(got, s.stereo) {
		t.Errorf("got %d bytes, %v, want the recording", len(got), err)
	}
}

func TestCloseLetsGo(t *testing.T) {
	s := newShelf(t, meta.StateStored)
	counted := &counting{Store: s.objects}
	s.lib.Objects = counted
	r, err := s.lib.Open(t.Context(), s.rec)
	mustDo(t, err)
	if err := r.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	mustDo(t, s.objects.Delete(t.Context(), s.object(t, id.PartExpert).Key))
	if _, err := s.lib.Open(t.Context(), s.rec); err == nil {
		t.Fatal("Open: got no error with an object gone")
	}
	if counted.opened != counted.closed {
		t.Errorf("objects: %d were opened and %d closed, want all", counted.opened, counted.closed)
	}
}

// counting counts what is opened and closed.
type counting struct {
	blob.Store
	opened, closed int
}

type countedObject struct {
	blob.Object
	by *counting
}

func (c *counting) Open(ctx context.Context, key string) (blob.Object, error) {
	o, err := c.Store.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	c.opened++
	return countedObject{o, c}, nil
}

func (o countedObject) Close() error {
	o.by.closed++
	return o.Object.Close()
}

// BenchmarkSeek reads a second's worth at random places.
func BenchmarkSeek(b *testing.B) {
	s := newShelf(b, meta.StateStored)
	r := s.openRecording(b)
	buf := make([]byte, 6000)
	rnd := rand.New(rand.NewPCG(1, 1))
	began := time.Now()
	for b.Loop() {
		if _, err := r.ReadAt(buf, rnd.Int64N(r.Size()-int64(len(buf)))); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(time.Since(began).Microseconds())/float64(b.N), "µs/seek")
}

// nothingCovered is a proof that never holds.
type nothingCovered struct{ err error }

func (n nothingCovered) Covers(context.Context, meta.Recording, manifest.Manifest) error {
	return n.err
}

// TestOnlyWhatIsCovered: a recording that consent does not cover is not opened, for
// whomever.
func TestOnlyWhatIsCovered(t *testing.T) {
	s := newShelf(t, meta.StateStored)
	s.lib.Proof = coverage.Ledger{Entries: s.meta, Keys: signing.KeySet{}}
	var gaps *coverage.UncoveredError
	if r, err := s.lib.Open(t.Context(), s.rec); !errors.As(err, &gaps) || r != nil {
		t.Errorf("Open without an entry in the ledger: got %v, want an UncoveredError", err)
	}
	away := errors.New("the ledger cannot be read")
	s.lib.Proof = nothingCovered{away}
	if _, err := s.lib.Open(t.Context(), s.rec); !errors.Is(err, away) {
		t.Errorf("Open while the ledger is away: got %v, want its error", err)
	}
	s.lib.Proof = nothingCovered{}
	s.openRecording(t)
}

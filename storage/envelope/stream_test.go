package envelope_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"parley/storage/envelope"
)

const chunk = 64 << 10

// lengths are those around each border of a chunk.
var lengths = []int{0, 1, 15, 16, 17, chunk - 1, chunk, chunk + 1, 2*chunk - 1, 2 * chunk, 2*chunk + 1, 5*chunk + 100}

func noise(n int) []byte {
	content := make([]byte, n)
	rand.NewChaCha8([32]byte{7}).Read(content)
	return content
}

// seal seals through SealWriter, in writes of odd sizes.
func seal(t testing.TB, r envelope.Recipient, plain []byte) []byte {
	t.Helper()
	var sealed bytes.Buffer
	w, err := envelope.SealWriter(&sealed, r)
	if err != nil {
		t.Fatalf("SealWriter: got %v, want no error", err)
	}
	for rest := plain; len(rest) > 0; {
		n, err := w.Write(rest[:min(len(rest), 7777)])
		if err != nil {
			t.Fatalf("write: got %v, want no error", err)
		}
		rest = rest[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatalf("close: got %v, want no error", err)
	}
	return sealed.Bytes()
}

// openings are the three ways to open, each to its end.
var openings = map[string]func(sealed []byte, identity *envelope.Identity) ([]byte, error){
	"OpenBytes": envelope.OpenBytes,
	"OpenReader": func(sealed []byte, identity *envelope.Identity) ([]byte, error) {
		r, err := envelope.OpenReader(iotest.HalfReader(bytes.NewReader(sealed)), identity)
		if err != nil {
			return nil, err
		}
		return io.ReadAll(r)
	},
	"OpenReaderAt": func(sealed []byte, identity *envelope.Identity) ([]byte, error) {
		r, size, err := envelope.OpenReaderAt(bytes.NewReader(sealed), int64(len(sealed)), identity)
		if err != nil {
			return nil, err
		}
		return io.ReadAll(io.NewSectionReader(r, 0, size))
	},
}

func TestLengthsAroundChunks(t *testing.T) {
	recipient, identity := newPair(t)
	for _, length := range lengths {
		plain := noise(length)
		sealed := seal(t, recipient, plain)
		chunks := max(1, (length+chunk-1)/chunk)
		if want := 184 + length + 16*chunks; len(sealed) != want {
			t.Errorf("%d bytes sealed: got %d, want %d as docs/format.md says", length, len(sealed), want)
		}
		for name, open := range openings {
			if got, err := open(sealed, identity); err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%s of %d bytes: got %d and %v, want them back", name, length, len(got), err)
			}
		}
	}
}

func TestOpenedReadersAreReaders(t *testing.T) {
	recipient, identity := newPair(t)
	for _, length := range []int{0, 1, 1000, chunk, chunk + 1, 2*chunk + 5} {
		plain := noise(length)
		r, err := envelope.OpenReader(bytes.NewReader(seal(t, recipient, plain)), identity)
		if err == nil {
			err = iotest.TestReader(r, plain)
		}
		if err != nil {
			t.Errorf("OpenReader of %d bytes: %v", length, err)
		}
	}
	// Fewer and shorter: each of the many small reads costs age a buffer of a
	// whole chunk here.
	for _, length := range []int{0, 1, 1000} {
		plain := noise(length)
		sealed := seal(t, recipient, plain)
		at, size, err := envelope.OpenReaderAt(bytes.NewReader(sealed), int64(len(sealed)), identity)
		if err == nil {
			err = iotest.TestReader(io.NewSectionReader(at, 0, size), plain)
		}
		if err != nil {
			t.Errorf("OpenReaderAt of %d bytes: %v", length, err)
		}
	}
}

// damages change a sealed file of several chunks.
func damages(sealed []byte, other []byte) map[string][]byte {
	const header, sealedChunk = 184, chunk + 16
	changed := map[string][]byte{
		"empty":                nil,
		"one byte less":        sealed[:len(sealed)-1],
		"cut within a chunk":   sealed[:header+sealedChunk+100],
		"cut between chunks":   sealed[:header+2*sealedChunk],
		"header only":          sealed[:header],
		"half a header":        sealed[:100],
		"one byte more":        append(bytes.Clone(sealed), 0),
		"last chunk twice":     append(bytes.Clone(sealed), sealed[header+2*sealedChunk:]...),
		"first chunk left out": append(bytes.Clone(sealed[:header]), sealed[header+sealedChunk:]...),
		"payload of another":   append(bytes.Clone(sealed[:header]), other[header:]...),
	}
	swapped := bytes.Clone(sealed)
	copy(swapped[header:], sealed[header+sealedChunk:][:sealedChunk])
	copy(swapped[header+sealedChunk:], sealed[header:][:sealedChunk])
	changed["chunks swapped"] = swapped
	for _, at := range []int{0, 21, 30, 60, 80, 110, 125, 150, 170, header, header + 5, header + sealedChunk - 1, header + sealedChunk, len(sealed) - 17, len(sealed) - 1} {
		flipped := bytes.Clone(sealed)
		flipped[at] ^= 1
		changed[fmt.Sprintf("bit flipped at %d", at)] = flipped
	}
	return changed
}

func TestDamageIsRefused(t *testing.T) {
	recipient, identity := newPair(t)
	sealed := seal(t, recipient, noise(2*chunk+500))
	other := seal(t, recipient, noise(2*chunk+500))
	for damage, broken := range damages(sealed, other) {
		for name, open := range openings {
			got, err := open(broken, identity)
			// Damage to the wrapped file key cannot be told from a key that
			// was wrapped for somebody else.
			if !errors.Is(err, envelope.ErrCorrupt) && !errors.Is(err, envelope.ErrNoMatchingKey) {
				t.Errorf("%s, %s: got %d bytes and %v, want ErrCorrupt or ErrNoMatchingKey", damage, name, len(got), err)
			}
			if errors.Is(err, io.EOF) {
				t.Errorf("%s, %s: got %v that matches io.EOF, want no end where there is none", damage, name, err)
			}
		}
	}
}

func TestOtherKeyIsRefused(t *testing.T) {
	recipient, _ := newPair(t)
	_, other := newPair(t)
	sealed := seal(t, recipient, noise(100))
	for name, open := range openings {
		if got, err := open(sealed, other); !errors.Is(err, envelope.ErrNoMatchingKey) || errors.Is(err, envelope.ErrCorrupt) {
			t.Errorf("%s with another key: got %d bytes and %v, want ErrNoMatchingKey", name, len(got), err)
		}
	}
}

// failingAt fails from a number of reads on.
type failingAt struct {
	io.ReaderAt
	mu   sync.Mutex
	left int
	err  error
}

func (f *failingAt) ReadAt(p []byte, off int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left == 0 {
		return 0, f.err
	}
	f.left--
	return f.ReaderAt.ReadAt(p, off)
}

func TestFailingSourceIsNotDamage(t *testing.T) {
	recipient, identity := newPair(t)
	sealed := seal(t, recipient, noise(3*chunk))
	away := errors.New("the store is away")
	for reads := range 5 {
		src := &failingAt{ReaderAt: bytes.NewReader(sealed), left: reads, err: away}
		r, size, err := envelope.OpenReaderAt(src, int64(len(sealed)), identity)
		if err == nil {
			_, err = io.Copy(io.Discard, io.NewSectionReader(r, 0, size))
		}
		if !errors.Is(err, away) || errors.Is(err, envelope.ErrCorrupt) {
			t.Errorf("OpenReaderAt, source fails after %d reads: got %v, want the source's error only", reads, err)
		}
	}
	for _, at := range []int{0, 10, 100, 184, 200, chunk + 300, len(sealed)} {
		src := io.MultiReader(bytes.NewReader(sealed[:at]), iotest.ErrReader(away))
		r, err := envelope.OpenReader(src, identity)
		if err == nil {
			_, err = io.Copy(io.Discard, r)
		}
		if !errors.Is(err, away) || errors.Is(err, envelope.ErrCorrupt) {
			t.Errorf("OpenReader, source fails after %d bytes: got %v, want the source's error only", at, err)
		}
	}
}

func TestFailingDestinationIsTold(t *testing.T) {
	recipient, _ := newPair(t)
	full := errors.New("disk full")
	for _, room := range []int{0, 100, 190, chunk + 100} {
		w, err := envelope.SealWriter(&limited{left: room, err: full}, recipient)
		if err == nil {
			_, err = w.Write(noise(2*chunk + 1))
		}
		if err == nil {
			err = w.Close()
		}
		if !errors.Is(err, full) {
			t.Errorf("destination with room for %d bytes: got %v, want its error", room, err)
		}
	}
}

type limited struct {
	left int
	err  error
}

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return 0, l.err
	}
	l.left -= len(p)
	return len(p), nil
}

func TestClosedWriterTakesNothing(t *testing.T) {
	recipient, identity := newPair(t)
	var sealed bytes.Buffer
	w, err := envelope.SealWriter(&sealed, recipient)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(w, strings.NewReader("late")); err == nil {
		t.Errorf("write after Close: got %d bytes taken, want an error", n)
	}
	if got, err := envelope.OpenBytes(sealed.Bytes(), identity); err != nil || len(got) != 0 {
		t.Errorf("what was sealed: got %q and %v, want nothing in it", got, err)
	}
}

func TestReadAtOffsets(t *testing.T) {
	recipient, identity := newPair(t)
	sealed := seal(t, recipient, noise(chunk+100))
	r, size, err := envelope.OpenReaderAt(bytes.NewReader(sealed), int64(len(sealed)), identity)
	if err != nil || size != chunk+100 {
		t.Fatalf("OpenReaderAt: got %d and %v, want %d", size, err, chunk+100)
	}
	for _, tc := range []struct {
		off  int64
		n    int
		want int
		err  error
	}{{chunk - 1, 2, 2, nil}, {size - 10, 20, 10, io.EOF}, {size, 1, 0, io.EOF}, {size + 1, 1, 0, io.EOF}, {1 << 40, 1, 0, io.EOF}, {0, 0, 0, nil}} {
		if n, err := r.ReadAt(make([]byte, tc.n), tc.off); n != tc.want || err != tc.err {
			t.Errorf("ReadAt(%d bytes, %d): got %d, %v, want %d, %v", tc.n, tc.off, n, err, tc.want, tc.err)
		}
	}
	if _, err := r.ReadAt(make([]byte, 1), -1); err == nil || err == io.EOF {
		t.Errorf("ReadAt(-1): got %v, want an error", err)
	}
}

func TestReadAtConcurrently(t *testing.T) {
	recipient, identity := newPair(t)
	plain := noise(10 * chunk)
	sealed := seal(t, recipient, plain)
	r, _, err := envelope.OpenReaderAt(bytes.NewReader(sealed), int64(len(sealed)), identity)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for seed := range uint64(8) {
		group.Go(func() {
			random := rand.New(rand.NewPCG(seed, 1))
			for range 30 {
				p := make([]byte, 1+random.IntN(2*chunk))
				off := random.IntN(len(plain) - len(p))
				if _, err := r.ReadAt(p, int64(off)); err != nil || !bytes.Equal(p, plain[off:][:len(p)]) {
					t.Errorf("ReadAt(%d bytes, %d): got %v or other bytes", len(p), off, err)
				}
			}
		})
	}
	group.Wait()
}

package envelope

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"filippo.io/age"
	"pgregory.net/rapid"
)

// TestStreamWriterWritesAge: age itself opens what is written in any pieces, of
// any length.
func TestStreamWriterWritesAge(t *testing.T) {
	private, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	content := make([]byte, 4*streamChunk)
	rand.NewChaCha8([32]byte{9}).Read(content)
	rapid.Check(t, func(t *rapid.T) {
		near := rapid.IntRange(0, 3).Draw(t, "chunks") * streamChunk
		plain := content[:max(0, near+rapid.IntRange(-3, 3).Draw(t, "off"))]
		var sealed bytes.Buffer
		w, err := newStreamWriter(&sealed, private.Recipient())
		if err != nil {
			t.Fatal(err)
		}
		for rest := plain; len(rest) > 0; {
			n, err := w.Write(rest[:rapid.IntRange(0, len(rest)).Draw(t, "piece")])
			if err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := age.Decrypt(&sealed, private)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%d bytes: got %d and %v, want them back", len(plain), len(got), err)
		}
	})
}

// TestStreamWriterHoldsLittle: after any length, no more than the tag and twice
// what waits for its chunk to fill.
func TestStreamWriterHoldsLittle(t *testing.T) {
	private, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	w, err := newStreamWriter(io.Discard, private.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	page := make([]byte, 3000)
	for range 100 {
		if _, err := w.Write(page); err != nil {
			t.Fatal(err)
		}
		if most := max(leastBuffer, 2*(len(w.buf)+len(page))); cap(w.buf) > min(most, streamChunk+16) {
			t.Fatalf("%d bytes wait: got a buffer of %d, want %d at most", len(w.buf), cap(w.buf), most)
		}
	}
}

type fullDisk struct{ left int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left -= len(p); d.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

var errFull = errors.New("full")

// TestStreamWriterFails: an error of what is written to comes out, and again.
func TestStreamWriterFails(t *testing.T) {
	private, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newStreamWriter(&fullDisk{100}, private.Recipient()); !errors.Is(err, errFull) {
		t.Errorf("header: got %v, want %v", err, errFull)
	}
	w, err := newStreamWriter(&fullDisk{1000}, private.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, streamChunk+1)); !errors.Is(err, errFull) {
		t.Errorf("write: got %v, want %v", err, errFull)
	}
	if err := w.Close(); !errors.Is(err, errFull) {
		t.Errorf("close: got %v, want %v", err, errFull)
	}
	w, err = newStreamWriter(io.Discard, private.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte{1}); err == nil {
		t.Error("write after close: got no error")
	}
}

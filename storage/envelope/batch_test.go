package envelope_test

import (
	"bytes"
	"errors"
	"testing"

	"parley/storage/envelope"
)

func TestBatchesOpenEachByItself(t *testing.T) {
	recipient, identity := newPair(t)
	s := envelope.NewBatchSealer(recipient)
	for round := range 4 { // beyond what one batch key serves
		for _, length := range lengths {
			plain := noise(length)
			sealed, err := s.Seal(plain)
			if err != nil {
				t.Fatal(err)
			}
			for name, open := range openings {
				if got, err := open(sealed, identity); err != nil || !bytes.Equal(got, plain) {
					t.Fatalf("round %d: %s of %d bytes: got %d and %v, want what was sealed", round, name, length, len(got), err)
				}
			}
		}
	}
}

// wrapped is the part of a sealed batch that holds the batch key: the stanza's
// first argument.
func wrapped(t *testing.T, sealed []byte) string {
	t.Helper()
	fields := bytes.Fields(sealed[:min(len(sealed), 200)])
	if len(fields) < 5 || string(fields[2]) != "parley.batch/v1" {
		t.Fatalf("got header %q, want a batch stanza", fields)
	}
	return string(fields[3])
}

// TestABatchKeyIsForgotten: none serves more than sixteen batches, and no two
// files of the same plaintext are alike.
func TestABatchKeyIsForgotten(t *testing.T) {
	recipient, _ := newPair(t)
	s := envelope.NewBatchSealer(recipient)
	keys, files := map[string]int{}, map[string]bool{}
	for range 100 {
		sealed, err := s.Seal([]byte("the same"))
		if err != nil {
			t.Fatal(err)
		}
		keys[wrapped(t, sealed)]++
		files[string(sealed)] = true
	}
	if len(files) != 100 {
		t.Errorf("got %d different files of 100, want all", len(files))
	}
	for _, n := range keys {
		if n > 16 {
			t.Errorf("a batch key served %d batches, want at most 16", n)
		}
	}
	if len(keys) != 7 {
		t.Errorf("got %d batch keys for 100 batches, want 7", len(keys))
	}
}

func TestBatchForAnotherKey(t *testing.T) {
	recipient, _ := newPair(t)
	_, other := newPair(t)
	sealed, err := envelope.NewBatchSealer(recipient).Seal([]byte("voice"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := envelope.OpenBytes(sealed, other); !errors.Is(err, envelope.ErrNoMatchingKey) {
		t.Errorf("got %v, want ErrNoMatchingKey", err)
	}
	if _, err := envelope.NewBatchSealer(envelope.Recipient{}).Seal(nil); !errors.Is(err, envelope.ErrNoKey) {
		t.Errorf("seal for nobody: got %v, want ErrNoKey", err)
	}
}

func TestAChangedBatchIsRefused(t *testing.T) {
	recipient, identity := newPair(t)
	sealed, err := envelope.NewBatchSealer(recipient).Seal([]byte("voice"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		got, err := envelope.OpenBytes(changed, identity)
		if !errors.Is(err, envelope.ErrCorrupt) && !errors.Is(err, envelope.ErrNoMatchingKey) {
			t.Errorf("byte %d changed: got %q and %v, want a refusal", i, got, err)
		}
		if _, err := envelope.OpenBytes(sealed[:i], identity); err == nil {
			t.Errorf("cut to %d bytes: got no error", i)
		}
	}
}

func BenchmarkSealBatch(b *testing.B) {
	recipient, _ := newPair(b)
	plain := noise(2500) // half a second of a voice
	s := envelope.NewBatchSealer(recipient)
	for name, seal := range map[string]func() ([]byte, error){
		"batch":     func() ([]byte, error) { return s.Seal(plain) },
		"by itself": func() ([]byte, error) { return envelope.SealBytes(recipient, plain) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := seal(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

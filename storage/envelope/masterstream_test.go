package envelope_test

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"testing"

	"parley/storage/envelope"
)

func TestMasterStream(t *testing.T) {
	text := newMasterText(t)
	m := parseMaster(t, text)
	plain := bytes.Repeat([]byte("a line of a backup\n"), 20_000) // several chunks
	var sealed bytes.Buffer
	w, err := m.SealWriter(&sealed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	read := func(m *envelope.Master, sealed []byte) ([]byte, error) {
		r, err := m.OpenReader(bytes.NewReader(sealed))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(r)
	}
	if got, err := read(m, sealed.Bytes()); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("what was sealed: got %d bytes and %v, want %d", len(got), err, len(plain))
	}
	if _, err := read(newMaster(t), sealed.Bytes()); !errors.Is(err, envelope.ErrNoMatchingKey) {
		t.Errorf("another master key: got %v, want ErrNoMatchingKey", err)
	}
	if _, err := read(m, sealed.Bytes()[:sealed.Len()-100]); !errors.Is(err, envelope.ErrCorrupt) {
		t.Errorf("cut off: got %v, want ErrCorrupt", err)
	}
	// Anybody who has the key can do without this program.
	key := writeFile(t, filepath.Join(t.TempDir(), "master.key"), []byte(text))
	if got := runAge(t, sealed.Bytes(), "-d", "-i", key); !bytes.Equal(got, plain) {
		t.Errorf("the age command: got %d bytes, want %d", len(got), len(plain))
	}
}

func TestZeroMasterSealsNothing(t *testing.T) {
	var m *envelope.Master
	if _, err := m.SealWriter(io.Discard); !errors.Is(err, envelope.ErrNoKey) {
		t.Errorf("SealWriter: got %v, want ErrNoKey", err)
	}
	if _, err := m.OpenReader(bytes.NewReader(nil)); !errors.Is(err, envelope.ErrNoKey) {
		t.Errorf("OpenReader: got %v, want ErrNoKey", err)
	}
}

package journal

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"parley/storage/envelope"
	"parley/storage/id"
)

func TestWholeJournal(t *testing.T) {
	b := newBook(t)
	b.four(t)
	if err := b.writer.Sync(); err != nil {
		t.Fatal(err)
	}
	data := b.data(t)
	h, err := ReadHeader(iotest.OneByteReader(bytes.NewReader(data)))
	if err != nil {
		t.Fatalf("ReadHeader: %v", err)
	}
	want := b.header
	want.Version = version
	if !reflect.DeepEqual(h, want) {
		t.Errorf("header: got %+v, want %+v", h, want)
	}
	var got []string
	damage, err := Read(data, h, b.ids, func(batch Batch) error {
		return Records(batch.Records, func(rec any) { got = append(got, batch.Lane.String()+" "+string(rec.(Packet).Payload)) })
	})
	if err != nil || len(damage) != 0 {
		t.Fatalf("Read: got damage %v, error %v, want none", damage, err)
	}
	if want := []string{"call payload 1", "member payload 2", "expert payload 3", "member payload 4"}; !slices.Equal(got, want) {
		t.Errorf("records: got %q, want %q", got, want)
	}
}

func TestYieldEndsReading(t *testing.T) {
	b := newBook(t)
	b.four(t)
	enough, calls := errors.New("enough"), 0
	_, err := Read(b.data(t), b.header, b.ids, func(Batch) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("got %v after %d batches, want %v after 1", err, calls, enough)
	}
}

func TestTornTail(t *testing.T) {
	b := newBook(t)
	b.four(t)
	data := b.data(t)
	frames := cut(t, data)
	start := len(data) - len(frames[4])
	for n := start + 1; n < len(data); n++ {
		got, damage := b.read(t, data[:n])
		if !slices.Equal(got, []uint64{1, 2, 3}) {
			t.Fatalf("cut at byte %d of the last frame: got batches %d, want 1 to 3", n-start, got)
		}
		if len(damage) != 1 || !damage[0].Tail || damage[0].Offset != int64(start) || damage[0].Batch != 4 {
			t.Fatalf("cut at byte %d of the last frame: got damage %+v, want one tail, batch 4", n-start, damage)
		}
	}
}

func TestFlippedByte(t *testing.T) {
	b := newBook(t)
	b.four(t)
	data := b.data(t)
	frames := cut(t, data)
	start := len(frames[0]) + len(frames[1])
	for i := range frames[2] {
		bad := bytes.Clone(data)
		bad[start+i] ^= 0x40
		got, damage := b.read(t, bad)
		if !slices.Equal(got, []uint64{1, 3, 4}) {
			t.Fatalf("byte %d of batch 2 flipped: got batches %d, want 1, 3 and 4", i, got)
		}
		if len(damage) != 1 || damage[0].Batch != 2 || damage[0].Offset != int64(start) || damage[0].Tail {
			t.Fatalf("byte %d of batch 2 flipped: got damage %+v, want batch 2 and nothing else", i, damage)
		}
	}
}

func TestBatchesOutOfPlace(t *testing.T) {
	b, other := newBook(t), newBook(t)
	b.four(t)
	other.four(t)
	f, foreign := cut(t, b.data(t)), cut(t, other.data(t))
	rows := []struct {
		name    string
		frames  [][]byte
		want    []uint64
		damaged []uint64
	}{
		{"swapped", [][]byte{f[0], f[2], f[1], f[3], f[4]}, []uint64{2, 3, 4}, []uint64{1, 1}},
		{"repeated", [][]byte{f[0], f[1], f[2], f[2], f[3], f[4]}, []uint64{1, 2, 3, 4}, []uint64{2}},
		{"repeated at the end", [][]byte{f[0], f[1], f[2], f[3], f[4], f[1]}, []uint64{1, 2, 3, 4}, []uint64{1}},
		{"taken out", [][]byte{f[0], f[1], f[3], f[4]}, []uint64{1, 3, 4}, []uint64{2}},
		{"two taken out", [][]byte{f[0], f[1], f[4]}, []uint64{1, 4}, []uint64{2}},
		{"of another journal added", [][]byte{f[0], f[1], foreign[4], f[2], f[3], f[4]}, []uint64{1, 2, 3, 4}, []uint64{4}},
		{"of another journal instead", [][]byte{f[0], f[1], foreign[2], f[3], f[4]}, []uint64{1, 3, 4}, []uint64{2}},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			got, damage := b.read(t, bytes.Join(r.frames, nil))
			var damaged []uint64
			for _, d := range damage {
				damaged = append(damaged, d.Batch)
			}
			if !slices.Equal(got, r.want) || !slices.Equal(damaged, r.damaged) {
				t.Errorf("got batches %d, damaged %d; want %d, %d (damage %+v)", got, damaged, r.want, r.damaged, damage)
			}
		})
	}
}

// TestForgedPlace rewrites the part of a frame that is not sealed.
func TestForgedPlace(t *testing.T) {
	b := newBook(t)
	b.four(t)
	f := cut(t, b.data(t))
	body := f[2][frameSize:]
	w := &Writer{header: b.header, number: 1}
	rows := map[string][]byte{
		"another number": forged(t, w, LaneMember, 1, body),
		"another lane":   forged(t, w, LaneExpert, 2, body),
		"no lane":        forged(t, w, 77, 2, body),
	}
	for name, frame := range rows {
		got, damage := b.read(t, append(bytes.Clone(f[0]), frame...))
		if len(got) != 0 || len(damage) != 1 {
			t.Errorf("%s: got batches %d, damage %+v; want no batch and one damage", name, got, damage)
		}
	}
}

// forged is a frame with a good checksum.
func forged(t *testing.T, w *Writer, l Lane, number uint64, body []byte) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "forged")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w.file, w.number = file, number
	if err := errors.Join(w.write(byte(l), body), file.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestSameKeyOtherRecording(t *testing.T) {
	b := newBook(t)
	b.four(t)
	other := b.header
	other.Recording = id.NewRecording(noon.Add(time.Hour))
	damage, err := Read(b.data(t), other, b.ids, func(batch Batch) error {
		t.Errorf("batch %d was read as one of another recording", batch.Number)
		return nil
	})
	if err != nil || len(damage) != 4 {
		t.Errorf("got damage %+v, error %v; want four batches that belong to another place", damage, err)
	}
}

func TestWrongIdentity(t *testing.T) {
	b, other := newBook(t), newBook(t)
	b.four(t)
	b.ids[LaneMember] = other.ids[LaneMember]
	got, damage := b.read(t, b.data(t))
	if !slices.Equal(got, []uint64{1, 3}) || len(damage) != 2 {
		t.Errorf("got batches %d, damage %+v; want 1 and 3, and two damaged", got, damage)
	}
	for _, d := range damage {
		if d.Lane != "member" || !strings.Contains(d.Reason, envelope.ErrNoMatchingKey.Error()) {
			t.Errorf("got damage %+v, want the member's lane and %q", d, envelope.ErrNoMatchingKey)
		}
	}
}

func TestClosedLaneIsNoDamage(t *testing.T) {
	b := newBook(t)
	b.four(t)
	b.ids[LaneMember] = nil
	got, damage := b.read(t, b.data(t))
	if !slices.Equal(got, []uint64{1, 3}) || len(damage) != 0 {
		t.Errorf("got batches %d, damage %+v; want 1 and 3, and no damage", got, damage)
	}
}

func TestHeaderDamage(t *testing.T) {
	b := newBook(t)
	b.four(t)
	data := b.data(t)
	head := cut(t, data)[0]
	for n := range head {
		if _, err := ReadHeader(bytes.NewReader(data[:n])); !errors.Is(err, ErrNoHeader) {
			t.Fatalf("header cut to %d bytes: got %v, want ErrNoHeader", n, err)
		}
	}
	for i := range head {
		if length := i >= 13 && i < 17; length {
			continue // a greater length may reach beyond the file: either error is right
		}
		bad := bytes.Clone(data)
		bad[i] ^= 1
		if _, err := ReadHeader(bytes.NewReader(bad)); !errors.Is(err, ErrDamagedHeader) {
			t.Fatalf("byte %d of the header flipped: got %v, want ErrDamagedHeader", i, err)
		}
	}
	broken := errors.New("disk on fire")
	_, err := ReadHeader(iotest.ErrReader(broken))
	if !errors.Is(err, broken) || errors.Is(err, ErrNoHeader) || errors.Is(err, ErrDamagedHeader) {
		t.Errorf("failing disk: got %v, want only %v", err, broken)
	}
}

// TestBatchesOutliveTheHeader holds that a header hit by rot takes no batch
// with it.
func TestBatchesOutliveTheHeader(t *testing.T) {
	b := newBook(t)
	b.four(t)
	bad := b.data(t)
	bad[30] ^= 1
	if got, damage := b.read(t, bad); !slices.Equal(got, []uint64{1, 2, 3, 4}) || len(damage) != 1 {
		t.Errorf("got batches %d, damage %+v; want all four and one damage", got, damage)
	}
}

func TestOtherVersion(t *testing.T) {
	b := newBook(t)
	frame := forged(t, &Writer{header: b.header}, laneHeader, 0, []byte(`{"version":2}`))
	_, err := ReadHeader(bytes.NewReader(frame))
	if err == nil || errors.Is(err, ErrNoHeader) || errors.Is(err, ErrDamagedHeader) || !strings.Contains(err.Error(), "version 2") {
		t.Errorf("got %v, want an error that names version 2 and is none of the sentinels", err)
	}
}

func TestCreateRefuses(t *testing.T) {
	b := newBook(t)
	if _, err := Create(b.path, b.header); !errors.Is(err, fs.ErrExist) {
		t.Errorf("existing file: got %v, want fs.ErrExist", err)
	}
	path := filepath.Join(t.TempDir(), "none.journal")
	h := b.header
	h.Lanes[LaneExpert].Recipient = ""
	if _, err := Create(path, h); !errors.Is(err, envelope.ErrFormat) {
		t.Errorf("lane without recipient: got %v, want envelope.ErrFormat", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("lane without recipient: the file exists (%v), want none", err)
	}
}

func TestAppendToClosedFile(t *testing.T) {
	b := newBook(t)
	if err := b.writer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := b.writer.Append(LaneMember, []byte{1}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Append: got %v, want os.ErrClosed", err)
	}
	if err := b.writer.Sync(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Sync: got %v, want os.ErrClosed", err)
	}
}

func TestTooLargeBatchIsRefused(t *testing.T) {
	b := newBook(t)
	if err := b.writer.Append(LaneMember, make([]byte, maxBody+1)); err == nil {
		t.Error("got no error for a batch beyond the limit")
	}
}

// TestNothingInTheClear looks for what was said, and that only the owner may
// read the file.
func TestNothingInTheClear(t *testing.T) {
	b := newBook(t)
	const canary = "CANARY-4711-what-was-said"
	for _, l := range []Lane{LaneCall, LaneMember, LaneExpert} {
		b.append(t, l, canary)
	}
	if bytes.Contains(b.data(t), []byte(canary)) {
		t.Error("the payload stands in the file in the clear")
	}
	info, err := os.Stat(b.path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode: got %v, want 0600", info.Mode().Perm())
	}
}

// FuzzRead holds that no file makes Read or ReadHeader panic, and that what is
// read is what was written.
func FuzzRead(f *testing.F) {
	b := newBook(f)
	b.four(f)
	data := b.data(f)
	f.Add(data)
	f.Add(data[:len(data)-3])
	f.Add([]byte{})
	f.Add([]byte("PJF1\x01\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = ReadHeader(bytes.NewReader(data))
		last := uint64(0)
		_, err := Read(data, b.header, b.ids, func(batch Batch) error {
			if batch.Number <= last || batch.Number > 4 {
				t.Errorf("got batch %d after %d; only 1 to 4 were written", batch.Number, last)
			}
			last = batch.Number
			return nil
		})
		if err != nil {
			t.Errorf("got %v, want damage at most", err)
		}
	})
}

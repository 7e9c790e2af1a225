package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parley/storage/envelope"
	"parley/storage/id"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

var parts = [lanes]string{LaneCall: id.PartCall, LaneMember: id.PartMember, LaneExpert: id.PartExpert}

// book is a journal in the making, with what opens it.
type book struct {
	path   string
	header Header
	ids    Identities
	writer *Writer
}

// newBook creates a journal whose lanes have fresh keys.
func newBook(t testing.TB) *book {
	t.Helper()
	dir := t.TempDir()
	master, err := envelope.OpenMasterFile(filepath.Join(dir, "master.key"))
	if err != nil {
		t.Fatalf("make a master key: %v", err)
	}
	b := &book{path: filepath.Join(dir, "test.journal")}
	b.header = Header{
		Recording: id.NewRecording(noon), Call: id.NewCall(noon), Started: noon,
		Basis: Basis{Ledger: "hash", Rules: []string{"E-express"}, TableVersion: "2026-01"},
	}
	for lane, part := range parts {
		binding := envelope.Binding{Recording: b.header.Recording, Part: part}
		key, err := master.Sealer().NewKey(binding)
		if err != nil {
			t.Fatalf("make the %s key: %v", part, err)
		}
		b.header.Lanes[lane] = LaneKey{Recipient: key.Recipient.String(), Envelope: key.Envelope}
		if b.ids[lane], err = master.OpenKey(key.Envelope, binding); err != nil {
			t.Fatalf("open the %s key: %v", part, err)
		}
	}
	if b.writer, err = Create(b.path, b.header); err != nil {
		t.Fatalf("create the journal: %v", err)
	}
	t.Cleanup(func() { _ = b.writer.Close() })
	return b
}

// append writes one batch that holds one packet with the payload.
func (b *book) append(t testing.TB, l Lane, payload string) {
	t.Helper()
	if err := b.writer.Append(l, AppendPacket(nil, Packet{Payload: []byte(payload)})); err != nil {
		t.Fatalf("append to %s: %v", l, err)
	}
}

// four writes four batches over three lanes.
func (b *book) four(t testing.TB) {
	t.Helper()
	for i, l := range []Lane{LaneCall, LaneMember, LaneExpert, LaneMember} {
		b.append(t, l, fmt.Sprintf("payload %d", i+1))
	}
}

func (b *book) data(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile(b.path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// read returns the numbers of the batches that could be read, and the damage.
func (b *book) read(t testing.TB, data []byte) ([]uint64, []Damage) {
	t.Helper()
	var got []uint64
	damage, err := Read(data, b.header, b.ids, func(batch Batch) error {
		got = append(got, batch.Number)
		return nil
	})
	if err != nil {
		t.Fatalf("Read: got error %v, want damage at most", err)
	}
	return got, damage
}

// cut divides a sound file into its frames, the header first.
func cut(t testing.TB, data []byte) [][]byte {
	t.Helper()
	var out [][]byte
	for len(data) > 0 {
		f, err := parseFrame(data)
		if err != nil {
			t.Fatalf("frame %d: %v", len(out), err)
		}
		out = append(out, data[:f.size()])
		data = data[f.size():]
	}
	return out
}

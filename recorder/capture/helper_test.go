package capture

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"parley/media/audiolevel"
	"parley/recorder/journal"
	"parley/storage/envelope"
	"parley/storage/id"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// book is a journal file and what opens it.
type book struct {
	path   string
	header journal.Header
	ids    journal.Identities
	writer *journal.Writer
}

func newBook(t testing.TB) *book {
	t.Helper()
	dir := t.TempDir()
	master, err := envelope.OpenMasterFile(filepath.Join(dir, "master.key"))
	if err != nil {
		t.Fatalf("make a master key: %v", err)
	}
	b := &book{
		path:   filepath.Join(dir, "test.journal"),
		header: journal.Header{Recording: id.NewRecording(noon), Call: id.NewCall(noon), Started: noon},
	}
	for lane, part := range [lanes]string{id.PartCall, id.PartMember, id.PartExpert} {
		binding := envelope.Binding{Recording: b.header.Recording, Part: part}
		key, err := master.Sealer().NewKey(binding)
		if err != nil {
			t.Fatalf("make the %s key: %v", part, err)
		}
		b.header.Lanes[lane] = journal.LaneKey{Recipient: key.Recipient.String(), Envelope: key.Envelope}
		if b.ids[lane], err = master.OpenKey(key.Envelope, binding); err != nil {
			t.Fatalf("open the %s key: %v", part, err)
		}
	}
	if b.writer, err = journal.Create(b.path, b.header); err != nil {
		t.Fatalf("create the journal: %v", err)
	}
	t.Cleanup(func() { _ = b.writer.Close() })
	return b
}

// reopen begins the journal again on a file that wrap makes of a plain one.
func (b *book) reopen(t testing.TB, wrap func(*os.File) journal.File) {
	t.Helper()
	f, err := os.Create(b.path)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.writer.Close(); err != nil {
		t.Fatal(err)
	}
	if b.writer, err = journal.New(wrap(f), b.header); err != nil {
		t.Fatalf("begin the journal: %v", err)
	}
}

// records reads everything back from the file.
func (b *book) records(t testing.TB) [lanes][]any {
	t.Helper()
	data, err := os.ReadFile(b.path)
	if err != nil {
		t.Fatal(err)
	}
	var out [lanes][]any
	damage, err := journal.Read(data, b.header, b.ids, func(batch journal.Batch) error {
		return journal.Records(batch.Records, func(rec any) { out[batch.Lane] = append(out[batch.Lane], rec) })
	})
	if err != nil || len(damage) != 0 {
		t.Fatalf("read the journal: damage %v, error %v, want none", damage, err)
	}
	return out
}

// packets counts the packets of one lane of records.
func packets(recs []any) int {
	n := 0
	for _, rec := range recs {
		if _, ok := rec.(journal.Packet); ok {
			n++
		}
	}
	return n
}

// ear is a sink that remembers.
type ear struct {
	mu      sync.Mutex
	records [lanes][]any
	until   []time.Duration
	states  []bool
	alarms  [2][]Alarm
	lost    []error
	err     error
	ended   chan struct{}
}

func newEar() *ear { return &ear{ended: make(chan struct{})} }

func (e *ear) Batch(b Batch) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, data := range b.Lanes {
		_ = journal.Records(slices.Clone(data), func(rec any) { e.records[i] = append(e.records[i], rec) })
	}
	e.until = append(e.until, b.Until)
}

func (e *ear) Capturing(ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.states = append(e.states, ok)
}

func (e *ear) Alarm(leg int, a Alarm) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.alarms[leg] = append(e.alarms[leg], a)
}

// raised are the alarms of a leg so far.
func (e *ear) raised(leg int) []Alarm {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.alarms[leg])
}

func (e *ear) Lost(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lost = append(e.lost, err)
}

// Ended closes a channel, so that a second call panics.
func (e *ear) Ended(err error) {
	e.err = err
	close(e.ended)
}

func (e *ear) seen() []bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.states)
}

// send gives a capture one packet.
func send(c *Capture, leg int, at time.Time, seq uint16, payload string) {
	c.Packet(leg, at, &rtp.Header{SequenceNumber: seq, Timestamp: uint32(seq) * 960, SSRC: 7}, []byte(payload))
}

// sendLevel gives a capture one packet that states its audio level.
func sendLevel(c *Capture, leg int, level byte) {
	h := &rtp.Header{SSRC: 7}
	if err := h.SetExtension(audiolevel.Extension, []byte{level}); err != nil {
		panic(err)
	}
	c.Packet(leg, time.Now(), h, []byte("voice"))
}

// sendBoth gives a capture one packet of each leg.
func sendBoth(c *Capture) {
	for leg := range 2 {
		send(c, leg, time.Now(), 1, "voice")
	}
}

package pipeline

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// killedCall is a call during which the process was killed.
func killedCall(t *testing.T) (*house, *Recording) {
	t.Helper()
	h := newHouse(t)
	p := h.start()
	begun := p.clock.now()
	r := p.begin()
	p.speak(r, begun, 0, talkTime)
	p.kill()
	return h, r
}

// finishedCall is a call that had ended when the process was killed, with
// nothing stored yet.
func finishedCall(t *testing.T) (*house, *Recording) {
	t.Helper()
	h := newHouse(t)
	bad := &badStore{Store: h.objects, away: 1000}
	p := h.start(func(c *Config) { c.Objects = bad })
	r := p.wholeCall()
	p.eventually("the upload has failed", func() bool { return strings.Contains(p.log.String(), "not finished yet") })
	p.kill()
	return h, r
}

// recovered starts a new process and lets it finish what was left.
func recovered(t *testing.T, h *house) *process {
	t.Helper()
	p := h.start()
	if n, err := p.pipeline.Recover(); n != 1 || err != nil {
		t.Fatalf("Recover: got %d, %v, want 1", n, err)
	}
	return p
}

// journalOf is the path of a recording's journal.
func (h *house) journalOf(r *Recording) string {
	return filepath.Join(h.dir, string(r.ID())+"."+journalSuffix)
}

func TestKilledInTheMidst(t *testing.T) {
	h, r := killedCall(t)
	if got := h.entry(r.ID()).State; got != meta.StateCapturing {
		t.Fatalf("state after the kill: got %s, want capturing", got)
	}
	p := recovered(t, h)
	got := p.stored()
	if got.ID != r.ID() || !strings.Contains(got.Report, "the process ended during the call") {
		t.Errorf("entry: got %+v, want %s with a report that says so", got, r.ID())
	}
	rec := h.open(r.ID())
	if m := rec.Manifest; m.Report.Clean || len(m.Spans) != 1 || m.Spans[0].CloseMs != 5980 || m.LengthMs != 5980 {
		t.Errorf("manifest: got %+v, want one span to the last packet at 5980 ms, not clean", m)
	}
	if got := rec.Manifest.Spans[0].Proof; !reflect.DeepEqual(got, proof("1")) {
		t.Errorf("proof of the span: got %+v, want what the gate was opened by", got)
	}
	h.mustHear(rec, talkTime-time.Second)
	p.eventually("local copies are gone", func() bool { return len(p.local()) == 0 })
	h.mustBeSealed(phrases().packets[0][50], phrases().packets[1][50])
}

// TestKilledAtEachState holds that recovery is the same whatever was done
// already, and that a call that had ended is whole.
func TestKilledAtEachState(t *testing.T) {
	rows := map[string]func(h *house, r *Recording){
		"uploading": func(*house, *Recording) {},
		"uploading, spool gone": func(h *house, r *Recording) {
			for _, part := range []string{id.PartMember, id.PartExpert} {
				if err := os.Remove(filepath.Join(h.dir, string(r.ID())+"."+part+objectSuffix)); err != nil {
					t.Fatal(err)
				}
			}
		},
		"uploading, spool torn": func(h *house, r *Recording) {
			if err := os.Truncate(filepath.Join(h.dir, string(r.ID())+"."+id.PartMember+objectSuffix), 100); err != nil {
				t.Fatal(err)
			}
		},
		"rendering again": func(h *house, r *Recording) { h.move(r, meta.StateRendering) },
		"some objects stored and entered": func(h *house, r *Recording) {
			for _, part := range []string{id.PartMember, id.PartExpert, id.PartCall} {
				o := meta.StoredObject{Recording: r.ID(), Part: part, Key: newKey(r.ID()), Size: 4, SHA256: strings.Repeat("0", 64)}
				if err := errors.Join(h.objects.Put(t.Context(), o.Key, strings.NewReader("left"), 4), h.meta.PutObject(t.Context(), o)); err != nil {
					t.Fatal(err)
				}
			}
		},
	}
	for name, prepare := range rows {
		t.Run(name, func(t *testing.T) {
			h, r := finishedCall(t)
			if got := h.entry(r.ID()).State; got != meta.StateUploading {
				t.Fatalf("state after the kill: got %s, want uploading", got)
			}
			prepare(h, r)
			checkWhole(t, recovered(t, h), r)
			if got := h.keys(); len(got) != 5 {
				t.Errorf("store: got %q, want five objects", got)
			}
		})
	}
}

// move enters another state for a recording.
func (h *house) move(r *Recording, to meta.State) {
	h.t.Helper()
	e := h.entry(r.ID())
	e.State = to
	if err := h.meta.UpdateRecording(h.t.Context(), e); err != nil {
		h.t.Fatalf("move to %s: %v", to, err)
	}
}

// TestFinishedButNotCleared: the process was killed after the recording was
// stored, or erased, and before the local copies were gone.
func TestFinishedButNotCleared(t *testing.T) {
	for _, state := range []meta.State{meta.StateStored, meta.StateDiscarded} {
		t.Run(string(state), func(t *testing.T) {
			h, r := finishedCall(t)
			h.move(r, state)
			if got := len(h.local()); got != 6 {
				t.Fatalf("local files: got %q, want six", h.local())
			}
			p := recovered(t, h)
			p.eventually("local copies are gone", func() bool { return len(p.local()) == 0 })
			if got := h.entry(r.ID()).State; got != state {
				t.Errorf("state: got %s, want %s still", got, state)
			}
		})
	}
}

func TestDamagedStaysForAPerson(t *testing.T) {
	h, r := finishedCall(t)
	h.move(r, meta.StateDamaged)
	p := recovered(t, h)
	p.pipeline.Close(t.Context())
	if got := h.entry(r.ID()).State; got != meta.StateDamaged || len(h.local()) != 6 {
		t.Errorf("got state %s, files %q; want damaged and its six files", got, h.local())
	}
}

// TestTornJournal cuts the journal at many places of its last second.
func TestTornJournal(t *testing.T) {
	h, r := killedCall(t)
	whole, err := os.ReadFile(h.journalOf(r))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(h.journalOf(r), whole[:len(whole)-100], 0o600); err != nil {
		t.Fatal(err)
	}
	p := recovered(t, h)
	if got := p.stored(); !strings.Contains(got.Report, "while the last batch was being written") {
		t.Errorf("report: got %s, want the torn batch", got.Report)
	}
	h.open(r.ID())
}

// TestRottenJournal flips a byte of one batch.
func TestRottenJournal(t *testing.T) {
	h := newHouse(t)
	p := h.start()
	begun := p.clock.now()
	r := p.begin()
	flushed := func() int64 {
		info, err := os.Stat(h.journalOf(r))
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	var marks []int64
	for at := time.Duration(0); at < talkTime; at += 2 * time.Second {
		before := flushed()
		p.speak(r, begun, at, at+2*time.Second)
		spoken := int64(0)
		for _, packets := range phrases().packets {
			for _, payload := range packets[at/(20*time.Millisecond):][:100] {
				const header = 16 // of a packet's record, at least
				spoken += header + int64(len(payload))
			}
		}
		p.eventually("both voices are in the journal", func() bool { return flushed() > before+spoken })
		marks = append(marks, flushed())
	}
	p.kill()
	data, err := os.ReadFile(h.journalOf(r))
	if err != nil {
		t.Fatal(err)
	}
	data[marks[1]-500] ^= 1
	if err := os.WriteFile(h.journalOf(r), data, 0o600); err != nil {
		t.Fatal(err)
	}
	q := recovered(t, h)
	got := q.stored()
	if !strings.Contains(got.Report, "could not be read") || got.LengthMs != 5980 {
		t.Errorf("entry: got %+v, want 5980 ms and a report of the batch", got)
	}
	for leg, pcm := range heard(t, h.open(r.ID())) {
		if best, lag := likeness(t, phrases().pcm[leg][:2*48000], pcm); best < 0.75 || lag.Abs() > 20*time.Millisecond {
			t.Errorf("channel %d: got what was before the damage with likeness %.3f at %v, want it at the start", leg, best, lag)
		}
	}
}

// TestBrokenHeader: a header that was being made holds no audio; one hit by
// rot may stand before some, and the file is kept.
func TestBrokenHeader(t *testing.T) {
	rows := []struct {
		name  string
		spoil func(data []byte) []byte
		state meta.State
		kept  bool
	}{
		{"empty", func([]byte) []byte { return nil }, meta.StateDiscarded, false},
		{"torn", func(data []byte) []byte { return data[:100] }, meta.StateDiscarded, false},
		{"rotten", func(data []byte) []byte { data[60] ^= 1; return data }, meta.StateDamaged, true},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			h, rec := killedCall(t)
			path := h.journalOf(rec)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, r.spoil(bytes.Clone(data)), 0o600); err != nil {
				t.Fatal(err)
			}
			p := recovered(t, h)
			p.pipeline.Close(t.Context())
			if got := h.entry(rec.ID()).State; got != r.state {
				t.Errorf("state: got %s, want %s", got, r.state)
			}
			kept := slices.Contains(h.local(), filepath.Base(path)+damagedSuffix)
			if kept != r.kept || slices.Contains(h.local(), filepath.Base(path)) {
				t.Errorf("files: got %q, want the journal set aside: %v", h.local(), r.kept)
			}
		})
	}
}

func TestJournalGone(t *testing.T) {
	h, r := killedCall(t)
	if err := os.Remove(h.journalOf(r)); err != nil {
		t.Fatal(err)
	}
	var told []id.RecordingID
	p := h.start(func(c *Config) { c.OnDamaged = func(r meta.Recording) { told = append(told, r.ID) } })
	if n, err := p.pipeline.Recover(); n != 0 || err != nil {
		t.Fatalf("Recover: got %d, %v, want 0", n, err)
	}
	if len(told) != 1 || told[0] != r.ID() {
		t.Errorf("told as damaged: got %v, want %s", told, r.ID())
	}
	if got := h.entry(r.ID()); got.State != meta.StateDamaged || !strings.Contains(got.Report, "journal is gone") {
		t.Errorf("entry: got %+v, want it damaged, with a report", got)
	}
}

// TestRecoveryIsRepeatable kills the recovery as well.
func TestRecoveryIsRepeatable(t *testing.T) {
	h, r := killedCall(t)
	for range 2 {
		bad := &badStore{Store: h.objects, away: 1000}
		p := h.start(func(c *Config) { c.Objects = bad })
		if n, err := p.pipeline.Recover(); n != 1 || err != nil {
			t.Fatalf("Recover: got %d, %v, want 1", n, err)
		}
		p.eventually("the upload has failed", func() bool { return strings.Contains(p.log.String(), "not finished yet") })
		p.kill()
	}
	p := recovered(t, h)
	if got := p.stored(); got.ID != r.ID() {
		t.Errorf("ready: got %s, want %s", got.ID, r.ID())
	}
	if got := h.keys(); len(got) != 5 {
		t.Errorf("store: got %q, want five objects", got)
	}
}

func TestRecoverWithTheWrongMaster(t *testing.T) {
	h, r := killedCall(t)
	other := newHouse(t)
	p := h.start(func(c *Config) { c.Opener = other.master })
	if _, err := p.pipeline.Recover(); err != nil {
		t.Fatal(err)
	}
	p.eventually("the log says why", func() bool { return strings.Contains(p.log.String(), "sealed to another key") })
	p.kill()
	if _, err := os.Stat(h.journalOf(r)); err != nil {
		t.Errorf("the journal: %v, want it kept", err)
	}
	recovered(t, h).stored()
}

package hub

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"parley/recorder/capture"
	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/consent/receipt"
	"parley/recorder/journal"
	"parley/recorder/pipeline"
	"parley/signaling/session"
	"parley/storage/blob"
	"parley/storage/chain"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlite"
	"parley/storage/storetest"
)

var errFault = errors.New("this write was made to fail")

// faultyStore fails at the write with a number, and knows what is durable. A
// packet is sent under the read half of its lock, a ledger entry becomes durable
// under the write half: so each packet can say exactly which entries were
// durable when it was sent.
type faultyStore struct {
	*sqlite.Store
	failAt  int  // 0: never
	forEver bool // every later write fails too

	mu      sync.Mutex // guards writes
	writes  int
	durable sync.RWMutex // guards entries
	entries []chain.Entry
}

func (s *faultyStore) fails() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
	return s.failAt > 0 && (s.writes == s.failAt || s.forEver && s.writes > s.failAt)
}

func (s *faultyStore) AppendChain(ctx context.Context, name, kind, subject, actor string, body any, at time.Time) (chain.Entry, error) {
	if s.fails() {
		return chain.Entry{}, errFault
	}
	s.durable.Lock()
	defer s.durable.Unlock()
	e, err := s.Store.AppendChain(ctx, name, kind, subject, actor, body, at)
	if err == nil {
		s.entries = append(s.entries, e)
	}
	return e, err
}

func (s *faultyStore) InsertCall(ctx context.Context, c meta.Call) error {
	if s.fails() {
		return errFault
	}
	return s.Store.InsertCall(ctx, c)
}

func (s *faultyStore) UpdateCall(ctx context.Context, c meta.Call) error {
	if s.fails() {
		return errFault
	}
	return s.Store.UpdateCall(ctx, c)
}

func (s *faultyStore) InsertRecording(ctx context.Context, r meta.Recording, envelopes map[string][]byte) error {
	if s.fails() {
		return errFault
	}
	return s.Store.InsertRecording(ctx, r, envelopes)
}

// awayStore takes no objects, so that journals stay where the test can read
// them.
type awayStore struct{ blob.Store }

func (awayStore) Put(context.Context, string, io.Reader, int64) error { return errFault }

// recorder fits the pipeline to the hub.
type recorder struct{ *pipeline.Pipeline }

func (r recorder) Begin(ctx context.Context, s pipeline.Start) (Recording, error) {
	rec, err := r.Pipeline.Begin(ctx, s)
	if err != nil {
		return nil, err
	}
	return rec, nil
}

func (r recorder) Reopen(ctx context.Context, rec id.RecordingID, s pipeline.Start) (Recording, string, error) {
	again, shut, err := r.Pipeline.Reopen(ctx, rec, s)
	if err != nil {
		return nil, "", err
	}
	return again, shut, nil
}

// house is a node with a real recorder behind its hub.
type house struct {
	*stage
	store    *faultyStore
	master   *envelope.Master
	journals string
	close    func()
}

func newHouse(t *testing.T, failAt int, forEver bool) *house {
	t.Helper()
	return newHouseIn(t, "DE", failAt, forEver)
}

// newHouseIn has its expert in a place, and its hub changed.
func newHouseIn(t *testing.T, expertAt string, failAt int, forEver bool, change ...func(*Config)) *house {
	t.Helper()
	dir := t.TempDir()
	master := storetest.Master(t)
	db := storetest.Database(t)
	h := &house{store: &faultyStore{Store: db, failAt: failAt, forEver: forEver}, master: master, journals: filepath.Join(dir, "journal")}
	node := capture.NewNode(time.Now, zerolog.Nop())
	p, err := pipeline.New(pipeline.Config{
		Dir: h.journals, Sealer: master.Sealer(), Meta: h.store, Objects: awayStore{}, Node: node,
		Erase:   func(context.Context, id.RecordingID) error { return nil },
		OnReady: func(meta.Recording) { t.Error("a recording was stored in a store that is away") },
		Now:     time.Now, Log: zerolog.Nop(),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() { _ = node.Run(ctx) })
	h.stage = newStage(t, h.store, recorder{p}, expertAt, func() ([]byte, func()) {
		h.store.durable.RLock()
		payload := make([]byte, 1+8) // a TOC byte of a 20 ms frame, then the stamp
		payload[0] = 0x78
		binary.BigEndian.PutUint64(payload[1:], uint64(len(h.store.entries)))
		return payload, h.store.durable.RUnlock
	}, change...)
	h.close = sync.OnceFunc(func() {
		h.stage.close()
		cancel()
		work.Wait()
		p.Close(ctx)
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(h.close)
	return h
}

// play is a call in which the gate opens and closes for every reason that
// people have. Nobody's message may be refused, whatever fails behind.
func (h *house) play() {
	c := h.talk()
	h.flow()
	h.answer(h.member, "yes")
	h.answer(h.expert, "yes")
	h.flow()
	h.pause(c)
	h.flow()
	h.resume(c)
	h.flow()
	h.hold(h.member, c, true)
	h.flow()
	h.hold(h.member, c, false)
	h.flow()
	h.withdraw(h.member, c)
	h.keep(h.member, c)
	h.flow()
	h.answer(h.member, "yes")
	h.flow()
	h.answer(h.expert, "no")
	h.keep(h.expert, c)
	h.flow()
	h.answer(h.expert, "yes")
	h.flow()
	h.hangUp(h.member, c)
}

// packets are the stamps of all packets in all journals.
func (h *house) packets(t *testing.T) (stamps []int) {
	t.Helper()
	h.records(t, func(_ journal.Lane, rec any) {
		if p, ok := rec.(journal.Packet); ok {
			stamps = append(stamps, int(binary.BigEndian.Uint64(p.Payload[1:])))
		}
	})
	return stamps
}

// records reads all journals.
func (h *house) records(t *testing.T, each func(l journal.Lane, rec any)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(h.journals, "*.journal"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		h.recordsOf(t, name, each)
	}
}

// recordsOf reads one journal.
func (h *house) recordsOf(t *testing.T, name string, each func(l journal.Lane, rec any)) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	header, err := journal.ReadHeader(f)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	_, err = journal.Read(data, header, h.identities(t, header), func(b journal.Batch) error {
		return journal.Records(b.Records, func(rec any) { each(b.Lane, rec) })
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) identities(t *testing.T, header journal.Header) (ids journal.Identities) {
	t.Helper()
	for lane, part := range []string{id.PartCall, id.PartMember, id.PartExpert} {
		var err error
		ids[lane], err = h.master.OpenKey(header.Lanes[lane].Envelope, envelope.Binding{Recording: header.Recording, Part: part})
		if err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

// covered tells whether ledger entries allow capture: it reads them anew and
// takes no word from the state machine.
func covered(entries []chain.Entry) error {
	answers, open, paused := map[string]string{}, false, false
	var decision consent.Decision
	for _, e := range entries {
		var a ledger.AnswerGiven
		var v receipt.Judgement
		switch e.Kind {
		case session.NoteAnswer:
			if err := json.Unmarshal(e.Body, &a); err != nil {
				return err
			}
			answers[a.Side] = a.Answer
		case session.NoteVerdict:
			if err := json.Unmarshal(e.Body, &v); err != nil {
				return err
			}
			decision = v.Decision
		case session.NotePause, session.NoteResume:
			paused = e.Kind == session.NotePause
		case session.NoteGateOpen, session.NoteGateClose:
			open = e.Kind == session.NoteGateOpen
		}
	}
	for _, side := range []string{"member", "expert"} {
		if a := answers[side]; a != string(consent.AnswerExpress) {
			return fmt.Errorf("the %s's answer is %q", side, a)
		}
	}
	if decision != consent.Record || !open || paused {
		return fmt.Errorf("the verdict is %s, the gate open %v, paused %v", decision, open, paused)
	}
	return nil
}

// TestNoFaultLeavesAByteUncovered injects a fault into every write on the way
// of a call, one after the other, and looks into the journal: each packet in
// it was sent while the durable ledger allowed it.
func TestNoFaultLeavesAByteUncovered(t *testing.T) {
	run := func(t *testing.T, failAt int, forEver bool) (writes, packets int) {
		h := newHouse(t, failAt, forEver)
		h.play()
		h.close()
		stamps := h.packets(t)
		for _, n := range stamps {
			if err := covered(h.store.entries[:n]); err != nil {
				t.Fatalf("a packet was captured that %d durable entries do not cover: %v", n, err)
			}
		}
		return h.store.writes, len(stamps)
	}
	writes, packets := run(t, 0, false)
	if packets == 0 || writes < 20 {
		t.Fatalf("without faults: %d packets and %d writes, want a recorded call", packets, writes)
	}
	var cut atomic.Int64
	t.Run("faults", func(t *testing.T) {
		for n := 1; n <= writes; n++ {
			for _, forEver := range []bool{false, true} {
				t.Run(fmt.Sprintf("write %d, for ever %v", n, forEver), func(t *testing.T) {
					t.Parallel()
					if _, left := run(t, n, forEver); left < packets/2 {
						cut.Add(1)
					}
				})
			}
		}
	})
	if cut.Load() == 0 {
		t.Error("no fault kept anything from being captured: they did not reach the gate")
	}
}

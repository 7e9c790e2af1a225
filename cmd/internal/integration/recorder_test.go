package integration_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/journal"
	"parley/recorder/pipeline"
	"parley/signaling/hub"
	"parley/storage/id"
)

// fakeRecorder counts what it is given while its gate is open.
type fakeRecorder struct {
	mu      sync.Mutex // guards what follows
	changed chan struct{}
	broken  bool
	made    []*fakeRecording
}

func newFakeRecorder() *fakeRecorder { return &fakeRecorder{changed: make(chan struct{})} }

func (r *fakeRecorder) update(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
	close(r.changed)
	r.changed = make(chan struct{})
}

// wait waits until ok holds of the recordings; it runs under the lock.
func (r *fakeRecorder) wait(t testing.TB, what string, ok func([]*fakeRecording) bool) {
	t.Helper()
	deadline := time.After(patience)
	for {
		r.mu.Lock()
		done, changed := ok(r.made), r.changed
		r.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("waiting for the recorder: %s", what)
		}
	}
}

// packets is how many packets of a leg the first recording has.
func (r *fakeRecorder) packets(leg int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.made[0].packets[leg]
}

func (r *fakeRecorder) Begin(_ context.Context, s pipeline.Start) (hub.Recording, error) {
	if r.broken {
		return nil, errors.New("the disk is full")
	}
	rec := &fakeRecording{owner: r, id: id.NewRecording(time.Now()), start: s, open: true, proofs: []ledger.Proof{s.Proof}}
	r.update(func() { r.made = append(r.made, rec) })
	return rec, nil
}

func (r *fakeRecorder) Reopen(context.Context, id.RecordingID, pipeline.Start) (hub.Recording, string, error) {
	return nil, "", pipeline.ErrCannotGoOn
}

// fakeRecording is one call's.
type fakeRecording struct {
	owner    *fakeRecorder
	id       id.RecordingID
	start    pipeline.Start
	open     bool
	finished int
	packets  [2]int
	proofs   []ledger.Proof  // of each opening of the gate
	marks    []journal.Event // without their times
}

func (r *fakeRecording) ID() id.RecordingID { return r.id }

func (r *fakeRecording) OpenGate(_ context.Context, g consent.Grant, why ledger.Proof) error {
	if !g.Valid() {
		return errors.New("no grant")
	}
	r.owner.update(func() { r.open, r.proofs = true, append(r.proofs, why) })
	return nil
}

func (r *fakeRecording) EraseUnlessKept() error { return nil }

func (r *fakeRecording) Keep() error { return nil }

func (r *fakeRecording) CloseGate() { r.owner.update(func() { r.open = false }) }

func (r *fakeRecording) Mark(kind string, leg journal.Leg, _ time.Time) {
	r.owner.update(func() { r.marks = append(r.marks, journal.Event{Kind: kind, Leg: leg}) })
}

func (r *fakeRecording) Suspend() {}

func (r *fakeRecording) Finish() { r.owner.update(func() { r.finished++ }) }

func (r *fakeRecording) Packet(leg int, _ time.Time, _ *rtp.Header, _ []byte) {
	r.owner.update(func() {
		if r.open {
			r.packets[leg]++
		}
	})
}

func (r *fakeRecording) SenderReport(int, time.Time, uint32, uint64, uint32) {}

func (r *fakeRecording) Spoken(int, time.Time, []byte) {}

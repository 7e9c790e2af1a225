package destruction_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/storage/blob"
	"parley/storage/blob/fsblob"
	"parley/storage/chain"
	"parley/storage/destruction"
	"parley/storage/erasure"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlmeta"
	"parley/storage/signing"
	"parley/storage/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("got %v, want no error", err)
	}
}

// site is real stores with faults that can be put in anywhere.
type site struct {
	t                *testing.T
	meta             *sqlmeta.Store
	objects, replica *fsblob.Store
	log              *erasure.Log
	key              *signing.Key
	local            map[string]bool
	faults           *faults
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, local: map[string]bool{}, faults: &faults{}}
	var err error
	s.meta = storetest.Database(t)
	s.objects = storetest.Folder(t)
	s.replica = storetest.Folder(t)
	s.log = erasure.NewLog(s.objects)
	s.key, err = signing.FromSeed(bytes.Repeat([]byte{7}, signing.SeedLen))
	must(t, err)
	return s
}

// destroyer is a new process over the same stores.
func (s *site) destroyer() *destruction.Destroyer {
	return destruction.New(destruction.Config{
		Meta: faultyMeta{s.meta, s.faults}, List: faultyList{s.log, s.faults},
		Objects: faultyObjects{s.objects, s.faults}, Replicas: []blob.Store{faultyObjects{s.replica, s.faults}},
		Local: s, Key: s.key, Operator: "Example", AuditChain: "audit", Now: func() time.Time { return noon },
	})
}

// RemoveLocal implements destruction.Local.
func (s *site) RemoveLocal(_ context.Context, rec id.RecordingID, part string) error {
	return s.faults.around("local", func() error {
		delete(s.local, string(rec)+part)
		return nil
	})
}

func (s *site) record(state meta.State) meta.Recording {
	s.t.Helper()
	r := meta.Recording{ID: id.NewRecording(noon), CallID: id.NewCall(noon), MemberID: "maya", ExpertID: "lee", State: state, StartedAt: noon}
	envelopes := map[string][]byte{}
	for _, part := range id.Parts() {
		envelopes[part] = []byte("sealed")
	}
	must(s.t, s.meta.InsertRecording(s.t.Context(), r, envelopes))
	for _, part := range id.Parts() {
		key := "recordings/" + string(r.ID) + "/" + part
		for _, store := range []*fsblob.Store{s.objects, s.replica} {
			must(s.t, store.Put(s.t.Context(), key, strings.NewReader("x"), 1))
		}
		must(s.t, s.meta.PutObject(s.t.Context(), meta.StoredObject{Recording: r.ID, Part: part, Key: key, Size: 1, SHA256: strings.Repeat("0a", 32)}))
		s.local[string(r.ID)+part] = true
	}
	return r
}

func (s *site) approved(r meta.Recording, part string) meta.Erasure {
	s.t.Helper()
	e := meta.Erasure{
		ID: id.NewErasure(noon), Recording: r.ID, Part: part, Basis: meta.BasisPerson,
		RequestedBy: "maya", RequestedAt: noon, State: meta.ErasureApproved,
	}
	must(s.t, s.meta.InsertErasure(s.t.Context(), e))
	return e
}

// wantGone checks that a part is gone everywhere, and the others are there.
func (s *site) wantGone(r meta.Recording, gone ...string) {
	s.t.Helper()
	for _, part := range id.Parts() {
		want := !strings.Contains(strings.Join(gone, " "), part)
		_, err := s.meta.Envelope(s.t.Context(), r.ID, part)
		there := map[string]bool{"envelope": err == nil, "local copy": s.local[string(r.ID)+part]}
		for name, store := range map[string]*fsblob.Store{"object": s.objects, "replica": s.replica} {
			o, err := store.Open(s.t.Context(), "recordings/"+string(r.ID)+"/"+part)
			if there[name] = !errors.Is(err, blob.ErrNotExist); err == nil {
				must(s.t, o.Close())
			}
		}
		for what, is := range there {
			if is != want {
				s.t.Errorf("%s of %s: there is %v, want %v", what, part, is, want)
			}
		}
	}
}

func TestOneVoiceThenTheOther(t *testing.T) {
	s := newSite(t)
	r := s.record(meta.StateStored)
	first, err := s.destroyer().CarryOut(t.Context(), s.approved(r, id.PartMember).ID)
	must(t, err)
	s.wantGone(r, id.PartMember)
	c, err := destruction.OpenCertificate(s.key.Public(), first.Certificate)
	if err != nil || c.Part != id.PartMember || c.Recording != r.ID || len(c.Keys) != 1 || len(c.Objects) != 1 || c.Replicas != 1 || c.Operator != "Example" {
		t.Errorf("certificate: got %+v and %v", c, err)
	}
	if strings.Contains(fmt.Sprint(c), "maya") {
		t.Errorf("certificate: %+v names a person", c)
	}
	_, err = s.destroyer().CarryOut(t.Context(), s.approved(r, id.PartExpert).ID)
	must(t, err)
	s.wantGone(r, id.Parts()...)
	if now, err := s.meta.Recording(t.Context(), r.ID); err != nil || now.State != meta.StateErased {
		t.Errorf("recording: got %s and %v, want it erased", now.State, err)
	}
}

func TestBothVoicesAtOnce(t *testing.T) {
	s := newSite(t)
	for range 5 {
		r := s.record(meta.StateStored)
		var group sync.WaitGroup
		for _, part := range []string{id.PartMember, id.PartExpert, id.PartMember} {
			e, err := s.meta.Erasures(t.Context(), meta.ErasureFilter{Recording: r.ID})
			must(t, err)
			var which id.ErasureID
			for _, known := range e {
				if known.Part == part {
					which = known.ID // two carry out the same one
				}
			}
			if which == "" {
				which = s.approved(r, part).ID
			}
			d := destruction.New(destruction.Config{
				Meta: s.meta, List: s.log, Objects: s.objects, Replicas: []blob.Store{s.replica}, Local: nowhere{},
				Key: s.key, AuditChain: "audit", Now: time.Now,
			})
			group.Go(func() {
				if _, err := d.CarryOut(context.Background(), which); err != nil {
					t.Errorf("CarryOut beside others: %v", err)
				}
			})
		}
		group.Wait()
		clear(s.local)
		for _, part := range id.Parts() {
			if _, err := s.meta.Envelope(t.Context(), r.ID, part); !errors.Is(err, meta.ErrNotExist) {
				t.Errorf("envelope of %s: got %v, want it gone", part, err)
			}
		}
		if objects, err := s.meta.Objects(t.Context(), r.ID); err != nil || len(objects) != 0 {
			t.Errorf("objects: got %d and %v, want none", len(objects), err)
		}
	}
}

type nowhere struct{}

func (nowhere) RemoveLocal(context.Context, id.RecordingID, string) error { return nil }

// TestEndedAtEveryStep ends the process before and after each thing that destruction
// does, and begins it anew: the end state is the same.
func TestEndedAtEveryStep(t *testing.T) {
	for _, part := range []string{id.PartMember, id.PartCall} {
		steps := countSteps(t, part)
		if steps < 8 {
			t.Fatalf("%s: %d steps, want all of them", part, steps)
		}
		for at := range 2 * steps {
			s := newSite(t)
			r := s.record(meta.StateStored)
			e := s.approved(r, part)
			s.faults.failAt(at/2, at%2 == 1)
			if _, err := s.destroyer().CarryOut(t.Context(), e.ID); err == nil {
				t.Fatalf("%s, step %d: got no error, want that of the fault", part, at)
			}
			s.faults.failAt(-1, false)
			got, err := s.destroyer().CarryOut(t.Context(), e.ID)
			if err != nil || got.State != meta.ErasureDone {
				t.Fatalf("%s, ended at step %d, begun anew: got %s and %v, want it done", part, at, got.State, err)
			}
			if part == id.PartCall {
				s.wantGone(r, id.Parts()...)
			} else {
				s.wantGone(r, part)
			}
			if _, err := destruction.OpenCertificate(s.key.Public(), got.Certificate); err != nil {
				t.Errorf("%s, step %d: certificate: %v", part, at, err)
			}
		}
	}
}

func countSteps(t *testing.T, part string) int {
	s := newSite(t)
	e := s.approved(s.record(meta.StateStored), part)
	_, err := s.destroyer().CarryOut(t.Context(), e.ID)
	must(t, err)
	return s.faults.n
}

func TestWaits(t *testing.T) {
	s := newSite(t)
	r := s.record(meta.StateStored)
	e := s.approved(r, id.PartMember)
	hold := meta.Hold{ID: id.NewHold(noon), Recording: r.ID, Case: "1", Reason: "court", ReviewAt: noon, By: "pia", At: noon}
	must(t, s.meta.PlaceHold(t.Context(), hold))
	if _, err := s.destroyer().CarryOut(t.Context(), e.ID); !errors.Is(err, meta.ErrHeld) {
		t.Errorf("held: got %v, want ErrHeld", err)
	}
	s.wantGone(r)
	must(t, s.meta.ReleaseHold(t.Context(), hold.ID, "pia", "over", noon))
	_, err := s.destroyer().CarryOut(t.Context(), e.ID)
	must(t, err)
	s.wantGone(r, id.PartMember)

	making := s.record(meta.StateUploading)
	if _, err := s.destroyer().CarryOut(t.Context(), s.approved(making, id.PartCall).ID); !errors.Is(err, destruction.ErrNotFinished) {
		t.Errorf("being made: got %v, want ErrNotFinished", err)
	}
	s.wantGone(making)

	asked := s.record(meta.StateStored)
	request := meta.Erasure{ID: id.NewErasure(noon), Recording: asked.ID, Part: id.PartMember, Basis: meta.BasisPerson, RequestedBy: "maya", RequestedAt: noon, State: meta.ErasureRequested}
	must(t, s.meta.InsertErasure(t.Context(), request))
	if _, err := s.destroyer().CarryOut(t.Context(), request.ID); !errors.Is(err, meta.ErrConflict) {
		t.Errorf("not approved: got %v, want ErrConflict", err)
	}
	s.wantGone(asked)
}

// TestWrittenDownBefore: nothing is destroyed whose audit entry could not be written.
func TestWrittenDownBefore(t *testing.T) {
	s := newSite(t)
	r := s.record(meta.StateStored)
	e := s.approved(r, id.PartMember)
	s.faults.only = "audit"
	if _, err := s.destroyer().CarryOut(t.Context(), e.ID); err == nil {
		t.Error("without audit: got no error, want one")
	}
	s.wantGone(r)
}

func TestACertificateIsThatOfItsKey(t *testing.T) {
	s := newSite(t)
	e, err := s.destroyer().CarryOut(t.Context(), s.approved(s.record(meta.StateStored), id.PartCall).ID)
	must(t, err)
	other, err := signing.FromSeed(bytes.Repeat([]byte{8}, signing.SeedLen))
	must(t, err)
	if _, err := destruction.OpenCertificate(other.Public(), e.Certificate); !errors.Is(err, signing.ErrUnknownKey) {
		t.Errorf("another key: got %v, want ErrUnknownKey", err)
	}
	changed := []byte(e.Certificate)
	changed[len(changed)/2] ^= 1
	if _, err := destruction.OpenCertificate(s.key.Public(), string(changed)); err == nil {
		t.Error("changed: got no error, want one")
	}
	receipt, err := s.key.Sign("receipt+jws", []byte(`{"version":1}`))
	must(t, err)
	if _, err := destruction.OpenCertificate(s.key.Public(), receipt); !errors.Is(err, signing.ErrSignature) {
		t.Errorf("of another type: got %v, want ErrSignature", err)
	}
}

// TestAThousandAtOnce has them all asked for, and carried out by a few at a time.
func TestAThousandAtOnce(t *testing.T) {
	s := newSite(t)
	list := []id.ErasureID{}
	for range 1000 {
		list = append(list, s.approved(s.record(meta.StateStored), id.PartMember).ID)
	}
	clear(s.local)
	work := make(chan id.ErasureID, len(list))
	for _, e := range list {
		work <- e
	}
	close(work)
	d := destruction.New(destruction.Config{
		Meta: s.meta, List: s.log, Objects: s.objects, Local: nowhere{}, Key: s.key, AuditChain: "audit", Now: time.Now,
	})
	var group sync.WaitGroup
	began := time.Now()
	for range 4 {
		group.Go(func() {
			for e := range work {
				if _, err := d.CarryOut(context.Background(), e); err != nil {
					t.Errorf("CarryOut: %v", err)
				}
			}
		})
	}
	group.Wait()
	t.Logf("1000 erasures in %s", time.Since(began))
	left, err := s.meta.Erasures(t.Context(), meta.ErasureFilter{States: []meta.ErasureState{meta.ErasureApproved, meta.ErasureBegun}})
	if err != nil || len(left) != 0 {
		t.Errorf("left: got %d and %v, want none", len(left), err)
	}
	n := 0
	for _, err := range s.log.All(t.Context()) {
		must(t, err)
		n++
	}
	if n != 1000 {
		t.Errorf("list: got %d voices, want 1000", n)
	}
	must(t, s.meta.VerifyChain(t.Context(), "audit"))
}

// faults ends whatever is done at one step, before or after it.
type faults struct {
	mu    sync.Mutex
	n, at int
	after bool
	armed bool
	only  string
}

func (f *faults) failAt(step int, after bool) {
	f.n, f.at, f.after, f.armed = 0, step, after, step >= 0
}

var errEnded = errors.New("the process ended")

func (f *faults) around(what string, do func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	step := f.n
	f.n++
	hit := f.armed && step == f.at || f.only == what
	if hit && !f.after {
		return errEnded
	}
	err := do()
	if hit && f.after {
		return errEnded
	}
	return err
}

type faultyMeta struct {
	*sqlmeta.Store
	f *faults
}

func (m faultyMeta) BeginErasure(ctx context.Context, e id.ErasureID) error {
	return m.f.around("begin", func() error { return m.Store.BeginErasure(ctx, e) })
}

func (m faultyMeta) FinishErasure(ctx context.Context, e id.ErasureID, parts []string, certificate string, at time.Time) error {
	return m.f.around("finish", func() error { return m.Store.FinishErasure(ctx, e, parts, certificate, at) })
}

func (m faultyMeta) DestroyEnvelope(ctx context.Context, r id.RecordingID, part string, at time.Time) error {
	return m.f.around("envelope", func() error { return m.Store.DestroyEnvelope(ctx, r, part, at) })
}

func (m faultyMeta) AppendChain(ctx context.Context, name, kind, subject, actor string, body any, at time.Time) (e chain.Entry, err error) {
	err = m.f.around("audit", func() error {
		e, err = m.Store.AppendChain(ctx, name, kind, subject, actor, body, at)
		return err
	})
	return e, err
}

type faultyList struct {
	*erasure.Log
	f *faults
}

func (l faultyList) Append(ctx context.Context, at time.Time, voices ...erasure.Voice) error {
	return l.f.around("list", func() error { return l.Log.Append(ctx, at, voices...) })
}

type faultyObjects struct {
	*fsblob.Store
	f *faults
}

func (o faultyObjects) Delete(ctx context.Context, key string) error {
	return o.f.around("object", func() error { return o.Store.Delete(ctx, key) })
}

// TestOneThatCannotEndIsEnteredOnce, however often it is tried: whatever fails, the
// audit log and the list of erasures have it one time.
func TestOneThatCannotEndIsEnteredOnce(t *testing.T) {
	for _, what := range []string{"object", "local", "finish"} {
		s := newSite(t)
		r := s.record(meta.StateStored)
		e := s.approved(r, id.PartCall)
		s.faults.only = what
		for range 4 {
			if _, err := s.destroyer().CarryOut(t.Context(), e.ID); err == nil {
				t.Fatalf("%s fails: got no error", what)
			}
		}
		s.faults.only = ""
		got, err := s.destroyer().CarryOut(t.Context(), e.ID)
		must(t, err)
		voices := 0
		for _, err := range s.log.All(t.Context()) {
			must(t, err)
			voices++
		}
		entries, err := s.meta.ChainEntries(t.Context(), "audit", string(r.ID), 0, 0)
		if err != nil || got.State != meta.ErasureDone || voices != 3 || len(entries) != 1 {
			t.Errorf("%s failed four times: it is %s, with %d voices on the list and %d audit entries (%v), want done, 3 and 1",
				what, got.State, voices, len(entries), err)
		}
	}
}

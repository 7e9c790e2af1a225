package sweep

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"parley/recorder/manifest"
	"parley/storage/blob"
	"parley/storage/blob/fsblob"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlmeta"
	"parley/storage/offsite"
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

// site is a stored recording with copies.
type site struct {
	t             *testing.T
	meta          *sqlmeta.Store
	first, second *fsblob.Store
	rec           id.RecordingID
	objects       map[string]meta.StoredObject
	now           time.Time
	rot           []Rot
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, rec: id.NewRecording(noon), objects: map[string]meta.StoredObject{}, now: noon}
	s.meta = storetest.Database(t)
	for _, store := range []**fsblob.Store{&s.first, &s.second} {
		*store = storetest.Folder(t)
	}
	envelopes := map[string][]byte{}
	for _, part := range id.Parts() {
		envelopes[part] = []byte("sealed")
	}
	must(t, s.meta.InsertRecording(t.Context(), meta.Recording{
		ID: s.rec, CallID: id.NewCall(noon), MemberID: "maya", ExpertID: "lee", State: meta.StateStored,
		StartedAt: noon, StoredAt: &noon, Report: `{"clean":true,"expected_ms":1000,"actual_ms":1000,"notes":[]}`,
	}, envelopes))
	for _, part := range id.Parts() {
		content := bytes.Repeat([]byte(part), 1000)
		sum := sha256.Sum256(content)
		o := meta.StoredObject{Recording: s.rec, Part: part, Key: "recordings/" + string(s.rec) + "/" + part, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
		must(t, s.first.Put(t.Context(), o.Key, bytes.NewReader(content), o.Size))
		must(t, s.meta.PutObject(t.Context(), o))
		s.objects[part] = o
	}
	return s
}

func (s *site) sweeper(copies bool) *Sweeper {
	cfg := Config{
		Meta: s.meta, First: s.first, Pass: 24 * time.Hour, Rate: 1 << 30,
		OnRot: func(r Rot) { s.rot = append(s.rot, r) }, Now: func() time.Time { return s.now }, Log: zerolog.Nop(),
	}
	if copies {
		cfg.Second = s.second
	}
	return New(cfg)
}

// copyAll makes the off-site copies.
func (s *site) copyAll() {
	s.t.Helper()
	for _, o := range s.objects {
		must(s.t, offsite.Copy(s.t.Context(), s.first, s.second, o))
		must(s.t, s.meta.FinishCopy(s.t.Context(), o.Key, noon))
	}
}

func (s *site) spoil(part string) {
	s.t.Helper()
	o := s.objects[part]
	must(s.t, s.first.Replace(s.t.Context(), o.Key, bytes.NewReader(make([]byte, o.Size)), o.Size))
}

func (s *site) sweep(w *Sweeper) int {
	s.t.Helper()
	n, err := w.batch(s.t.Context())
	must(s.t, err)
	return n
}

func (s *site) report() manifest.Report {
	s.t.Helper()
	r, err := s.meta.Recording(s.t.Context(), s.rec)
	must(s.t, err)
	return manifest.DecodeReport(r.Report)
}

func TestEachObjectOnceAPass(t *testing.T) {
	s := newSite(t)
	w := s.sweeper(false)
	for i, want := range []int{3, 0} {
		if got := s.sweep(w); got != want {
			t.Errorf("batch %d: got %d objects, want %d", i+1, got, want)
		}
	}
	s.now = noon.Add(25 * time.Hour)
	if got := s.sweep(s.sweeper(false)); got != 3 {
		t.Errorf("after a day, in another process: got %d objects, want 3", got)
	}
	if r := s.report(); !r.Clean || len(s.rot) > 0 {
		t.Errorf("sound objects: got %+v and %+v, want a clean report and no find", r, s.rot)
	}
}

func TestRotIsReportedAndHeals(t *testing.T) {
	s := newSite(t)
	s.spoil(id.PartMember)
	must(t, s.first.Delete(t.Context(), s.objects[id.PartExpert].Key))
	w := s.sweeper(false)
	s.sweep(w)
	if len(s.rot) != 2 || s.rot[0].Repaired || w.Stats().Faults != 2 {
		t.Errorf("finds: got %+v and %+v, want two that are not repaired", s.rot, w.Stats())
	}
	r := s.report()
	if r.Clean || len(r.Notes) != 2 || r.ActualMs != 1000 {
		t.Errorf("report: got %+v, want two notes and the rest kept", r)
	}
	if all := strings.Join(r.Notes, "; "); !strings.Contains(all, "of the member is changed") || !strings.Contains(all, "of the expert is gone") {
		t.Errorf("notes: got %q, want what is wrong with each", all)
	}
	// Somebody puts the objects back; a later check finds it out.
	for _, part := range []string{id.PartMember, id.PartExpert} {
		o := s.objects[part]
		must(t, s.first.Replace(t.Context(), o.Key, bytes.NewReader(bytes.Repeat([]byte(part), 1000)), o.Size))
	}
	s.now = noon.Add(25 * time.Hour)
	s.sweep(w)
	if r := s.report(); !r.Clean || len(r.Notes) != 0 || w.Stats().Faults != 0 {
		t.Errorf("healed: got %+v and %+v, want a clean report", r, w.Stats())
	}
}

func TestRotIsRepaired(t *testing.T) {
	s := newSite(t)
	s.copyAll()
	s.spoil(id.PartMember)
	w := s.sweeper(true)
	s.sweep(w)
	if len(s.rot) != 1 || !s.rot[0].Repaired || s.rot[0].Recording.ID != s.rec {
		t.Errorf("finds: got %+v, want one that was repaired", s.rot)
	}
	if err := offsite.Verify(t.Context(), s.first, s.objects[id.PartMember]); err != nil {
		t.Errorf("the object after the repair: %v", err)
	}
	if r := s.report(); !r.Clean || w.Stats().Repaired != 1 || w.Stats().Faults != 0 {
		t.Errorf("after the repair: got %+v and %+v, want a clean report", r, w.Stats())
	}
}

// TestACopyThatIsNoBetter does not replace anything.
func TestACopyThatIsNoBetter(t *testing.T) {
	s := newSite(t)
	s.copyAll()
	o := s.objects[id.PartMember]
	s.spoil(id.PartMember)
	must(t, s.second.Replace(t.Context(), o.Key, bytes.NewReader(bytes.Repeat([]byte("x"), int(o.Size))), o.Size))
	s.sweep(s.sweeper(true))
	if r := s.report(); r.Clean || len(s.rot) != 1 || s.rot[0].Repaired {
		t.Errorf("got %+v and %+v, want a find that is not repaired", r, s.rot)
	}
}

// TestErasedIsNoRot: an object that is gone because its key was destroyed.
func TestErasedIsNoRot(t *testing.T) {
	s := newSite(t)
	o := s.objects[id.PartMember]
	must(t, s.meta.DestroyEnvelope(t.Context(), s.rec, id.PartMember, noon))
	must(t, s.first.Delete(t.Context(), o.Key))
	w := s.sweeper(false)
	must(t, w.Check(t.Context(), o)) // it was listed before
	if got := s.sweep(w); got != 2 || len(s.rot) > 0 {
		t.Errorf("got %d objects and %+v, want the other two and no find", got, s.rot)
	}
}

func TestPace(t *testing.T) {
	for _, r := range []struct {
		size, rate int64
		want       time.Duration
	}{{1 << 20, 1 << 20, time.Second}, {1 << 19, 1 << 20, 500 * time.Millisecond}, {0, 1, 0}, {1, 0, 0}} {
		if got := pace(r.size, r.rate); got != r.want {
			t.Errorf("pace(%d, %d): got %v, want %v", r.size, r.rate, got, r.want)
		}
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	s := newSite(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	w := s.sweeper(false)
	go func() { done <- w.Run(ctx) }()
	deadline, tick := time.After(time.Minute), time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for w.Stats().Objects < 3 {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("the sweep did not check three objects")
		}
	}
	cancel()
	must(t, <-done)
}

func TestMarkKeepsOtherNotes(t *testing.T) {
	o := meta.StoredObject{Key: "recordings/rec/abc", Part: id.PartMember}
	before := `{"clean":false,"expected_ms":1,"actual_ms":1,"notes":["5 % of the member's audio was lost"]}`
	marked, changed, err := mark(before, o, "changed")
	must(t, err)
	if r := manifest.DecodeReport(marked); !changed || r.Clean || len(r.Notes) != 2 {
		t.Errorf("marked: got %+v, want both notes", r)
	}
	if _, changed, err = mark(marked, o, "changed"); changed || err != nil {
		t.Errorf("marked again: got %t and %v, want no change", changed, err)
	}
	healed, _, err := mark(marked, o, "")
	must(t, err)
	if r := manifest.DecodeReport(healed); r.Clean || !slices.Equal(r.Notes, []string{"5 % of the member's audio was lost"}) {
		t.Errorf("healed: got %+v, want the other note, not clean", r)
	}
}

// unreadable is a store with an object that it does not give.
type unreadable struct {
	*fsblob.Store
	key string
}

var errDenied = errors.New("denied")

func (u unreadable) Open(ctx context.Context, key string) (blob.Object, error) {
	if key == u.key {
		return nil, &blob.Error{Op: "open", Key: key, Err: errDenied}
	}
	return u.Store.Open(ctx, key)
}

// TestOneThatCannotBeReadKeepsNobodyWaiting: the others are checked, it is named,
// and checked when it can be.
func TestOneThatCannotBeReadKeepsNobodyWaiting(t *testing.T) {
	s := newSite(t)
	s.spoil(id.PartMember)
	w := s.sweeper(false)
	w.cfg.First = unreadable{s.first, s.objects[id.PartCall].Key} // the first in order
	n, err := w.batch(t.Context())
	if !errors.Is(err, errDenied) || !strings.Contains(err.Error(), s.objects[id.PartCall].Key) || n != 2 {
		t.Errorf("batch: got %d and %v, want the one that cannot be read named", n, err)
	}
	if got := w.Stats(); got.Objects != 2 || got.Failing != 1 || got.Faults != 1 || len(s.rot) != 1 {
		t.Errorf("stats: got %+v and %+v, want the rot behind it found", got, s.rot)
	}
	w.cfg.First = s.first
	if got := s.sweep(w); got != 1 || w.Stats().Failing != 0 {
		t.Errorf("mended: got %d objects and %+v, want the one that was left", got, w.Stats())
	}
}

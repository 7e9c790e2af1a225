package holding_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"parley/storage/blob"
	"parley/storage/blob/fsblob"
	"parley/storage/envelope"
	"parley/storage/holding"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlmeta"
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

// away is an object store that can be away.
type away struct {
	*fsblob.Store
	is bool
}

var errAway = errors.New("away")

func (a *away) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if a.is {
		return errAway
	}
	return a.Store.Put(ctx, key, r, size)
}

// site is a database, and one of an older day.
type site struct {
	t          *testing.T
	now, older *sqlmeta.Store
	objects    *away
	master     *envelope.Master
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, master: storetest.Master(t)}
	for _, to := range []**sqlmeta.Store{&s.now, &s.older} {
		*to = storetest.Database(t)
	}
	objects := storetest.Folder(t)
	s.objects = &away{Store: objects}
	return s
}

// list is that of a process that has just started.
func (s *site) list() *holding.List {
	return holding.New(holding.Config{
		Objects: s.objects, Meta: s.now, Vault: s.master, Every: time.Hour, Now: func() time.Time { return noon }, Log: zerolog.Nop(),
	})
}

// record enters a recording, also in the older database unless it is newer.
func (s *site) record(newer bool) id.RecordingID {
	s.t.Helper()
	r := meta.Recording{ID: id.NewRecording(noon), CallID: id.NewCall(noon), MemberID: "maya", ExpertID: "lee", State: meta.StateStored, StartedAt: noon}
	envelopes := map[string][]byte{}
	for _, part := range id.Parts() {
		envelopes[part] = []byte("sealed")
	}
	must(s.t, s.now.InsertRecording(s.t.Context(), r, envelopes))
	if !newer {
		must(s.t, s.older.InsertRecording(s.t.Context(), r, envelopes))
	}
	return r.ID
}

func (s *site) hold(r id.RecordingID, in ...*sqlmeta.Store) meta.Hold {
	s.t.Helper()
	h := meta.Hold{ID: id.NewHold(noon), Recording: r, Case: "42 O 7/26", Reason: "a court asked", ReviewAt: noon.Add(time.Hour), By: "pia", At: noon}
	for _, store := range in {
		must(s.t, store.PlaceHold(s.t.Context(), h))
	}
	return h
}

func (s *site) asked(r id.RecordingID, in ...*sqlmeta.Store) meta.Erasure {
	s.t.Helper()
	e := meta.Erasure{
		ID: id.NewErasure(noon), Recording: r, Part: id.PartMember, Basis: meta.BasisPerson,
		RequestedBy: "maya", RequestedAt: noon, State: meta.ErasureRequested,
	}
	for _, store := range in {
		must(s.t, store.InsertErasure(s.t.Context(), e))
	}
	return e
}

func (s *site) replay(vault holding.Vault) holding.Replayed {
	s.t.Helper()
	did, err := holding.Replay(s.t.Context(), s.objects, vault, s.older)
	must(s.t, err)
	return did
}

func (s *site) entries() (n int, text string) {
	s.t.Helper()
	for info, err := range iter.Seq2[blob.Info, error](s.objects.List(s.t.Context(), holding.Prefix)) {
		must(s.t, err)
		object, err := s.objects.Open(s.t.Context(), info.Key)
		must(s.t, err)
		content, err := io.ReadAll(io.NewSectionReader(object, 0, object.Size()))
		must(s.t, errors.Join(err, object.Close()))
		n, text = n+1, text+string(content)
	}
	return n, text
}

// TestAnOlderDatabase gets what was placed, released, asked for and decided since.
func TestAnOlderDatabase(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	kept, freed, both, newer := s.record(false), s.record(false), s.record(false), s.record(true)
	placed, released := s.hold(kept, s.now), s.hold(freed, s.now, s.older)
	passing := s.hold(both, s.now)
	s.hold(newer, s.now)
	waiting, decided := s.asked(kept, s.now), s.asked(freed, s.now, s.older)
	must(t, s.list().Sync(ctx))
	must(t, s.now.ReleaseHold(ctx, released.ID, "paul", "over", noon))
	must(t, s.now.ReleaseHold(ctx, passing.ID, "paul", "over", noon))
	must(t, s.now.DecideErasure(ctx, waiting.ID, meta.ErasureApproved, "pia", "as asked", noon))
	must(t, s.now.DecideErasure(ctx, decided.ID, meta.ErasureRefused, "pia", "evidence", noon))
	must(t, s.list().Sync(ctx))

	did := s.replay(s.master)
	if want := (holding.Replayed{Placed: 2, Released: 2, Erasures: 3}); did != want {
		t.Errorf("Replay: got %+v, want %+v", did, want)
	}
	for _, r := range []id.RecordingID{kept, freed, both} {
		want, err := s.now.Holds(ctx, r)
		must(t, err)
		got, err := s.older.Holds(ctx, r)
		must(t, err)
		if len(got) != 1 || got[0].ID != want[0].ID || got[0].Case != want[0].Case || got[0].By != want[0].By || (got[0].ReleasedAt == nil) != (want[0].ReleasedAt == nil) {
			t.Errorf("holds of %s: got %+v, want %+v", r, got, want)
		}
	}
	for _, e := range []meta.Erasure{waiting, decided} {
		want, err := s.now.Erasure(ctx, e.ID)
		must(t, err)
		got, err := s.older.Erasure(ctx, e.ID)
		if err != nil || got.State != want.State || got.Note != want.Note {
			t.Errorf("erasure: got %+v and %v, want %+v", got, err, want)
		}
	}
	if held, err := s.older.Held(ctx, kept); err != nil || !held || placed.ID == "" {
		t.Errorf("held after the replay: got %t and %v, want true", held, err)
	}
	if again := s.replay(s.master); again != (holding.Replayed{}) {
		t.Errorf("Replay again: got %+v, want nothing to do", again)
	}
}

// TestNothingIsListedTwice, however often it is looked and whoever looks.
func TestNothingIsListedTwice(t *testing.T) {
	s := newSite(t)
	r := s.record(false)
	s.hold(r, s.now)
	s.asked(r, s.now)
	l := s.list()
	for _, l := range []*holding.List{l, l, s.list()} {
		must(t, l.Sync(t.Context()))
	}
	if n, _ := s.entries(); n != 2 {
		t.Errorf("entries: got %d, want 2", n)
	}
}

// TestTheListTellsNothing to who has the bucket but not the key.
func TestTheListTellsNothing(t *testing.T) {
	s := newSite(t)
	r := s.record(false)
	s.hold(r, s.now)
	s.asked(r, s.now)
	must(t, s.list().Sync(t.Context()))
	_, text := s.entries()
	for _, word := range []string{"court", "42 O", "pia", "maya"} {
		if strings.Contains(text, word) {
			t.Errorf("the list shows %q", word)
		}
	}
	if did := s.replay(storetest.Master(t)); did != (holding.Replayed{Placed: 1, Unread: 1}) {
		t.Errorf("Replay without the key: got %+v, want the hold placed and the erasure counted", did)
	}
	if held, err := s.older.Held(t.Context(), r); err != nil || !held {
		t.Errorf("held: got %t and %v, want a hold without its words", held, err)
	}
}

// TestAStoreThatIsAway gets everything when it is back.
func TestAStoreThatIsAway(t *testing.T) {
	s := newSite(t)
	r := s.record(false)
	l := s.list()
	s.objects.is = true
	s.hold(r, s.now)
	if err := l.Sync(t.Context()); !errors.Is(err, errAway) {
		t.Errorf("Sync: got %v, want that the store is away", err)
	}
	s.objects.is = false
	must(t, l.Sync(t.Context()))
	if did := s.replay(s.master); did.Placed != 1 {
		t.Errorf("Replay: got %+v, want the hold", did)
	}
}

// TestAListThatWasTamperedWith is not followed.
func TestAListThatWasTamperedWith(t *testing.T) {
	s := newSite(t)
	for range 2 {
		s.hold(s.record(false), s.now)
	}
	must(t, s.list().Sync(t.Context()))
	must(t, s.objects.Delete(t.Context(), holding.Prefix+"000000000001"))
	if _, err := holding.Replay(t.Context(), s.objects, s.master, s.older); err == nil {
		t.Error("Replay of a list that lacks an entry: got no error")
	}
	if err := s.list().Sync(t.Context()); err == nil {
		t.Error("Sync to a list that lacks an entry: got no error")
	}
}

func TestRunWakesAndEnds(t *testing.T) {
	s := newSite(t)
	l := s.list()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	s.hold(s.record(false), s.now)
	deadline, tick := time.After(time.Minute), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for n := 0; n == 0; n, _ = s.entries() {
		select {
		case <-tick.C:
			l.Wake()
		case <-deadline:
			t.Fatal("the hold was not listed")
		}
	}
	cancel()
	must(t, <-done)
}

package locking_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"parley/storage/blob"
	"parley/storage/blob/layer"
	"parley/storage/blob/miniotest"
	"parley/storage/blob/s3blob"
	"parley/storage/id"
	"parley/storage/locking"
	"parley/storage/meta"
	"parley/storage/meta/sqlmeta"
	"parley/storage/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Now().UTC().Truncate(time.Hour)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("got %v, want no error", err)
	}
}

// site is a server's metadata and two buckets with Object Lock.
type site struct {
	t      *testing.T
	minio  *miniotest.Server
	meta   *sqlmeta.Store
	places []locking.Place
}

func newSite(t *testing.T, lock bool) *site {
	t.Helper()
	s := &site{t: t, minio: miniotest.Start(t)}
	s.meta = storetest.Database(t)
	for _, name := range []string{meta.StoreMain, meta.StoreOffsite} {
		store, err := s3blob.New(s3blob.Config{
			Endpoint: s.minio.Endpoint, AccessKey: s.minio.AccessKey, SecretKey: s3blob.Secret(s.minio.SecretKey),
			Bucket: name, Region: "us-east-1", PathStyle: true, Lock: lock,
		})
		must(t, err)
		must(t, store.EnsureBucket(t.Context()))
		t.Cleanup(func() { _ = store.Close() })
		s.places = append(s.places, locking.Place{Name: name, Store: layer.Limit(store, layer.Limits{})})
	}
	return s
}

func (s *site) keeper(until func(meta.Recording) time.Time) *locking.Keeper {
	return locking.New(locking.Config{
		Meta: s.meta, Places: s.places, Until: until, Every: time.Hour, Now: time.Now, Log: zerolog.Nop(),
	})
}

func (s *site) insert(state meta.State) meta.Recording {
	s.t.Helper()
	r := meta.Recording{ID: id.NewRecording(noon), CallID: id.NewCall(noon), MemberID: "maya", ExpertID: "lee", State: state, StartedAt: noon}
	envelopes := map[string][]byte{}
	for _, part := range id.Parts() {
		envelopes[part] = []byte("sealed")
	}
	must(s.t, s.meta.InsertRecording(s.t.Context(), r, envelopes))
	return r
}

// upload stores an object of each part in both stores, and returns their keys.
func (s *site) upload(r meta.Recording) (keys []string) {
	s.t.Helper()
	for _, part := range id.Parts() {
		key := "recordings/" + string(r.ID) + "/" + part
		for _, p := range s.places {
			must(s.t, p.Store.Put(s.t.Context(), key, strings.NewReader("x"), 1))
		}
		must(s.t, s.meta.PutObject(s.t.Context(), meta.StoredObject{Recording: r.ID, Part: part, Key: key, Size: 1, SHA256: strings.Repeat("0a", 32)}))
		must(s.t, s.meta.FinishCopy(s.t.Context(), key, noon))
		keys = append(keys, key)
	}
	return keys
}

func (s *site) hold(r meta.Recording) id.HoldID {
	s.t.Helper()
	h := meta.Hold{ID: id.NewHold(noon), Recording: r.ID, Case: "1", Reason: "court", ReviewAt: noon, By: "pia", At: noon}
	must(s.t, s.meta.PlaceHold(s.t.Context(), h))
	return h.ID
}

// wantLocked tries to delete every object from both stores.
func (s *site) wantLocked(doing string, keys []string, locked bool) {
	s.t.Helper()
	for _, p := range s.places {
		for _, key := range keys {
			err := p.Store.Delete(s.t.Context(), key)
			if locked && !errors.Is(err, blob.ErrLocked) || !locked && err != nil {
				s.t.Errorf("%s: delete %s from the %s store: got %v, want it locked: %t", doing, key, p.Name, err, locked)
			}
		}
	}
}

func TestAHoldIsOneOfTheStores(t *testing.T) {
	s := newSite(t, true)
	k := s.keeper(nil)
	r := s.insert(meta.StateStored)
	keys := s.upload(r)
	hold, other := s.hold(r), s.hold(r)
	free := s.upload(s.insert(meta.StateStored))
	must(t, k.Pass(t.Context()))
	s.wantLocked("held", keys, true)
	s.wantLocked("of another recording", free, false)
	must(t, s.meta.ReleaseHold(t.Context(), hold, "pia", "over", noon))
	must(t, k.Pass(t.Context()))
	s.wantLocked("one of two holds released", keys, true)
	must(t, s.meta.ReleaseHold(t.Context(), other, "pia", "over", noon))
	must(t, k.Pass(t.Context()))
	s.wantLocked("released", keys, false)
}

// TestAHoldBeforeTheUpload is set on what is uploaded later, and on what a repair
// has put in its place.
func TestAHoldBeforeTheUpload(t *testing.T) {
	s := newSite(t, true)
	k := s.keeper(nil)
	r := s.insert(meta.StateUploading)
	s.hold(r)
	must(t, k.Pass(t.Context()))
	keys := s.upload(r)
	r.State = meta.StateStored
	must(t, s.meta.UpdateRecording(t.Context(), r))
	must(t, k.Pass(t.Context()))
	s.wantLocked("uploaded", keys, true)

	replacer, _ := blob.As[blob.Replacer](s.places[0].Store)
	must(t, replacer.Replace(t.Context(), keys[0], strings.NewReader("y"), 1))
	must(t, s.meta.ForgetLock(t.Context(), meta.StoreMain, keys[0]))
	must(t, k.Pass(t.Context()))
	s.wantLocked("repaired", keys[:1], true)
}

// TestAStoreThatIsAway is told when it is back; until then it is counted.
func TestAStoreThatIsAway(t *testing.T) {
	s := newSite(t, true)
	k := s.keeper(nil)
	r := s.insert(meta.StateStored)
	keys := s.upload(r)
	must(t, k.Pass(t.Context()))
	s.hold(r)
	s.minio.Stop(t)
	for range 2 {
		if err := k.Pass(t.Context()); err == nil || !strings.Contains(err.Error(), keys[0]) {
			t.Errorf("away: got %v, want an error that names what is not locked", err)
		}
	}
	if got := k.Stats(); got.Waiting != 2*len(keys) || got.Since.IsZero() {
		t.Errorf("away: got %+v, want all counted", got)
	}
	s.minio.Restart(t)
	must(t, k.Pass(t.Context()))
	s.wantLocked("back", keys, true)
	if got := k.Stats(); got != (locking.Stats{}) {
		t.Errorf("back: got %+v, want nothing to wait", got)
	}
}

// TestRetention keeps objects for as long as their recording is kept, and not what
// was erased.
func TestRetention(t *testing.T) {
	s := newSite(t, true)
	k := s.keeper(func(r meta.Recording) time.Time { return r.StartedAt.Add(24 * time.Hour) })
	r := s.insert(meta.StateStored)
	keys := s.upload(r)
	must(t, k.Pass(t.Context()))
	s.wantLocked("retained", keys, true)
	for _, p := range s.places {
		for _, key := range keys {
			must(t, blob.Erase(t.Context(), p.Store, key))
		}
	}
	over := s.keeper(func(meta.Recording) time.Time { return noon.Add(-time.Hour) })
	old := s.upload(s.insert(meta.StateStored))
	must(t, over.Pass(t.Context()))
	s.wantLocked("its time is over", old, false)
}

// TestABucketWithoutLock is left alone.
func TestABucketWithoutLock(t *testing.T) {
	s := newSite(t, false)
	k := s.keeper(nil)
	r := s.insert(meta.StateStored)
	keys := s.upload(r)
	s.hold(r)
	must(t, k.Pass(t.Context()))
	if got := k.Stats(); got.Waiting != 0 {
		t.Errorf("got %+v, want nothing to wait", got)
	}
	s.wantLocked("no lock", keys, false)
}

// changing is a store while whose holds are set one is released, or placed.
type changing struct {
	blob.Store
	held    bool
	between func()
}

func (*changing) CanLock(context.Context) (bool, error)           { return true, nil }
func (*changing) Retain(context.Context, string, time.Time) error { return nil }
func (*changing) Erase(context.Context, string) error             { return nil }

func (c *changing) Hold(context.Context, string) error {
	c.held = true
	c.between()
	return nil
}

func (c *changing) Release(context.Context, string) error {
	c.held = false
	c.between()
	return nil
}

// TestAHoldThatIsReleasedMeanwhile is not left behind in the store.
func TestAHoldThatIsReleasedMeanwhile(t *testing.T) {
	s := newSite(t, true)
	r := s.insert(meta.StateStored)
	s.upload(r)
	hold := s.hold(r)
	released := false
	c := &changing{Store: s.places[0].Store}
	c.between = func() {
		if c.held && !released {
			released = true
			must(t, s.meta.ReleaseHold(t.Context(), hold, "pia", "over", noon))
		}
	}
	s.places = []locking.Place{{Name: meta.StoreMain, Store: c}}
	must(t, s.keeper(nil).Pass(t.Context()))
	if c.held || !released {
		t.Errorf("after the release: held is %t, want not", c.held)
	}
	for _, d := range dueLocks(t, s, meta.StoreMain) {
		t.Errorf("%s is due still", d.Key)
	}
}

func dueLocks(t *testing.T, s *site, store string) []meta.LockDue {
	t.Helper()
	due, err := s.meta.LocksDue(t.Context(), meta.LockQuery{Store: store})
	must(t, err)
	return due
}

func TestRunWakesAndEnds(t *testing.T) {
	s := newSite(t, true)
	k := s.keeper(nil)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- k.Run(ctx) }()
	r := s.insert(meta.StateStored)
	keys := s.upload(r)
	s.hold(r)
	k.Wake()
	deadline, tick := time.After(time.Minute), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for len(dueLocks(t, s, meta.StoreMain))+len(dueLocks(t, s, meta.StoreOffsite)) > 0 {
		select {
		case <-tick.C:
			k.Wake()
		case <-deadline:
			t.Fatal("the hold did not reach the store")
		}
	}
	cancel()
	must(t, <-done)
	s.wantLocked("woken", keys[:1], true)
}

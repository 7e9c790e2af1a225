package offsite_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

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

// site is a first and a second store that can be away.
type site struct {
	t             *testing.T
	meta          *sqlmeta.Store
	first, second *moody
	rot           []string
	away          int
}

// moody is a store with faults.
type moody struct {
	*fsblob.Store
	mu      sync.Mutex
	away    bool
	corrupt int      // Puts that store something else
	put     []string // keys, in order
}

var errAway = &blob.Error{Op: "put", Transient: true, Err: errors.New("away")}

func (m *moody) setAway(away bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.away = away
}

func (m *moody) isAway() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.away
}

func (m *moody) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	m.mu.Lock()
	away, corrupt := m.away, m.corrupt > 0
	m.corrupt--
	if !away {
		m.put = append(m.put, key)
	}
	m.mu.Unlock()
	if away {
		return errAway
	}
	if corrupt {
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		data[0] ^= 1
		r = bytes.NewReader(data)
	}
	return m.Store.Put(ctx, key, r, size)
}

func (m *moody) Open(ctx context.Context, key string) (blob.Object, error) {
	if m.isAway() {
		return nil, errAway
	}
	return m.Store.Open(ctx, key)
}

func (m *moody) Delete(ctx context.Context, key string) error {
	if m.isAway() {
		return errAway
	}
	return m.Store.Delete(ctx, key)
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t}
	s.meta = storetest.Database(t)
	for _, m := range []**moody{&s.first, &s.second} {
		store := storetest.Folder(t)
		*m = &moody{Store: store}
	}
	return s
}

func (s *site) copier() *offsite.Copier {
	return offsite.New(offsite.Config{
		Meta: s.meta, Checks: s.meta, First: s.first, Second: s.second, Every: time.Millisecond,
		OnRot:  func(_ context.Context, o meta.StoredObject, fault string) { s.rot = append(s.rot, o.Part+" "+fault) },
		OnAway: func() { s.away++ }, Now: time.Now, Log: zerolog.Nop(),
	})
}

// store enters a recording whose parts are stored.
func (s *site) store(at time.Time) map[string]meta.StoredObject {
	s.t.Helper()
	ctx := s.t.Context()
	stored := at.Add(time.Hour)
	r := meta.Recording{
		ID: id.NewRecording(at), CallID: id.NewCall(at), MemberID: "maya", ExpertID: "lee",
		State: meta.StateStored, StartedAt: at, StoredAt: &stored,
	}
	envelopes, objects := map[string][]byte{}, map[string]meta.StoredObject{}
	for _, part := range id.Parts() {
		envelopes[part] = []byte("sealed")
	}
	must(s.t, s.meta.InsertRecording(ctx, r, envelopes))
	for _, part := range id.Parts() {
		content := bytes.Repeat([]byte(part+string(r.ID)), 20_000)
		sum := sha256.Sum256(content)
		o := meta.StoredObject{
			Recording: r.ID, Part: part, Key: "recordings/" + string(r.ID) + "/" + part,
			Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]),
		}
		must(s.t, s.first.Store.Put(ctx, o.Key, bytes.NewReader(content), o.Size))
		must(s.t, s.meta.PutObject(ctx, o))
		objects[part] = o
	}
	return objects
}

func (s *site) sound(store blob.Store, o meta.StoredObject) bool {
	return offsite.Verify(s.t.Context(), store, o) == nil
}

func TestEverythingIsCopiedOldestFirst(t *testing.T) {
	s := newSite(t)
	newer, older := s.store(noon.Add(time.Minute)), s.store(noon)
	c := s.copier()
	must(t, c.Pass(t.Context()))
	for _, objects := range []map[string]meta.StoredObject{older, newer} {
		for part, o := range objects {
			if has, err := s.meta.HasCopy(t.Context(), o.Key); !has || err != nil || !s.sound(s.second, o) {
				t.Errorf("%s of %s: noted as copied %t (%v), want a sound copy", part, o.Recording, has, err)
			}
		}
	}
	if slices.IndexFunc(s.second.put, func(k string) bool { return k == newer[id.PartCall].Key }) < 3 {
		t.Errorf("order: got %q, want the older recording's three first", s.second.put)
	}
	if got := c.Stats(); got.Waiting != 0 || got.Copied != 6 || !got.Oldest.IsZero() {
		t.Errorf("stats: got %+v, want 6 copied and none waiting", got)
	}
	must(t, c.Pass(t.Context()))
	if n := len(s.second.put); n != 6 {
		t.Errorf("puts after another pass: got %d, want no more than 6", n)
	}
}

// TestTheSecondStoreIsAway: the queue waits, in another process too, and is
// drained when the store is back.
func TestTheSecondStoreIsAway(t *testing.T) {
	s := newSite(t)
	objects := s.store(noon)
	s.second.setAway(true)
	c := s.copier()
	if err := c.Pass(t.Context()); !blob.IsTransient(err) {
		t.Errorf("pass while the store is away: got %v, want its error", err)
	}
	if got := c.Stats(); got.Waiting != 3 || got.Oldest.IsZero() {
		t.Errorf("stats: got %+v, want three that wait and since when", got)
	}
	s.second.setAway(false)
	must(t, s.copier().Pass(t.Context()))
	for _, o := range objects {
		if !s.sound(s.second, o) {
			t.Errorf("%s has no sound copy", o.Key)
		}
	}
}

func TestRunTellsThatTheStoreIsAway(t *testing.T) {
	s := newSite(t)
	s.store(noon)
	s.second.setAway(true)
	ctx, cancel := context.WithCancel(t.Context())
	told := make(chan struct{})
	c := offsite.New(offsite.Config{
		Meta: s.meta, Checks: s.meta, First: s.first, Second: s.second, Every: time.Millisecond,
		OnAway: func() { close(told) }, Now: time.Now, Log: zerolog.Nop(),
	})
	ended := make(chan error)
	go func() { ended <- c.Run(ctx) }()
	select {
	case <-told:
	case <-time.After(time.Minute):
		t.Error("nobody was told")
	}
	cancel()
	must(t, <-ended)
}

// TestACopyThatDiffersIsMadeAgain: what the second store gives back decides.
func TestACopyThatDiffersIsMadeAgain(t *testing.T) {
	s := newSite(t)
	objects := s.store(noon)
	s.second.corrupt = 1
	c := s.copier()
	if err := c.Pass(t.Context()); err == nil {
		t.Error("a pass whose first copy differed: got no error")
	}
	must(t, c.Pass(t.Context()))
	for _, o := range objects {
		if !s.sound(s.second, o) {
			t.Errorf("%s has no sound copy", o.Key)
		}
	}
	if len(s.rot) > 0 {
		t.Errorf("rot: got %q, want none, for the first store is sound", s.rot)
	}
}

// TestRotIsNotCopied, and what is sound does not wait for it.
func TestRotIsNotCopied(t *testing.T) {
	s := newSite(t)
	objects := s.store(noon)
	member, expert := objects[id.PartMember], objects[id.PartExpert]
	must(t, s.first.Replace(t.Context(), member.Key, bytes.NewReader(make([]byte, member.Size)), member.Size))
	must(t, s.first.Store.Delete(t.Context(), expert.Key))
	must(t, s.copier().Pass(t.Context()))
	slices.Sort(s.rot)
	if !slices.Equal(s.rot, []string{"expert gone", "member changed"}) {
		t.Errorf("rot: got %q, want what is wrong with both", s.rot)
	}
	if !s.sound(s.second, objects[id.PartCall]) {
		t.Error("the sound object has no copy")
	}
	if _, err := s.second.Open(t.Context(), member.Key); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("the copy of what is not sound: got %v, want none", err)
	}
}

// TestErasureReachesTheCopy holds that destroying a key is enough, also for a copy
// that was begun when the process ended.
func TestErasureReachesTheCopy(t *testing.T) {
	s := newSite(t)
	objects := s.store(noon)
	c := s.copier()
	must(t, c.Pass(t.Context()))
	member, expert := objects[id.PartMember], objects[id.PartExpert]
	must(t, s.meta.DestroyEnvelope(t.Context(), member.Recording, id.PartMember, noon))
	s.second.setAway(true)
	if err := c.Pass(t.Context()); !blob.IsTransient(err) {
		t.Errorf("removal while the store is away: got %v, want its error", err)
	}
	s.second.setAway(false)
	must(t, s.copier().Pass(t.Context()))
	if _, err := s.second.Open(t.Context(), member.Key); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("copy of an erased voice: got %v, want none", err)
	}
	if !s.sound(s.second, expert) {
		t.Error("the other voice's copy is gone")
	}

	begun := s.store(noon.Add(time.Hour))[id.PartMember]
	must(t, s.meta.BeginCopy(t.Context(), begun.Key, noon))
	must(t, offsite.Copy(t.Context(), s.first, s.second, begun)) // and then the process ends
	must(t, s.meta.DestroyEnvelope(t.Context(), begun.Recording, id.PartMember, noon))
	must(t, s.copier().Pass(t.Context()))
	if _, err := s.second.Open(t.Context(), begun.Key); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("copy that was begun before an erasure: got %v, want none", err)
	}
}

func TestRepair(t *testing.T) {
	s := newSite(t)
	o := s.store(noon)[id.PartMember]
	must(t, s.copier().Pass(t.Context()))
	must(t, s.first.Replace(t.Context(), o.Key, bytes.NewReader(make([]byte, o.Size)), o.Size))
	must(t, offsite.Repair(t.Context(), s.first, s.second, o))
	if !s.sound(s.first, o) {
		t.Error("after Repair: the object is not sound")
	}
	must(t, s.first.Store.Delete(t.Context(), o.Key))
	must(t, s.second.Replace(t.Context(), o.Key, bytes.NewReader(make([]byte, o.Size)), o.Size))
	if err := offsite.Repair(t.Context(), s.first, s.second, o); !errors.Is(err, offsite.ErrNoCopy) {
		t.Errorf("Repair from a copy that is no better: got %v, want ErrNoCopy", err)
	}
	if _, err := s.first.Open(t.Context(), o.Key); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("after it: got %v, want nothing put back", err)
	}
}

// broken is a store that refuses some objects for good.
type broken struct {
	blob.Store
	keys []string
}

var errRefused = errors.New("refused")

func (b broken) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if slices.Contains(b.keys, key) {
		return &blob.Error{Op: "put", Key: key, Err: errRefused}
	}
	return b.Store.Put(ctx, key, r, size)
}

func (b broken) Delete(ctx context.Context, key string) error {
	if slices.Contains(b.keys, key) {
		return &blob.Error{Op: "delete", Key: key, Err: errRefused}
	}
	return b.Store.Delete(ctx, key)
}

// TestABadObjectKeepsNobodyWaiting: every other one is copied or removed, and each
// bad one is named.
func TestABadObjectKeepsNobodyWaiting(t *testing.T) {
	s := newSite(t)
	var bad []string
	var good []meta.StoredObject
	for i := range 3 {
		objects := s.store(noon.Add(time.Duration(i) * time.Minute))
		bad = append(bad, objects[id.PartMember].Key)
		good = append(good, objects[id.PartExpert], objects[id.PartCall])
	}
	c := offsite.New(offsite.Config{
		Meta: s.meta, Checks: s.meta, First: s.first, Second: broken{s.second, bad}, Now: time.Now, Log: zerolog.Nop(),
	})
	wantNamed := func(err error) {
		t.Helper()
		for _, key := range bad {
			if !errors.Is(err, errRefused) || !strings.Contains(err.Error(), key) {
				t.Errorf("pass: got %v, want that it names %s", err, key)
			}
		}
	}
	wantNamed(c.Pass(t.Context()))
	for _, o := range good {
		if !s.sound(s.second, o) {
			t.Errorf("%s waits for a bad object", o.Key)
		}
	}
	if got := c.Stats(); got.Failing != 3 || got.Waiting != 3 || got.Copied != 6 {
		t.Errorf("stats: got %+v, want three that fail", got)
	}
	must(t, s.copier().Pass(t.Context())) // it is mended
	for _, o := range good {
		must(t, s.meta.DestroyEnvelope(t.Context(), o.Recording, id.PartMember, noon))
		must(t, s.meta.DestroyEnvelope(t.Context(), o.Recording, id.PartExpert, noon))
	}
	wantNamed(c.Pass(t.Context()))
	if s.sound(s.second, good[4]) {
		t.Error("the copy of an erased voice waits for a bad object")
	}
}

// TestListsAreCopied: what is in no recording is off site as well, once.
func TestListsAreCopied(t *testing.T) {
	s := newSite(t)
	now := noon
	lists := func() *offsite.Copier {
		return offsite.New(offsite.Config{
			Meta: s.meta, Checks: s.meta, First: s.first, Second: s.second, Lists: []string{"erasures/", "holds/"}, ListsEvery: time.Minute,
			Now: func() time.Time { return now }, Log: zerolog.Nop(),
		})
	}
	put := func(key string) {
		t.Helper()
		must(t, s.first.Store.Put(t.Context(), key, strings.NewReader(key), int64(len(key))))
	}
	put("erasures/1")
	put("other/1")
	c := lists()
	must(t, c.Pass(t.Context()))
	put("erasures/2")
	put("holds/1")
	must(t, c.Pass(t.Context())) // it is too early
	if !slices.Equal(s.second.put, []string{"erasures/1"}) {
		t.Errorf("at first: got %q, want the one entry", s.second.put)
	}
	now = now.Add(time.Minute)
	must(t, c.Pass(t.Context()))
	must(t, lists().Pass(t.Context())) // another process
	if !slices.Equal(s.second.put, []string{"erasures/1", "erasures/2", "holds/1"}) {
		t.Errorf("then: got %q, want each entry once", s.second.put)
	}
}

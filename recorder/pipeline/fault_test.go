package pipeline

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/recorder/capture"
	"parley/storage/blob"
	"parley/storage/id"
	"parley/storage/meta"
)

var errAway = &blob.Error{Op: "put", Transient: true, Err: errors.New("store is away")}

// badStore is a store with faults.
type badStore struct {
	blob.Store

	mu      sync.Mutex
	away    int           // Puts that fail
	after   int           // Puts that fail although the object was stored
	corrupt int           // Puts that store something else
	deaf    int           // Opens that fail
	slow    chan struct{} // when set, Puts wait for it
}

func take(n *int) bool {
	if *n == 0 {
		return false
	}
	*n--
	return true
}

func (s *badStore) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	s.mu.Lock()
	away, after, corrupt, slow := take(&s.away), take(&s.after), take(&s.corrupt), s.slow
	s.mu.Unlock()
	if slow != nil {
		select {
		case <-slow:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	switch {
	case away:
		return errAway
	case corrupt:
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		data[len(data)/2] ^= 1
		r = bytes.NewReader(data)
	}
	err := s.Store.Put(ctx, key, r, size)
	if err == nil && after {
		return errAway
	}
	return err
}

func (s *badStore) Open(ctx context.Context, key string) (blob.Object, error) {
	s.mu.Lock()
	deaf := take(&s.deaf)
	s.mu.Unlock()
	if deaf {
		return nil, errAway
	}
	return s.Store.Open(ctx, key)
}

// keys are all keys in the store.
func (h *house) keys() []string {
	h.t.Helper()
	var keys []string
	for info, err := range h.objects.List(h.t.Context(), "") {
		if err != nil {
			h.t.Fatal(err)
		}
		keys = append(keys, info.Key)
	}
	return keys
}

// TestBadStore holds that a store that fails costs nothing but time, and that
// nothing of the failed attempts stays behind.
func TestBadStore(t *testing.T) {
	rows := map[string]*badStore{
		"away":                       {away: 2},
		"stores and says it did not": {after: 2},
		"stores something else":      {corrupt: 2},
		"cannot be read back":        {deaf: 2},
		"all of it":                  {away: 1, after: 1, corrupt: 1, deaf: 1},
	}
	for name, bad := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			bad.Store = h.objects
			h.objects = bad
			p := h.start()
			r := p.wholeCall()
			checkWhole(t, p, r)
			p.eventually("five objects are in the store", func() bool { return len(p.keys()) == 5 })
			if !strings.Contains(p.log.String(), "not finished yet") {
				t.Error("the log does not tell of the retries")
			}
		})
	}
}

// stubborn is a store that refuses all of one recording for good, or that cannot
// list.
type stubborn struct {
	blob.Store
	mu     sync.Mutex
	first  id.RecordingID // the one that is refused
	refuse bool
	blind  bool
}

func (s *stubborn) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	rec := id.RecordingID(strings.Split(key, "/")[1])
	s.mu.Lock()
	if s.first == "" {
		s.first = rec
	}
	refused := s.refuse && rec == s.first
	s.mu.Unlock()
	if refused {
		return &blob.Error{Op: "put", Key: key, Err: errors.New("not this one")}
	}
	return s.Store.Put(ctx, key, r, size)
}

func (s *stubborn) List(ctx context.Context, prefix string) iter.Seq2[blob.Info, error] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.blind {
		return func(yield func(blob.Info, error) bool) {
			yield(blob.Info{}, &blob.Error{Op: "list", Transient: true, Err: errors.New("busy")})
		}
	}
	return s.Store.List(ctx, prefix)
}

func (s *stubborn) relent() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse, s.blind = false, false
}

// TestARefusedRecordingBlocksNobody: the store takes those behind it, and itself as
// soon as the cause is mended.
func TestARefusedRecordingBlocksNobody(t *testing.T) {
	h := newHouse(t)
	store := &stubborn{Store: h.objects, refuse: true}
	h.objects = store
	p := h.start()
	first := p.wholeCall()
	p.eventually("the first was refused", func() bool { return strings.Contains(p.log.String(), "not this one") })
	var behind []id.RecordingID
	for range uploadsAtOnce + 1 {
		behind = append(behind, p.wholeCall().ID())
	}
	for range behind {
		if got := p.stored(); got.ID == first.ID() {
			t.Fatal("the recording that is refused was stored")
		}
	}
	store.relent()
	checkWhole(t, p, first)
}

// TestAListenerDoesNotWaitForTheSweep: a recording is ready although what earlier
// attempts have left cannot be removed yet, and its journal stays until it can.
func TestAListenerDoesNotWaitForTheSweep(t *testing.T) {
	h := newHouse(t)
	store := &stubborn{Store: h.objects, blind: true}
	h.objects = store
	p := h.start()
	r := p.wholeCall()
	if got := p.stored(); got.ID != r.ID() {
		t.Errorf("ready: got %s, want %s", got.ID, r.ID())
	}
	p.open(r.ID())
	if got := len(p.local()); got == 0 {
		t.Error("nothing is left on the disk: a restart would not go on with the sweep")
	}
	p.kill()
	store.relent()
	q := h.start()
	if n, err := q.pipeline.Recover(); n != 1 || err != nil {
		t.Fatalf("Recover: got %d, %v, want 1", n, err)
	}
	q.eventually("nothing is left on the disk", func() bool { return len(q.local()) == 0 })
}

// lags counts what an observer is told.
type lags struct{ rendered, uploaded atomic.Int32 }

func (l *lags) Rendered(time.Duration) { l.rendered.Add(1) }
func (l *lags) Uploaded(time.Duration) { l.uploaded.Add(1) }

// TestSlowStore holds that the recording waits for a store and the calls do
// not.
func TestSlowStore(t *testing.T) {
	h := newHouse(t)
	bad := &badStore{Store: h.objects, slow: make(chan struct{})}
	h.objects = bad
	took := &lags{}
	p := h.start(func(c *Config) { c.RenderSlots, c.Observer = 1, took })
	first := p.wholeCall()
	p.eventually("the first waits for the store", func() bool { return p.entry(first.ID()).State == meta.StateUploading })
	second := p.wholeCall()
	p.eventually("the second waits for the store", func() bool { return p.entry(second.ID()).State == meta.StateUploading })
	if got := len(p.local()); got != 12 {
		t.Errorf("local files: got %q, want journal, fault file, two voices and their peaks of both", p.local())
	}
	if s := p.pipeline.Stats(); s.Rendering != 0 || s.Uploading != 2 || s.OldestUpload.IsZero() {
		t.Errorf("queue: got %+v, want two uploads and since when", s)
	}
	close(bad.slow)
	a, b := p.stored(), p.stored()
	p.eventually("the queue is empty", func() bool { return p.pipeline.Stats() == Stats{} })
	if r, u := took.rendered.Load(), took.uploaded.Load(); r != 2 || u != 2 {
		t.Errorf("observed: got %d renders and %d uploads, want 2 and 2", r, u)
	}
	if !slices.Contains([]id.RecordingID{a.ID, b.ID}, first.ID()) || !slices.Contains([]id.RecordingID{a.ID, b.ID}, second.ID()) {
		t.Errorf("ready: got %s and %s, want %s and %s", a.ID, b.ID, first.ID(), second.ID())
	}
}

// badMeta fails some updates, before or after they were made.
type badMeta struct {
	Metadata
	mu            sync.Mutex
	before, after int
}

var errMeta = errors.New("metadata is away")

func (m *badMeta) UpdateRecording(ctx context.Context, r meta.Recording) error {
	m.mu.Lock()
	before, after := take(&m.before), take(&m.after)
	m.mu.Unlock()
	if before {
		return errMeta
	}
	err := m.Metadata.UpdateRecording(ctx, r)
	if err == nil && after {
		return errMeta
	}
	return err
}

func (m *badMeta) PutObject(ctx context.Context, objects ...meta.StoredObject) error {
	m.mu.Lock()
	after := take(&m.after)
	m.mu.Unlock()
	err := m.Metadata.PutObject(ctx, objects...)
	if err == nil && after {
		return errMeta
	}
	return err
}

func TestBadMetadata(t *testing.T) {
	rows := map[string]*badMeta{
		"refuses":                 {before: 3},
		"does and says it didn't": {after: 5},
	}
	for name, bad := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			bad.Metadata = h.meta
			p := h.start(func(c *Config) { c.Meta = bad })
			checkWhole(t, p, p.wholeCall())
			p.eventually("five objects are in the store", func() bool { return len(p.keys()) == 5 })
		})
	}
}

// refusing is metadata that takes no new recording.
type refusing struct{ Metadata }

func (refusing) InsertRecording(context.Context, meta.Recording, map[string][]byte) error {
	return errMeta
}

func TestNoRecordingWithoutMetadata(t *testing.T) {
	h := newHouse(t)
	p := h.start(func(c *Config) { c.Meta = refusing{h.meta} })
	if _, err := p.pipeline.Begin(t.Context(), Start{Call: h.call, Grant: granted(t, h.call.ID)}); !errors.Is(err, errMeta) {
		t.Errorf("Begin: got %v, want %v", err, errMeta)
	}
	if got := p.local(); len(got) != 0 {
		t.Errorf("files: got %q, want none", got)
	}
}

// TestLiveRenderFails gives the follower what it cannot read: the journal
// serves instead.
func TestLiveRenderFails(t *testing.T) {
	p := newHouse(t).start()
	begun := p.clock.now()
	r := p.begin()
	p.speak(r, begun, 0, 3*time.Second)
	r.Batch(capture.Batch{Lanes: [3][]byte{1: {99}}})
	p.speak(r, begun, 3*time.Second, talkTime)
	r.Finish()
	checkWhole(t, p, r)
	if !strings.Contains(p.log.String(), "render given up") {
		t.Error("the log does not tell that the render was given up")
	}
}

// TestFollowerFallsBehind keeps the only render slot until the backlog is full.
func TestFollowerFallsBehind(t *testing.T) {
	p := newHouse(t).start(func(c *Config) { c.RenderSlots = 1 })
	release := p.pipeline.slot()
	begun := p.clock.now()
	r := p.begin()
	p.speak(r, begun, 0, talkTime)
	for range backlog + 2 {
		r.Batch(capture.Batch{})
	}
	if !r.behind.Load() {
		t.Fatal("the render is not behind")
	}
	release()
	r.Finish()
	checkWhole(t, p, r)
}

// TestSealOnlyNode holds that a node without a master identity finishes what
// it has followed, and leaves the rest for a node that can open.
func TestSealOnlyNode(t *testing.T) {
	h := newHouse(t)
	p := h.start(func(c *Config) { c.Opener = nil })
	r := p.wholeCall()
	p.stored()
	p.open(r.ID())

	r = p.begin()
	p.speak(r, p.clock.now(), 0, time.Second)
	r.behind.Store(true)
	r.Finish()
	p.eventually("the node says that it cannot open", func() bool { return strings.Contains(p.log.String(), ErrSealOnly.Error()) })
	p.kill()
	q := h.start()
	if n, err := q.pipeline.Recover(); n != 1 || err != nil {
		t.Fatalf("Recover: got %d, %v, want 1", n, err)
	}
	if got := q.stored(); got.ID != r.ID() {
		t.Errorf("ready: got %s, want %s", got.ID, r.ID())
	}
}

func TestDroppedPacketsAreReported(t *testing.T) {
	p := newHouse(t).start()
	begun := p.clock.now()
	p.stopNode() // nobody empties the buffers
	r := p.begin()
	for range 20 {
		p.speak(r, begun, 0, talkTime)
	}
	if c := r.capture.Counts(); c.Dropped[0] == 0 {
		t.Fatalf("counts: got %+v, want packets dropped", c)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.Finish()
	if err := p.node.Run(ctx); err != nil {
		t.Fatal(err)
	}
	got := p.stored()
	if !strings.Contains(got.Report, "dropped because the disk was too slow") || !strings.Contains(got.Report, `"clean":false`) {
		t.Errorf("report: got %s, want the dropped packets", got.Report)
	}
}

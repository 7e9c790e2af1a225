package layer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/storage/blob"
	"parley/storage/blob/blobtest"
	"parley/storage/blob/fsblob"
	"parley/storage/blob/layer"
)

func folder(t testing.TB) *fsblob.Store {
	t.Helper()
	store, err := fsblob.Open(fsblob.Config{Dir: filepath.Join(t.TempDir(), "objects")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

var errAway = &blob.Error{Op: "put", Transient: true, Err: errors.New("away")}

// flaky fails every odd call: before it was carried out, or after.
type flaky struct {
	blob.Store
	mu    sync.Mutex
	calls int
	after bool
	fault error
}

func (f *flaky) fails() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	return f.calls%2 == 1
}

func (f *flaky) do(call func() error) error {
	fails := f.fails()
	if fails && !f.after {
		return f.fault
	}
	if err := call(); err != nil || !fails {
		return err
	}
	return f.fault
}

func (f *flaky) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	return f.do(func() error { return f.Store.Put(ctx, key, r, size) })
}

func (f *flaky) Delete(ctx context.Context, key string) error {
	return f.do(func() error { return f.Store.Delete(ctx, key) })
}

func (f *flaky) Open(ctx context.Context, key string) (object blob.Object, err error) {
	if f.fails() {
		return nil, f.fault
	}
	if object, err = f.Store.Open(ctx, key); err != nil {
		return nil, err
	}
	return &flakyObject{object, f}, nil
}

func (f *flaky) List(ctx context.Context, prefix string) iter.Seq2[blob.Info, error] {
	if f.fails() {
		return func(yield func(blob.Info, error) bool) { yield(blob.Info{}, f.fault) }
	}
	return f.Store.List(ctx, prefix)
}

type flakyObject struct {
	blob.Object
	by *flaky
}

func (o *flakyObject) ReadAt(p []byte, off int64) (int, error) {
	if o.by.fails() {
		return 0, o.by.fault
	}
	return o.Object.ReadAt(p, off)
}

var quick = layer.Policy{Attempts: 4, First: time.Microsecond, Last: time.Millisecond}

// TestSuite: whatever a store is wrapped in, it is a store.
func TestSuite(t *testing.T) {
	rows := map[string]func(blob.Store) blob.Store{
		"retry":   func(s blob.Store) blob.Store { return layer.Retry(s, quick) },
		"limit":   func(s blob.Store) blob.Store { return layer.Limit(s, layer.Limits{Puts: 2, Reads: 2}) },
		"measure": func(s blob.Store) blob.Store { return layer.Measure(s, &observed{}, time.Now) },
	}
	for name, wrap := range rows {
		t.Run(name, func(t *testing.T) {
			blobtest.Run(t, func(t testing.TB) blob.Store { return wrap(folder(t)) })
		})
	}
}

// TestEveryCallIsRepeated lets every call fail once.
func TestEveryCallIsRepeated(t *testing.T) {
	for _, after := range []bool{false, true} {
		s := layer.Retry(&flaky{Store: folder(t), after: after, fault: errAway}, quick)
		ctx := t.Context()
		if err := s.Put(ctx, "a/b", strings.NewReader("sealed"), 6); err != nil {
			t.Fatalf("Put that fails once (after: %t): got %v, want no error", after, err)
		}
		object, err := s.Open(ctx, "a/b")
		if err != nil {
			t.Fatalf("Open that fails once: got %v, want no error", err)
		}
		got, err := io.ReadAll(io.NewSectionReader(object, 0, object.Size()))
		if err != nil || string(got) != "sealed" {
			t.Errorf("read: got %q and %v, want what was put", got, err)
		}
		_ = object.Close()
		var keys []string
		for info, err := range s.List(ctx, "") {
			if err != nil {
				t.Errorf("List that fails once: got %v", err)
			}
			keys = append(keys, info.Key)
		}
		if len(keys) != 1 {
			t.Errorf("List: got %q, want one key", keys)
		}
		if err := s.Delete(ctx, "a/b"); err != nil {
			t.Errorf("Delete that fails once (after: %t): got %v, want no error", after, err)
		}
	}
}

// TestAnotherObjectIsNoSuccess: a repeated Put that meets an object of others.
func TestAnotherObjectIsNoSuccess(t *testing.T) {
	files := folder(t)
	if err := files.Put(t.Context(), "a", strings.NewReader("others"), 6); err != nil {
		t.Fatal(err)
	}
	s := layer.Retry(&flaky{Store: files, fault: errAway}, quick)
	if err := s.Put(t.Context(), "a", strings.NewReader("sealed"), 6); !errors.Is(err, blob.ErrExist) {
		t.Errorf("Put: got %v, want ErrExist", err)
	}
}

// counted counts and fails for ever.
type counted struct {
	blob.Store
	puts  int
	fault error
}

func (c *counted) Put(context.Context, string, io.Reader, int64) error {
	c.puts++
	return c.fault
}

func TestWhatIsRepeated(t *testing.T) {
	policy := layer.Policy{Attempts: 6, First: time.Second, Last: 4 * time.Second}
	rows := []struct {
		name    string
		fault   error
		content io.Reader
		puts    int
		atLeast time.Duration // half of 1+2+4+4+4 s
		atMost  time.Duration
	}{
		{"transient", errAway, strings.NewReader("x"), 6, 7500 * time.Millisecond, 15 * time.Second},
		{"permanent", &blob.Error{Op: "put", Err: errors.New("denied")}, strings.NewReader("x"), 1, 0, 0},
		{"an answer", blob.ErrExist, strings.NewReader("x"), 1, 0, 0},
		{"cannot be sent again", errAway, bytes.NewBufferString("x"), 1, 0, 0},
	}
	for _, r := range rows {
		synctest.Test(t, func(t *testing.T) {
			c := &counted{fault: r.fault}
			began := time.Now()
			err := layer.Retry(c, policy).Put(t.Context(), "a", r.content, 1)
			took := time.Since(began)
			if !errors.Is(err, r.fault) || c.puts != r.puts || took < r.atLeast || took > r.atMost {
				t.Errorf("%s: got %d puts in %v and %v, want %d in %v to %v", r.name, c.puts, took, err, r.puts, r.atLeast, r.atMost)
			}
		})
	}
}

func TestRetryEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		err := layer.Retry(&counted{fault: errAway}, layer.Policy{Attempts: 100, First: time.Hour, Last: time.Hour}).
			Put(ctx, "a", strings.NewReader("x"), 1)
		if took := time.Since(began); !errors.Is(err, errAway) || took > time.Second {
			t.Errorf("got %v after %v, want the store's error within a second", err, took)
		}
	})
}

// gate lets Puts wait and knows how many do at most.
type gate struct {
	blob.Store
	mu        sync.Mutex
	now, most int
	open      chan struct{}
}

func (g *gate) Put(context.Context, string, io.Reader, int64) error {
	g.mu.Lock()
	g.now++
	g.most = max(g.most, g.now)
	g.mu.Unlock()
	<-g.open
	g.mu.Lock()
	g.now--
	g.mu.Unlock()
	return nil
}

func TestLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{open: make(chan struct{})}
		s := layer.Limit(g, layer.Limits{Puts: 3})
		var puts sync.WaitGroup
		for range 10 {
			puts.Go(func() {
				if err := s.Put(t.Context(), "a", nil, 0); err != nil {
					t.Errorf("Put: %v", err)
				}
			})
		}
		synctest.Wait()
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Put(ended, "a", nil, 0); !errors.Is(err, context.Canceled) {
			t.Errorf("Put that waits for a place when its context ends: got %v", err)
		}
		close(g.open)
		puts.Wait()
		if g.most != 3 {
			t.Errorf("at once: got %d puts, want 3", g.most)
		}
	})
}

// observed keeps what it was told.
type observed struct {
	mu   sync.Mutex
	told map[string]int
}

func (o *observed) ObjectCall(operation string, outcome layer.Outcome, _ time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.told == nil {
		o.told = map[string]int{}
	}
	o.told[operation+" "+string(outcome)]++
}

func TestMeasure(t *testing.T) {
	o := &observed{}
	files := folder(t)
	s := layer.Measure(files, o, time.Now)
	ctx := t.Context()
	_ = s.Put(ctx, "a", strings.NewReader("x"), 1)
	_ = s.Put(ctx, "a", strings.NewReader("x"), 1) // an answer
	_ = s.Put(ctx, "../", nil, 0)                  // a mistake
	object, err := s.Open(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = object.ReadAt(make([]byte, 2), 0)
	_ = object.Close()
	_, _ = object.ReadAt(make([]byte, 2), 0)
	for range s.List(ctx, "") {
		break
	}
	_ = s.Check(ctx)
	_ = s.Delete(ctx, "a")
	_ = layer.Measure(&counted{fault: errAway}, o, time.Now).Put(ctx, "a", nil, 0)
	want := map[string]int{
		"put ok": 2, "put permanent": 1, "put transient": 1, "open ok": 1, "read ok": 1,
		"list ok": 1, "check ok": 1, "delete ok": 1,
	}
	for what, n := range want {
		if o.told[what] != n {
			t.Errorf("%s: told %d times, want %d; all: %v", what, o.told[what], n, o.told)
		}
	}
	if _, ok := blob.As[blob.Replacer](layer.Retry(s, quick)); !ok {
		t.Error("As: the ability of the store inside was not found")
	}
	if _, ok := blob.As[blob.Locker](s); ok {
		t.Error("As: found an ability that no store has")
	}
}

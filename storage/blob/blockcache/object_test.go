package blockcache_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"filippo.io/age"
	"go.uber.org/goleak"

	"parley/storage/blob/blockcache"
	"parley/storage/envelope"
	"parley/storage/id"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// source is an object in memory that counts reads and can fail or wait.
type source struct {
	content []byte

	mu     sync.Mutex
	reads  []int64 // offsets
	err    error
	closed bool

	release chan struct{} // if set, reads wait until it is closed
}

func (s *source) Size() int64 { return int64(len(s.content)) }

func (s *source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

func (s *source) ReadAt(p []byte, off int64) (int, error) {
	if s.release != nil {
		<-s.release
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads = append(s.reads, off)
	if s.err != nil {
		return 0, s.err
	}
	return bytes.NewReader(s.content).ReadAt(p, off)
}

func (s *source) readCount() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.reads)
}

func (s *source) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func noise(n int) []byte {
	content := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(content)
	return content
}

func cached(t testing.TB, src *source, cfg blockcache.Config) *blockcache.Object {
	t.Helper()
	object, err := blockcache.New(src, cfg)
	if err != nil {
		t.Fatalf("New(%+v): got %v, want no error", cfg, err)
	}
	return object
}

func readAt(t testing.TB, r io.ReaderAt, off int64, n int) []byte {
	t.Helper()
	p := make([]byte, n)
	if got, err := r.ReadAt(p, off); got != n || err != nil && err != io.EOF {
		t.Fatalf("ReadAt(%d bytes, %d): got %d and %v, want all", n, off, got, err)
	}
	return p
}

func TestContentIsThatOfTheSource(t *testing.T) {
	for _, size := range []int{0, 1, 99, 100, 101, 1000, 1050} {
		for _, cfg := range []blockcache.Config{{}, {BlockSize: 100, Blocks: 1}, {BlockSize: 100, Blocks: 3}, {BlockSize: 1, Blocks: 2}} {
			src := &source{content: noise(size)}
			object := cached(t, src, cfg)
			if err := iotest.TestReader(io.NewSectionReader(object, 0, object.Size()), src.content); err != nil {
				t.Errorf("%d bytes with %+v: %v", size, cfg, err)
			}
		}
	}
}

func TestOffsets(t *testing.T) {
	object := cached(t, &source{content: noise(250)}, blockcache.Config{BlockSize: 100, Blocks: 2})
	for _, tc := range []struct {
		off  int64
		n    int
		want int
		err  error
	}{{240, 20, 10, io.EOF}, {250, 1, 0, io.EOF}, {1000, 1, 0, io.EOF}, {0, 0, 0, nil}, {50, 200, 200, nil}} {
		if n, err := object.ReadAt(make([]byte, tc.n), tc.off); n != tc.want || err != tc.err {
			t.Errorf("ReadAt(%d bytes, %d): got %d, %v, want %d, %v", tc.n, tc.off, n, err, tc.want, tc.err)
		}
	}
	if _, err := object.ReadAt(make([]byte, 1), -1); err == nil || err == io.EOF {
		t.Errorf("ReadAt(-1): got %v, want an error", err)
	}
}

func TestSmallReadsShareARequest(t *testing.T) {
	src := &source{content: noise(1000)}
	object := cached(t, src, blockcache.Config{BlockSize: 500, Blocks: 2})
	for off := int64(0); off < 1000; off += 10 {
		readAt(t, object, off, 10)
	}
	if got := src.readCount(); got != 2 {
		t.Errorf("requests for 100 small reads of 2 blocks: got %d, want 2", got)
	}
}

func TestTheBlockUsedLongestAgoGoes(t *testing.T) {
	src := &source{content: noise(400)}
	object := cached(t, src, blockcache.Config{BlockSize: 100, Blocks: 2})
	for _, step := range []struct {
		off   int64
		reads int
	}{{0, 1}, {100, 2}, {0, 2}, {200, 3}, {0, 3}, {100, 4}} {
		readAt(t, object, step.off, 1)
		if got := src.readCount(); got != step.reads {
			t.Fatalf("requests after reading at %d: got %d, want %d", step.off, got, step.reads)
		}
	}
}

func TestConcurrentMissesShareARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &source{content: noise(100), release: make(chan struct{})}
		object := cached(t, src, blockcache.Config{BlockSize: 100, Blocks: 1})
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				p := make([]byte, 100)
				if _, err := object.ReadAt(p, 0); err != nil || !bytes.Equal(p, src.content) {
					t.Errorf("shared read: got %v, want the content", err)
				}
			})
		}
		synctest.Wait() // until all have missed the block and wait for it
		close(src.release)
		group.Wait()
		if got := src.readCount(); got != 1 {
			t.Errorf("requests for one block by 10 callers: got %d, want 1", got)
		}
	})
}

func TestErrorsAreToldAndNotKept(t *testing.T) {
	src := &source{content: noise(100)}
	object := cached(t, src, blockcache.Config{})
	away := errors.New("away")
	src.fail(away)
	if _, err := object.ReadAt(make([]byte, 1), 0); !errors.Is(err, away) {
		t.Errorf("ReadAt while the source fails: got %v, want its error", err)
	}
	src.fail(nil)
	if got := readAt(t, object, 0, 100); !bytes.Equal(got, src.content) {
		t.Error("ReadAt when it works again: got other bytes, want the content")
	}
}

// short promises more than it has.
type short struct{ source }

func (s *short) Size() int64 { return s.source.Size() + 10 }

func TestShortSourceIsAnError(t *testing.T) {
	object, err := blockcache.New(&short{source{content: noise(100)}}, blockcache.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := object.ReadAt(make([]byte, 1), 0); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("ReadAt of a source that is too short: got %v, want io.ErrUnexpectedEOF", err)
	}
}

func TestClosed(t *testing.T) {
	src := &source{content: noise(100)}
	object := cached(t, src, blockcache.Config{})
	readAt(t, object, 0, 10)
	if err := object.Close(); err != nil || !src.closed {
		t.Errorf("Close: got %v and closed = %v, want the source closed", err, src.closed)
	}
	if _, err := object.ReadAt(make([]byte, 1), 0); !errors.Is(err, os.ErrClosed) {
		t.Errorf("ReadAt of a kept block after Close: got %v, want os.ErrClosed", err)
	}
}

func TestConfigIsChecked(t *testing.T) {
	for _, cfg := range []blockcache.Config{{BlockSize: -1}, {Blocks: -1}} {
		if _, err := blockcache.New(&source{}, cfg); err == nil {
			t.Errorf("New(%+v): got no error, want one", cfg)
		}
	}
}

func TestConcurrentReaders(t *testing.T) {
	src := &source{content: noise(5000)}
	object := cached(t, src, blockcache.Config{BlockSize: 64, Blocks: 4})
	var group sync.WaitGroup
	for seed := range uint64(8) {
		group.Go(func() {
			random := rand.New(rand.NewPCG(seed, 0))
			for range 500 {
				p := make([]byte, 1+random.IntN(200))
				off := random.IntN(len(src.content) - len(p))
				if _, err := object.ReadAt(p, int64(off)); err != nil || !bytes.Equal(p, src.content[off:][:len(p)]) {
					t.Errorf("ReadAt(%d bytes, %d): got %v or other bytes", len(p), off, err)
				}
			}
		})
	}
	group.Wait()
}

// TestOpeningARecordingSharesRequests plays a sealed recording as a browser does:
// from the start in small pieces, and then somewhere else.
func TestOpeningARecordingSharesRequests(t *testing.T) {
	recipient, identity := newPair(t)
	plain := noise(2 << 20)
	sealed, err := envelope.SealBytes(recipient, plain)
	if err != nil {
		t.Fatal(err)
	}
	src := &source{content: sealed}
	object := cached(t, src, blockcache.Config{})
	r, size, err := envelope.OpenReaderAt(object, object.Size(), identity)
	if err != nil || size != int64(len(plain)) {
		t.Fatalf("OpenReaderAt: got %d bytes and %v, want %d", size, err, len(plain))
	}
	for off := int64(0); off < 512<<10; off += 32 << 10 {
		if got := readAt(t, r, off, 32<<10); !bytes.Equal(got, plain[off:][:len(got)]) {
			t.Fatalf("opened bytes at %d: got others than were sealed", off)
		}
	}
	readAt(t, r, 1<<20, 1000)
	// Two for the last chunk, which lies across the border of two blocks, three
	// for half a MiB with its tags, and one after the seek.
	if got := src.readCount(); got != 6 {
		t.Errorf("requests to play half a MiB and to seek once: got %d, want 6", got)
	}
}

func newPair(t testing.TB) (envelope.Recipient, *envelope.Identity) {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	master, err := envelope.ParseMaster(identity.String())
	if err != nil {
		t.Fatal(err)
	}
	binding := envelope.Binding{Recording: id.NewRecording(time.Now()), Part: id.PartMember}
	key, err := master.Sealer().NewKey(binding)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := master.OpenKey(key.Envelope, binding)
	if err != nil {
		t.Fatal(err)
	}
	return key.Recipient, opened
}

package crash

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/signaling/wire"
)

// smallDisk mounts a file system of a few MiB and returns its folder.
func smallDisk(t testing.TB, mib int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", mib)); err != nil {
		t.Fatalf("mount a small file system on %s (this test must run as root): %v", dir, err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
	return dir
}

// fill writes a file until that many bytes are left, or until the disk is full
// for 0, and returns what makes room again.
func fill(t testing.TB, dir string, left uint64) (empty func()) {
	t.Helper()
	path := filepath.Join(dir, "filler")
	f, err := os.Create(path)
	must(t, err)
	defer func() { must(t, f.Close()) }()
	block := make([]byte, 4096)
	for free(t, dir) > left {
		_, err := f.Write(block)
		if errors.Is(err, syscall.ENOSPC) {
			break
		}
		must(t, err)
	}
	return func() { must(t, os.Remove(path)) }
}

func free(t testing.TB, dir string) uint64 {
	t.Helper()
	var s syscall.Statfs_t
	must(t, syscall.Statfs(dir, &s))
	return s.Bavail * uint64(s.Bsize)
}

// TestDiskNearlyFull: a call that begins while too little room is left goes on
// unrecorded and both are told; the recording that runs already is not hurt;
// with room again the next call is recorded.
func TestDiskNearlyFull(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
	defer cancel()
	dir := smallDisk(t, 64)
	s := start(t, dir, "--reserve-mib", "16")
	running := connectAll(ctx, t, s, 1)[0]

	empty := fill(t, dir, 15<<20)
	refused := signIn(ctx, t, s, 1)
	must(t, refused.unrecorded(ctx, 1))
	hearEachOther(ctx, t, refused)
	must(t, refused.hangUp(ctx))
	mustSay(t, s, "the reserve is 16 MiB")

	must(t, running.light(ctx, wire.RecordingOn))
	running.finish(ctx, t, s)
	empty()
	again := signIn(ctx, t, s, 2)
	must(t, again.connect(ctx, 2))
	hearEachOther(ctx, t, again)
	again.finish(ctx, t, s)

	if got := s.recordings(ctx, t); len(got) != 2 {
		t.Errorf("recordings: got %+v, want those of the first and the third call", got)
	}
	s.stop(t)
}

// unrecorded makes a call that both agreed to record and waits until both are
// told that it is not.
func (c *call) unrecorded(ctx context.Context, pair int) error {
	if err := c.begin(ctx, pair); err != nil {
		return err
	}
	if err := c.light(ctx, wire.RecordingProblem); err != nil {
		return err
	}
	c.speak()
	return nil
}

// finish hangs up, waits for the recording and checks that it is whole.
func (c *call) finish(ctx context.Context, t *testing.T, s *server) {
	t.Helper()
	end := time.Now()
	c.hush()
	must(t, c.hangUp(ctx))
	left := s.settled(ctx, t)[c.id()]
	s.check(ctx, t, c, left, end)
	if len(left) == 1 && !left[0].Clean {
		t.Errorf("recording of %s: got a report that is not clean\n%s", c.id(), s.said())
	}
}

// TestDiskFillsUpDuringCall: the call goes on, the light goes out, and what was
// captured before is saved by the next start that has room.
func TestDiskFillsUpDuringCall(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
	defer cancel()
	dir := smallDisk(t, 32)
	s := start(t, dir, "--reserve-mib", "1")
	c := connectAll(ctx, t, s, 1)[0]
	pass(3 * time.Second)

	full := time.Now()
	empty := fill(t, dir, 0)
	must(t, c.light(ctx, wire.RecordingProblem))
	hearEachOther(ctx, t, c)
	mustSay(t, s, "journal not written")
	s.kill(t)
	c.close()
	empty()

	s = start(t, dir)
	left := s.settled(ctx, t)[c.id()]
	s.check(ctx, t, c, left, full)
	s.stop(t)
	for _, e := range left {
		got := reports(ctx, t, dir)[e.ID]
		for _, want := range []string{endedNote, "the disk was full"} {
			if !says(got, want) {
				t.Errorf("report: got %q, want a note that %s", got.Notes, want)
			}
		}
	}
	noKeys(t, dir)
}

// TestDiskFullUntilHangUp: the same, but the disk has room again before the
// call ends, and no restart is needed.
func TestDiskFullUntilHangUp(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
	defer cancel()
	dir := smallDisk(t, 32)
	s := start(t, dir, "--reserve-mib", "1")
	c := connectAll(ctx, t, s, 1)[0]
	pass(3 * time.Second)

	full := time.Now()
	empty := fill(t, dir, 0)
	must(t, c.light(ctx, wire.RecordingProblem))
	empty()
	c.hush()
	must(t, c.hangUp(ctx))
	left := s.settled(ctx, t)[c.id()]
	s.check(ctx, t, c, left, full)
	s.stop(t)
	for _, e := range left {
		if got := reports(ctx, t, dir)[e.ID]; !says(got, "nothing was saved from 0:0") {
			t.Errorf("report: got %q, want a note from when on nothing was saved", got.Notes)
		}
	}
}

// hearEachOther waits until each phone hears more of the other than it did.
func hearEachOther(ctx context.Context, t *testing.T, c *call) {
	t.Helper()
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for i, p := range c.phones {
		before := len(p.Media().Heard())
		for len(p.Media().Heard()) < before+sampleRate/2 {
			select {
			case <-tick.C:
			case <-ctx.Done():
				t.Fatalf("phone %d does not hear the other any more", i)
			}
		}
	}
}

func mustSay(t *testing.T, s *server, want string) {
	t.Helper()
	if got := s.said(); !strings.Contains(got, want) {
		t.Errorf("the log: got %s, want %q in it", got, want)
	}
}

package crash

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"parley/storage/blob/fsblob"
	"parley/storage/erasure"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlite"
)

// restoring is a data folder with a backup of it, and a voice that was erased since.
type restoring struct {
	t         *testing.T
	dir, file string
	recs      []id.RecordingID
	erased    id.RecordingID
}

// restoredRecordings take a while to restore, so that a kill falls into it.
const restoredRecordings = 600

func newRestoring(t *testing.T) *restoring {
	t.Helper()
	r := &restoring{t: t, dir: t.TempDir(), file: filepath.Join(t.TempDir(), "parley.backup")}
	must(t, r.run("apikey"))
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(r.dir, "parley.db")})
	must(t, err)
	at := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	for range restoredRecordings {
		rec := meta.Recording{
			ID: id.NewRecording(at), CallID: id.NewCall(at), MemberID: "maya", ExpertID: "lee", State: meta.StateCapturing, StartedAt: at,
		}
		envelopes := map[string][]byte{id.PartCall: {1}, id.PartMember: {1}, id.PartExpert: {1}}
		must(t, store.InsertRecording(t.Context(), rec, envelopes))
		r.recs = append(r.recs, rec.ID)
	}
	must(t, store.Close())
	must(t, r.run("backup", r.file))
	r.erased = r.recs[0]
	objects, err := fsblob.Open(fsblob.Config{Dir: filepath.Join(r.dir, "objects")})
	must(t, err)
	must(t, erasure.NewLog(objects).Append(t.Context(), at, erasure.Voice{Recording: r.erased, Part: id.PartMember}))
	must(t, objects.Close())
	return r
}

func (r *restoring) command(args ...string) *exec.Cmd {
	return exec.Command(bin, append(args, "--data", r.dir)...)
}

func (r *restoring) run(args ...string) error {
	out, err := r.command(args...).CombinedOutput()
	if err != nil {
		err = errors.Join(err, errors.New(string(out)))
	}
	return err
}

// killed runs the restore, kills it after a while, and tells whether it was faster.
func (r *restoring) killed(after time.Duration) (ended bool) {
	r.t.Helper()
	var said bytes.Buffer
	cmd := r.command("restore", r.file, "--force")
	cmd.Stderr = &said
	must(r.t, cmd.Start())
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	timer := time.NewTimer(after)
	defer timer.Stop()
	select {
	case err := <-done:
		if err != nil {
			r.t.Fatalf("restore: %v\n%s", err, &said)
		}
		return true
	case <-timer.C:
	}
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		r.t.Fatal(err)
	}
	return <-done == nil // else "signal: killed" is what was asked for
}

// check tells that the database holds all that the backup had, without what was erased
// since.
func (r *restoring) check() {
	r.t.Helper()
	store, err := sqlite.Open(r.t.Context(), sqlite.Config{Path: filepath.Join(r.dir, "parley.db")})
	must(r.t, err)
	defer func() { must(r.t, store.Close()) }()
	for _, rec := range r.recs {
		_, err := store.Envelope(r.t.Context(), rec, id.PartMember)
		if gone := errors.Is(err, meta.ErrNotExist); gone != (rec == r.erased) || err != nil && !gone {
			r.t.Fatalf("the member's key of %s: got %v, want all but the erased one", rec, err)
		}
	}
}

// TestKillWithinARestore kills `parley restore` at many moments, over a database that is
// gone: each time it can be run again, and in the end everything is there but what was
// erased since the backup.
func TestKillWithinARestore(t *testing.T) {
	r := newRestoring(t)
	begin := time.Now()
	must(t, r.run("restore", r.file, "--force"))
	r.check()
	within, kills := time.Since(begin), 0 // machines are slow at times, so it may turn out to be less
	for range 6 {
		for _, ending := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(filepath.Join(r.dir, "parley.db"+ending)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
		for range 2 { // over nothing, and over what the kill has left
			after := time.Duration(rand.Int64N(int64(within)))
			if r.killed(after) {
				within = after
			} else {
				kills++
			}
		}
		must(t, r.run("restore", r.file, "--force"))
		r.check()
	}
	t.Logf("%d kills", kills)
	if kills == 0 {
		t.Error("no kill fell into a restore")
	}
}

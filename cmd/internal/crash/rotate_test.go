package crash

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlite"
	"parley/storage/meta/sqlmeta"
	"parley/storage/rotation"
)

// rotating is a data folder with many recordings, whose master key is changed.
type rotating struct {
	t     *testing.T
	dir   string
	meta  *sqlmeta.Store
	total int
}

const sealedRecordings = 600

func newRotating(t *testing.T) *rotating {
	t.Helper()
	r := &rotating{t: t, dir: t.TempDir()}
	r.run("apikey")
	var err error
	r.meta, err = sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(r.dir, "parley.db")})
	must(t, err)
	t.Cleanup(func() { _ = r.meta.Close() })
	sealer := r.master().Sealer()
	at := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	for range sealedRecordings {
		rec := meta.Recording{
			ID: id.NewRecording(at), CallID: id.NewCall(at), MemberID: "maya", ExpertID: "lee", State: meta.StateCapturing, StartedAt: at,
		}
		envelopes := map[string][]byte{}
		for _, part := range id.Parts() {
			k, err := sealer.NewKey(envelope.Binding{Recording: rec.ID, Part: part})
			must(t, err)
			envelopes[part] = k.Envelope
		}
		must(t, r.meta.InsertRecording(t.Context(), rec, envelopes))
	}
	r.total, err = rotation.Check(t.Context(), r.meta, r.master())
	must(t, err)
	r.run("key", "new")
	return r
}

// master is the keys of the folder as they are now.
func (r *rotating) master() *envelope.Master {
	r.t.Helper()
	m, err := envelope.OpenMasterFile(filepath.Join(r.dir, "master.key"))
	must(r.t, err)
	return m
}

func (r *rotating) command(args ...string) *exec.Cmd {
	return exec.Command(bin, append(args, "--data", r.dir)...)
}

func (r *rotating) run(args ...string) {
	r.t.Helper()
	if out, err := r.command(args...).CombinedOutput(); err != nil {
		r.t.Fatalf("parley %v: %v\n%s", args, err, out)
	}
}

// sealedAnew counts what is sealed to both keys.
func (r *rotating) sealedAnew() int {
	r.t.Helper()
	uses, err := rotation.Count(r.t.Context(), r.meta)
	must(r.t, err)
	n := r.total
	for _, key := range r.master().Recipients() {
		n = min(n, uses.ByKey[key.ID()].Sealed)
	}
	return n
}

// killed runs the rotation and kills it when it has done something; it tells
// whether the rotation was faster and has ended.
func (r *rotating) killed() (ended bool) {
	r.t.Helper()
	before := r.sealedAnew()
	var said bytes.Buffer
	cmd := r.command("key", "rotate")
	cmd.Stderr = &said
	must(r.t, cmd.Start())
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			if err != nil {
				r.t.Fatalf("key rotate: %v\n%s", err, &said)
			}
			return true
		case <-tick.C:
			if r.sealedAnew() <= before {
				continue
			}
			if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				r.t.Fatal(err)
			}
			return <-done == nil // else "signal: killed" is what was asked for
		}
	}
}

// TestKillWithinARotation kills `parley key rotate` again and again: everything can
// be opened after each kill, and in the end with the new key alone.
func TestKillWithinARotation(t *testing.T) {
	r := newRotating(t)
	kills := 0
	for ; !r.killed(); kills++ {
		if n, err := rotation.Check(t.Context(), r.meta, r.master()); err != nil || n != r.total {
			t.Fatalf("after kill %d: %d of %d open, and %v", kills+1, n, r.total, err)
		}
	}
	if n := r.sealedAnew(); kills == 0 || n != r.total {
		t.Errorf("%d kills, and %d of %d are sealed anew, want at least one kill and all", kills, n, r.total)
	}
	t.Logf("%d kills", kills)
	old := r.master().Keys()[0].Recipient().ID()
	if n, err := rotation.Check(t.Context(), r.meta, r.master().Without(old)); err != nil || n != r.total {
		t.Errorf("with the new key alone: %d of %d open, and %v", n, r.total, err)
	}
}

package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"parley/cmd/internal/config"
	"parley/storage/blob/fsblob"
	"parley/storage/erasure"
	"parley/storage/holding"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlite"
	"parley/storage/meta/sqlmeta"
)

// prepared makes a data folder of a server that was never run, with a chain.
func prepared(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	command(t, "apikey", "--data", dir)
	withStores(t, dir, "", func(ctx context.Context, st *stores) {
		for range 3 {
			if _, err := st.meta.AppendChain(ctx, "audit", "k", "s", "a", nil, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
	})
	return dir
}

func withDatabase(t *testing.T, dir string, do func(db sqlmeta.Database)) {
	t.Helper()
	db, err := metadata(config.Serve{Data: dir})
	if err != nil {
		t.Fatal(err)
	}
	do(db)
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// TestAChainThatWasBrokenBeforeTheBackup is told; it is all that there is.
func TestAChainThatWasBrokenBeforeTheBackup(t *testing.T) {
	dir := prepared(t)
	withDatabase(t, dir, func(db sqlmeta.Database) {
		for _, statement := range []string{`DROP TRIGGER chain_entries_stay`, `UPDATE chain_entries SET actor = 'x' WHERE chain = 'audit' AND seq = 2`} {
			if _, err := db.Writer.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	})
	file := filepath.Join(t.TempDir(), "parley.backup")
	command(t, "backup", file, "--data", dir)
	_, said, code := program(t, "restore", file, "--data", dir, "--force")
	if code != 0 || !strings.Contains(said, "chain audit is broken at entry 2") {
		t.Errorf("restore: got exit code %d and %q, want a warning that names the entry", code, said)
	}
}

// TestARestoreWithoutTheListOfErasures does not end, and the server does not start
// until it has.
func TestARestoreWithoutTheListOfErasures(t *testing.T) {
	dir := prepared(t)
	file := filepath.Join(t.TempDir(), "parley.backup")
	command(t, "backup", file, "--data", dir)
	const lost = "erasures/000000000001"
	withStores(t, dir, "", func(ctx context.Context, st *stores) {
		log := erasure.NewLog(st.objects)
		for range 2 {
			err := log.Append(ctx, time.Now(), erasure.Voice{Recording: id.NewRecording(time.Now()), Part: id.PartMember})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := st.objects.Delete(ctx, lost); err != nil {
			t.Fatal(err)
		}
	})
	if _, said, code := program(t, "restore", file, "--data", dir, "--force"); code == 0 || !strings.Contains(said, "erasures") {
		t.Fatalf("restore: got exit code %d and %q, want a failure that names the list", code, said)
	}
	if _, said, code := program(t, "serve", "--listen", "127.0.0.1:0", "--data", dir); code == 0 || !strings.Contains(said, "run the restore again") {
		t.Errorf("serve after it: got exit code %d and %q, want a refusal that says what to do", code, said)
	}
}

// TestTheListsOfTheOffsiteStoreCount where the first store was lost: what was erased
// does not come back, and what was held is.
func TestTheListsOfTheOffsiteStoreCount(t *testing.T) {
	dir := prepared(t)
	offsite, err := fsblob.Open(fsblob.Config{Dir: filepath.Join(t.TempDir(), "objects")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = offsite.Close() }() // of the test's folder
	now := time.Now()
	r := meta.Recording{ID: id.NewRecording(now), CallID: id.NewCall(now), MemberID: "maya", ExpertID: "lee", State: meta.StateStored, StartedAt: now}
	hold := meta.Hold{ID: id.NewHold(now), Recording: r.ID, Case: "1", Reason: "court", ReviewAt: now, By: "pia", At: now}
	withStores(t, dir, "", func(ctx context.Context, st *stores) {
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(st.meta.InsertRecording(ctx, r, map[string][]byte{id.PartCall: {1}, id.PartMember: {1}, id.PartExpert: {1}}))
		must(st.meta.PlaceHold(ctx, hold))
		list := holding.New(holding.Config{Objects: offsite, Meta: st.meta, Vault: st.master, Now: time.Now, Log: zerolog.Nop()})
		must(list.Sync(ctx))
		must(erasure.NewLog(offsite).Append(ctx, now, erasure.Voice{Recording: r.ID, Part: id.PartMember}))

		older, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "older.db")})
		must(err)
		must(older.InsertRecording(ctx, r, map[string][]byte{id.PartCall: {1}, id.PartMember: {1}, id.PartExpert: {1}}))
		var did restored
		st.offsite = offsite
		must(st.again(ctx, older, st.master.Master, &did))
		held, err := older.Held(ctx, r.ID)
		must(err)
		if _, err := older.Envelope(ctx, r.ID, id.PartMember); !errors.Is(err, meta.ErrNotExist) || !held || did.Erased != 1 || did.Held != 1 {
			t.Errorf("got %+v, held %t, the erased key %v, want both lists followed", did, held, err)
		}
		must(older.Close())
	})
}

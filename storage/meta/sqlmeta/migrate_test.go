package sqlmeta_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlmeta"
)

// TestEveryEarlierVersionIsBroughtUp: a database of each version, with what that
// version and those before it stored, opens and still has it.
func TestEveryEarlierVersionIsBroughtUp(t *testing.T) {
	newest := len(migrations(t, "../sqlite/migrations"))
	for name, empty := range places(t) {
		for version := 1; version <= newest; version++ {
			t.Run(fmt.Sprintf("%s from version %d", name, version), func(t *testing.T) {
				target := empty(t)
				db, err := target()
				must(t, err)
				for v := 1; v <= version; v++ {
					must(t, db.MigrateTo(t.Context(), int64(v)))
					for _, statement := range fixture(t, name, v) {
						if _, err := db.Writer.ExecContext(t.Context(), statement); err != nil {
							t.Fatalf("fixture of version %d: %v\n%s", v, err, statement)
						}
					}
				}
				must(t, db.Close())
				target.use(t, func(s *sqlmeta.Store) { wantFixtures(t, s, version) })
			})
		}
	}
}

// fixture reads what a version stored. X'…' is how SQLite writes bytes.
func fixture(t *testing.T, database string, version int) (statements []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("%05d.sql", version)))
	if err != nil {
		t.Fatalf("a migration needs a fixture: %v", err)
	}
	all := string(text)
	if database == "PostgreSQL" {
		all = strings.ReplaceAll(all, `X'`, `'\x`)
	}
	for statement := range strings.SplitSeq(all, ";\n") {
		if strings.TrimSpace(statement) != "" {
			statements = append(statements, statement)
		}
	}
	return statements
}

const (
	fixedCall      = id.CallID("call_06eeodtm01o01da27s87heusdc")
	fixedRecording = id.RecordingID("rec_06eeodtm01o018cdkffq4d6onc")
)

func wantFixtures(t *testing.T, s *sqlmeta.Store, version int) {
	t.Helper()
	ctx := t.Context()
	p, err := s.Person(ctx, "lee")
	if err != nil || p.Name != "Dr. Lee" || !p.Available || len(p.Languages) != 2 {
		t.Errorf("person: got %+v and %v", p, err)
	}
	c, err := s.Call(ctx, fixedCall)
	if err != nil || c.MemberName != "Maya" || c.EndedAt == nil || c.EndReason != "completed" || c.RecordingID == nil {
		t.Errorf("call: got %+v and %v", c, err)
	}
	r, err := s.Recording(ctx, fixedRecording)
	if err != nil || r.State != meta.StateStored || r.LengthMs != 61000 {
		t.Errorf("recording: got %+v and %v", r, err)
	}
	sealed, err := s.Envelope(ctx, fixedRecording, id.PartMember)
	if err != nil || string(sealed) != "\x00\xffkey" {
		t.Errorf("envelope: got %q and %v", sealed, err)
	}
	if _, err := s.Envelope(ctx, fixedRecording, id.PartExpert); err == nil {
		t.Error("destroyed envelope: got one, want none")
	}
	objects, err := s.Objects(ctx, fixedRecording)
	if err != nil || len(objects) != 1 || objects[0].Size != 123456 {
		t.Errorf("objects: got %+v and %v", objects, err)
	}
	if secret, err := s.Secret(ctx, "turn"); err != nil || string(secret) != "secret" {
		t.Errorf("secret: got %q and %v", secret, err)
	}
	must(t, s.VerifyChain(ctx, "consent"))
	if entries, err := s.ChainEntries(ctx, "consent", "", 0, 0); err != nil || len(entries) != 2 {
		t.Errorf("chain: got %d entries and %v, want 2", len(entries), err)
	}
	if version >= 2 {
		if blocked, err := s.Blocked(ctx, "maya", "lee"); err != nil || !blocked {
			t.Errorf("block: got %v and %v", blocked, err)
		}
	}
	hooks, err := s.Webhooks(ctx)
	if want := min(max(version-4, 0), 1); err != nil || len(hooks) != want {
		t.Errorf("webhooks: got %+v and %v, want %d", hooks, err, want)
	}
	wantRights(t, s, version)
	drill, err := s.LastDrill(ctx)
	if want := 3 * min(max(version-6, 0), 1); drill.Recordings != want {
		t.Errorf("drill: got %+v and %v, want %d recordings", drill, err, want)
	}
	feed, err := s.EventRange(ctx)
	if want := uint64(min(max(version-2, 0), 1)); err != nil || feed.Newest != want {
		t.Errorf("feed: got %+v and %v, want newest %d", feed, err, want)
	}
}

func wantRights(t *testing.T, s *sqlmeta.Store, version int) {
	t.Helper()
	want := min(max(version-5, 0), 1)
	r, err := s.Recording(t.Context(), fixedRecording)
	if err != nil || r.Held != (want == 1) || (r.TrashedAt != nil) != (want == 1) || r.Keep.Days != 90*want || r.Erased != [2]bool{false, true} {
		t.Errorf("recording: got %+v and %v", r, err)
	}
	list, err := s.Erasures(t.Context(), meta.ErasureFilter{Recording: fixedRecording})
	if err != nil || len(list) != want {
		t.Errorf("erasures: got %+v and %v, want %d", list, err, want)
	}
	assigned, err := s.Assigned(t.Context(), "robin", fixedRecording, noon.Add(-24*time.Hour))
	if err != nil || assigned != (want == 1) {
		t.Errorf("assignment: got %v and %v", assigned, err)
	}
}

func TestANewerSchemaIsRefused(t *testing.T) {
	for name, empty := range places(t) {
		target := empty(t)
		target.use(t, func(*sqlmeta.Store) {})
		db, err := target()
		must(t, err)
		_, err = db.Writer.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)`)
		must(t, err)
		must(t, db.Close())
		if _, err := target.open(t.Context()); err == nil || !strings.Contains(err.Error(), "9999") || !strings.Contains(err.Error(), "newer program") {
			t.Errorf("%s: got %v, want a refusal that names the version", name, err)
		}
	}
}

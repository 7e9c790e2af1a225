package metatest

import (
	"strings"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// insertStored inserts a recording that is stored, with an object of each part
// under a key that the recording's id begins.
func insertStored(t *testing.T, store meta.Store, at time.Time) (meta.Recording, map[string]meta.StoredObject) {
	t.Helper()
	ctx := testContext(t)
	storedAt := stored(at.Add(time.Hour))
	r := insertRecording(t, store, at, func(r *meta.Recording) { r.State, r.StoredAt = meta.StateStored, &storedAt })
	objects := map[string]meta.StoredObject{}
	for _, part := range id.Parts() {
		o := meta.StoredObject{Recording: r.ID, Part: part, Key: string(r.ID) + "/" + part, Size: 1, SHA256: strings.Repeat("0f", 32)}
		must(t, "PutObject", store.PutObject(ctx, o))
		objects[part] = o
	}
	return r, objects
}

func dueCopies(t *testing.T, store meta.Store) (keys []string) {
	t.Helper()
	due, err := store.CopiesDue(testContext(t), nil, 0)
	must(t, "CopiesDue", err)
	for _, o := range due {
		keys = append(keys, o.Key)
	}
	q, err := store.CopyQueue(testContext(t))
	must(t, "CopyQueue", err)
	if q.Waiting != len(due) || (q.Oldest == nil) != (len(due) == 0) {
		t.Errorf("queue: got %+v, want %d", q, len(due))
	}
	return keys
}

func copies(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	newer, _ := insertStored(t, store, after(time.Minute))
	older, objects := insertStored(t, store, noon)
	insertRecording(t, store, noon, nil) // not stored yet
	keys := dueCopies(t, store)
	if len(keys) != 6 || !strings.HasPrefix(keys[0], string(older.ID)) || !strings.HasPrefix(keys[5], string(newer.ID)) {
		t.Fatalf("to copy: got %q, want six, the older recording first", keys)
	}
	q, err := store.CopyQueue(ctx)
	must(t, "CopyQueue", err)
	wantSame(t, "since when the oldest waits", *q.Oldest, *older.StoredAt)

	key := objects[id.PartMember].Key
	rest, err := store.CopiesDue(ctx, []string{key, keys[5]}, 0)
	must(t, "CopiesDue", err)
	if len(rest) != 4 {
		t.Errorf("to copy except two: got %d, want 4", len(rest))
	}
	for range 2 {
		must(t, "BeginCopy", store.BeginCopy(ctx, key, noon))
	}
	if n := len(dueCopies(t, store)); n != 6 {
		t.Errorf("to copy with one begun: got %d, want 6", n)
	}
	for range 2 {
		must(t, "FinishCopy", store.FinishCopy(ctx, key, noon))
	}
	if n := len(dueCopies(t, store)); n != 5 {
		t.Errorf("to copy with one finished: got %d, want 5", n)
	}
	for k, want := range map[string]bool{key: true, objects[id.PartCall].Key: false} {
		has, err := store.HasCopy(ctx, k)
		must(t, "HasCopy", err)
		if has != want {
			t.Errorf("HasCopy(%s): got %t, want %t", k, has, want)
		}
	}
	must(t, "PutCheck", store.PutCheck(ctx, objects[id.PartCall].Key, noon, "changed"))
	if n := len(dueCopies(t, store)); n != 4 {
		t.Errorf("to copy with one rotten: got %d, want 4", n)
	}
}

// copiesOfWhatWasErased: the copy follows the key envelope, begun or finished.
func copiesOfWhatWasErased(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	r, objects := insertStored(t, store, noon)
	begun, finished := objects[id.PartMember].Key, objects[id.PartExpert].Key
	must(t, "BeginCopy", store.BeginCopy(ctx, begun, noon))
	must(t, "FinishCopy", store.FinishCopy(ctx, finished, noon))
	wantToRemove(t, store)
	must(t, "DestroyEnvelope", store.DestroyEnvelope(ctx, r.ID, id.PartMember, noon))
	wantToRemove(t, store, begun)
	rest, err := store.CopiesToRemove(ctx, []string{begun}, 0)
	must(t, "CopiesToRemove", err)
	if len(rest) > 0 {
		t.Errorf("copies to remove except one: got %q, want none", rest)
	}
	for _, key := range dueCopies(t, store) {
		if key == begun {
			t.Error("to copy: got an object whose key was destroyed")
		}
	}
	must(t, "KeepObjects", store.KeepObjects(ctx, r.ID, []string{begun}))
	wantToRemove(t, store, finished, begun)
	for range 2 {
		must(t, "ForgetCopy", store.ForgetCopy(ctx, finished))
	}
	wantToRemove(t, store, begun)
}

func wantToRemove(t *testing.T, store meta.Store, want ...string) {
	t.Helper()
	got, err := store.CopiesToRemove(testContext(t), nil, 0)
	must(t, "CopiesToRemove", err)
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("copies to remove: got %q, want %q", got, want)
	}
}

func keepObjects(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	r, objects := insertStored(t, store, noon)
	other, _ := insertStored(t, store, noon)
	must(t, "KeepObjects", store.KeepObjects(ctx, r.ID, []string{objects[id.PartCall].Key, objects[id.PartMember].Key}))
	for recording, want := range map[id.RecordingID]int{r.ID: 2, other.ID: 3} {
		got, err := store.Objects(ctx, recording)
		must(t, "Objects", err)
		if len(got) != want {
			t.Errorf("objects: got %+v, want %d", got, want)
		}
	}
}

func checks(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	r, objects := insertStored(t, store, noon)
	insertRecording(t, store, noon, nil)
	due := func(before time.Time) (parts []string) {
		t.Helper()
		list, err := store.ChecksDue(ctx, before, nil, 0)
		must(t, "ChecksDue", err)
		for _, o := range list {
			parts = append(parts, o.Part)
		}
		return parts
	}
	if got := due(noon); len(got) != 3 {
		t.Fatalf("never checked: got %q, want three", got)
	}
	rest, err := store.ChecksDue(ctx, noon, []string{objects[id.PartExpert].Key}, 0)
	must(t, "ChecksDue", err)
	if len(rest) != 2 {
		t.Errorf("to check except one: got %d, want 2", len(rest))
	}
	must(t, "PutCheck", store.PutCheck(ctx, objects[id.PartExpert].Key, after(time.Minute), ""))
	must(t, "PutCheck", store.PutCheck(ctx, objects[id.PartMember].Key, after(time.Second), ""))
	must(t, "DestroyEnvelope", store.DestroyEnvelope(ctx, r.ID, id.PartCall, noon))
	if got := due(noon); len(got) != 0 {
		t.Errorf("due at once: got %q, want none", got)
	}
	if got := strings.Join(due(after(time.Hour)), " "); got != "member expert" {
		t.Errorf("due later: got %q, want the one that was checked first before the other", got)
	}
	must(t, "PutCheck with a fault", store.PutCheck(ctx, objects[id.PartMember].Key, after(time.Hour), "gone"))
	for _, want := range []int{1, 0} {
		n, err := store.Faults(ctx)
		must(t, "Faults", err)
		if n != want {
			t.Errorf("faults: got %d, want %d", n, want)
		}
		must(t, "PutCheck again", store.PutCheck(ctx, objects[id.PartMember].Key, after(time.Hour), ""))
	}
	must(t, "SetReport", store.SetReport(ctx, r.ID, `{"clean": false}`))
	got, err := store.Recording(ctx, r.ID)
	must(t, "Recording", err)
	if got.Report != `{"clean": false}` || got.State != meta.StateStored {
		t.Errorf("recording: got %+v, want the new report alone", got)
	}
	wantError(t, "SetReport that is not JSON", store.SetReport(ctx, r.ID, "no"), meta.ErrInvalid)
	wantError(t, "SetReport of no recording", store.SetReport(ctx, id.NewRecording(noon), "{}"), meta.ErrNotExist)
}

func drills(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	_, err := store.LastDrill(ctx)
	wantError(t, "LastDrill of none", err, meta.ErrNotExist)
	good := meta.Drill{At: stored(noon), Recordings: 3}
	must(t, "PutDrill", store.PutDrill(ctx, good))
	must(t, "PutDrill that failed", store.PutDrill(ctx, meta.Drill{At: after(time.Hour), Recordings: 3, Failed: 1}))
	must(t, "PutDrill of nothing", store.PutDrill(ctx, meta.Drill{At: after(2 * time.Hour)}))
	got, err := store.LastDrill(ctx)
	must(t, "LastDrill", err)
	wantSame(t, "last drill that proves something", got, good)
	wantError(t, "PutDrill without a time", store.PutDrill(ctx, meta.Drill{}), meta.ErrInvalid)
}

package erasure_test

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/storage/blob/fsblob"
	"parley/storage/chain"
	"parley/storage/erasure"
	"parley/storage/id"
	"parley/storage/meta"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 3, 14, 12, 0, 0, 123_456_789, time.UTC)

func openObjects(t *testing.T) *fsblob.Store {
	t.Helper()
	objects, err := fsblob.Open(fsblob.Config{Dir: filepath.Join(t.TempDir(), "objects")})
	must(t, err)
	return objects
}

func read(t *testing.T, objects *fsblob.Store, key string) string {
	t.Helper()
	object, err := objects.Open(t.Context(), key)
	must(t, err)
	content, err := io.ReadAll(io.NewSectionReader(object, 0, object.Size()))
	must(t, err)
	must(t, object.Close())
	return string(content)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("got %v, want no error", err)
	}
}

func voice(part string) erasure.Voice {
	return erasure.Voice{Recording: id.NewRecording(noon), Part: part}
}

func all(l *erasure.Log) (list []erasure.Voice, err error) {
	for e, err := range l.All(context.Background()) {
		if err != nil {
			return list, err
		}
		list = append(list, e.Voice)
	}
	return list, nil
}

func TestWhatIsAppendedIsListedInOrder(t *testing.T) {
	objects := openObjects(t)
	a, b, c := voice(id.PartMember), voice(id.PartExpert), voice(id.PartCall)
	if list, err := all(erasure.NewLog(objects)); len(list) != 0 || err != nil {
		t.Errorf("an empty list: got %v and %v", list, err)
	}
	must(t, erasure.NewLog(objects).Append(t.Context(), noon, a, b))
	must(t, erasure.NewLog(objects).Append(t.Context(), noon.Add(-time.Hour), c)) // a clock that was set back
	list, err := all(erasure.NewLog(objects))
	if err != nil || len(list) != 3 || list[0] != a || list[1] != b || list[2] != c {
		t.Errorf("list: got %v and %v, want the three in order", list, err)
	}
}

func TestManyNodesAppendAtOnce(t *testing.T) {
	objects := openObjects(t)
	var group sync.WaitGroup
	for range 4 {
		node := erasure.NewLog(objects)
		for range 2 {
			group.Go(func() {
				for range 5 {
					if err := node.Append(context.Background(), noon, voice(id.PartMember)); err != nil {
						t.Errorf("Append beside others: got %v, want no error", err)
					}
				}
			})
		}
	}
	group.Wait()
	seen := map[erasure.Voice]bool{}
	list, err := all(erasure.NewLog(objects))
	for _, v := range list {
		seen[v] = true
	}
	if err != nil || len(list) != 40 || len(seen) != 40 {
		t.Errorf("list: got %d entries of %d voices and %v, want 40", len(list), len(seen), err)
	}
}

func TestAppendRefuses(t *testing.T) {
	objects := openObjects(t)
	l := erasure.NewLog(objects)
	for name, voices := range map[string][]erasure.Voice{
		"nothing":      nil,
		"no part":      {voice("both")},
		"no recording": {{Recording: "x", Part: id.PartCall}},
		"too many":     make([]erasure.Voice, erasure.MaxVoices+1),
	} {
		if err := l.Append(t.Context(), noon, voices...); err == nil {
			t.Errorf("%s: got no error, want one", name)
		}
	}
	if list, err := all(l); len(list) != 0 || err != nil {
		t.Errorf("list: got %v and %v, want nothing", list, err)
	}
}

func TestAListThatWasTamperedWith(t *testing.T) {
	const second, fourth = "erasures/000000000002", "erasures/000000000004"
	put := func(objects *fsblob.Store, key, content string) {
		must(t, objects.Put(t.Context(), key, strings.NewReader(content), int64(len(content))))
	}
	for name, tamper := range map[string]func(*fsblob.Store){
		"changed": func(objects *fsblob.Store) {
			content := read(t, objects, second)
			must(t, objects.Delete(t.Context(), second))
			put(objects, second, strings.Replace(content, `"member"`, `"expert"`, 1))
		},
		"removed":  func(objects *fsblob.Store) { must(t, objects.Delete(t.Context(), second)) },
		"no entry": func(objects *fsblob.Store) { put(objects, fourth, "{") },
		"copied":   func(objects *fsblob.Store) { put(objects, fourth, read(t, objects, second)) },
	} {
		objects := openObjects(t)
		l := erasure.NewLog(objects)
		for range 3 {
			must(t, l.Append(t.Context(), noon, voice(id.PartMember)))
		}
		tamper(objects)
		list, err := all(l)
		var broken *chain.BrokenError
		isBroken := errors.As(err, &broken) && broken.Seq == 2 && len(list) == 1
		if fits := isBroken == (name == "changed" || name == "removed"); err == nil || !fits {
			t.Errorf("%s: got %d voices and %v, want an error where it was tampered with", name, len(list), err)
		}
	}
}

// shelf keeps envelopes by voice.
type shelf map[erasure.Voice]bool

func (s shelf) DestroyEnvelope(_ context.Context, recording id.RecordingID, part string, _ time.Time) error {
	v := erasure.Voice{Recording: recording, Part: part}
	if _, known := s[v]; !known {
		return meta.ErrNotExist
	}
	s[v] = false
	return nil
}

func TestWhatWasErasedIsErasedAgain(t *testing.T) {
	objects := openObjects(t)
	l := erasure.NewLog(objects)
	erased, kept, newer := voice(id.PartMember), voice(id.PartMember), voice(id.PartExpert)
	now := shelf{erased: true, kept: true, newer: true}
	must(t, erasure.Erase(t.Context(), l, now, noon, erased, newer))
	if now[erased] || now[newer] || !now[kept] {
		t.Errorf("after Erase: got %v, want two destroyed", now)
	}
	older := shelf{erased: true, kept: true}
	for range 2 {
		if n, err := erasure.Replay(t.Context(), l.All(t.Context()), older); n != 1 || err != nil || older[erased] || !older[kept] {
			t.Errorf("Replay: got %d and %v, which leaves %v, want the one that is known destroyed", n, err, older)
		}
	}
}

// failing is a store that cannot destroy.
type failing struct{}

func (failing) DestroyEnvelope(context.Context, id.RecordingID, string, time.Time) error {
	return errors.New("away")
}

func TestAnErasureIsListedBeforeItIsDone(t *testing.T) {
	objects := openObjects(t)
	l := erasure.NewLog(objects)
	v := voice(id.PartMember)
	if err := erasure.Erase(t.Context(), l, failing{}, noon, v); err == nil {
		t.Error("Erase without a database: got no error, want one")
	}
	if list, err := all(l); err != nil || len(list) != 1 || list[0] != v {
		t.Errorf("list: got %v and %v, want what was to be erased", list, err)
	}
	if n, err := erasure.Replay(t.Context(), l.All(t.Context()), failing{}); n != 0 || err == nil {
		t.Errorf("Replay without a database: got %d and %v, want an error", n, err)
	}
}

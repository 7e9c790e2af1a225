package playback

import (
	"context"
	"slices"
	"testing"
	"time"

	"parley/recorder/playback/playbacktest"
	"parley/storage/blob/fsblob"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlite"
	"parley/storage/storetest"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// shelf is a place with one stored recording of twenty seconds.
type shelf struct {
	lib     Library
	rec     id.RecordingID
	meta    *sqlite.Store
	objects *fsblob.Store
	master  *envelope.Master
	keys    map[string]envelope.Key
	stereo  []byte // what must be played
}

// newShelf stores a recording whose state is as given.
func newShelf(t testing.TB, state meta.State) *shelf {
	t.Helper()
	s := &shelf{rec: id.NewRecording(noon)}
	s.open(t)
	s.lib = Library{Meta: s.meta, Objects: s.objects, Opener: s.master}
	entry := meta.Recording{ID: s.rec, CallID: id.NewCall(noon), MemberID: "maya", ExpertID: "hanna", State: state, StartedAt: noon}
	stored := playbacktest.Shelf{Meta: s.meta, Objects: s.objects, Master: s.master}.Put(t, entry)
	s.keys, s.stereo = stored.Keys, stored.Stereo
	return s
}

func (s *shelf) open(t testing.TB) {
	t.Helper()
	s.master = storetest.Master(t)
	s.meta = storetest.Database(t)
	s.objects = storetest.Folder(t)
}

// object is where a part is stored.
func (s *shelf) object(t testing.TB, part string) meta.StoredObject {
	t.Helper()
	all, err := s.meta.Objects(context.Background(), s.rec)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(o meta.StoredObject) bool { return o.Part == part })
	if i < 0 {
		t.Fatalf("no %s is stored", part)
	}
	return all[i]
}

package playback

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/media/audiomatch"
	"parley/media/ogg"
	"parley/media/opus"
	"parley/recorder/manifest"
	"parley/storage/blob/fsblob"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlite"
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
	s := &shelf{rec: id.NewRecording(noon), keys: map[string]envelope.Key{}}
	s.open(t, t.TempDir())
	s.lib = Library{Meta: s.meta, Objects: s.objects, Opener: s.master}
	envelopes := map[string][]byte{}
	for _, part := range id.Parts() {
		key, err := s.master.Sealer().NewKey(envelope.Binding{Recording: s.rec, Part: part})
		if err != nil {
			t.Fatal(err)
		}
		s.keys[part], envelopes[part] = key, key.Envelope
	}
	entry := meta.Recording{ID: s.rec, CallID: id.NewCall(noon), MemberID: "maya", ExpertID: "hanna", State: state, StartedAt: noon}
	if err := s.meta.InsertRecording(t.Context(), entry, envelopes); err != nil {
		t.Fatal(err)
	}
	made := twoVoices()
	if made.err != nil {
		t.Fatalf("make the voices: %v", made.err)
	}
	voices, layout := made.voices, made.layout
	m, err := manifest.Manifest{Recording: s.rec, Call: entry.CallID, Layout: layout}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	s.store(t, id.PartMember, voices[0])
	s.store(t, id.PartExpert, voices[1])
	s.store(t, id.PartCall, m)
	r, err := ogg.NewStereoReader(layout, bytes.NewReader(voices[0]), bytes.NewReader(voices[1]))
	if err != nil {
		t.Fatal(err)
	}
	if s.stereo, err = io.ReadAll(io.NewSectionReader(r, 0, r.Size())); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *shelf) open(t testing.TB, dir string) {
	t.Helper()
	var err error
	if s.master, err = envelope.OpenMasterFile(filepath.Join(dir, "master.key")); err != nil {
		t.Fatal(err)
	}
	if s.meta, err = sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(dir, "parley.db")}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.meta.Close() })
	if s.objects, err = fsblob.Open(fsblob.Config{Dir: filepath.Join(dir, "objects")}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.objects.Close() })
}

// store seals a part and stores it.
func (s *shelf) store(t testing.TB, part string, plain []byte) meta.StoredObject {
	t.Helper()
	sealed, err := envelope.SealBytes(s.keys[part].Recipient, plain)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(sealed)
	o := meta.StoredObject{
		Recording: s.rec, Part: part, Key: "recordings/" + string(s.rec) + "/" + hex.EncodeToString(sum[:8]),
		Size: int64(len(sealed)), SHA256: hex.EncodeToString(sum[:]),
	}
	if err := s.objects.Put(t.Context(), o.Key, bytes.NewReader(sealed), o.Size); err != nil {
		t.Fatal(err)
	}
	if err := s.meta.PutObject(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return o
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

// sound is two voices and the layout of their stereo stream.
type sound struct {
	voices [2][]byte
	layout ogg.Layout
	err    error
}

// twoVoices are twenty seconds of two voices as a render makes them.
var twoVoices = sync.OnceValue(func() sound {
	var files [2]bytes.Buffer
	w, err := ogg.NewPairWriter(&files[0], &files[1], ogg.PairConfig{
		PreSkip: opus.Lookahead48k, Left: ogg.Stream{Serial: 1}, Right: ogg.Stream{Serial: 2}, Stereo: ogg.Stream{Serial: 3},
	})
	if err != nil {
		return sound{err: err}
	}
	left, right := encoded(1), encoded(2)
	for i := range left {
		err = errors.Join(err, w.WriteFrame(left[i], right[i]))
	}
	layout, closeErr := w.Close(int64(len(left)*960 - opus.Lookahead48k))
	return sound{[2][]byte{files[0].Bytes(), files[1].Bytes()}, layout, errors.Join(err, closeErr)}
})

// encoded are the packets of a phrase; none where libopus refuses.
func encoded(seed int) [][]byte {
	enc, err := opus.NewEncoder(opus.Config{Complexity: 1})
	if err != nil {
		return nil
	}
	var out [][]byte
	buf := make([]byte, opus.MaxFramePacketBytes)
	for pcm := range slices.Chunk(audiomatch.Phrase(seed, 20*time.Second), 960) {
		n, err := enc.Encode(pcm, buf)
		if err != nil {
			return nil
		}
		out = append(out, slices.Clone(buf[:n]))
	}
	return out
}

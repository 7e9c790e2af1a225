package drill_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"testing"
	"time"

	"parley/media/ogg"
	"parley/media/opus"
	"parley/recorder/drill"
	"parley/recorder/manifest"
	"parley/storage/blob"
	"parley/storage/blob/fsblob"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlmeta"
	"parley/storage/storetest"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("got %v, want no error", err)
	}
}

// site is an off-site store with one recording of a second.
type site struct {
	t              *testing.T
	drill          *drill.Drill
	meta           *sqlmeta.Store
	second, folder *fsblob.Store
	rec            id.RecordingID
	objects        map[string]meta.StoredObject
}

// newSite lets change spoil the manifest before it is sealed.
func newSite(t *testing.T, change func(*manifest.Manifest)) *site {
	t.Helper()
	s := &site{t: t, rec: id.NewRecording(noon), objects: map[string]meta.StoredObject{}}
	var err error
	s.meta = storetest.Database(t)
	s.second = storetest.Folder(t)
	s.folder = storetest.Folder(t)
	master := storetest.Master(t)
	s.drill = &drill.Drill{Meta: s.meta, Second: s.second, Folder: s.folder, Opener: master}

	keys, envelopes := map[string]envelope.Key{}, map[string][]byte{}
	for _, part := range id.Parts() {
		keys[part], err = master.Sealer().NewKey(envelope.Binding{Recording: s.rec, Part: part})
		must(t, err)
		envelopes[part] = keys[part].Envelope
	}
	entry := meta.Recording{ID: s.rec, CallID: id.NewCall(noon), MemberID: "maya", ExpertID: "lee", State: meta.StateStored, StartedAt: noon, StoredAt: &noon}
	must(t, s.meta.InsertRecording(t.Context(), entry, envelopes))
	voices, layout := secondOfSilence(t)
	m := manifest.Manifest{Recording: s.rec, Call: entry.CallID, Layout: layout, LengthMs: float64(layout.TotalSamples) / 48}
	for leg, part := range []string{id.PartMember, id.PartExpert} {
		o := s.seal(part, keys[part], voices[leg])
		m.Voices[leg] = manifest.Voice{Leg: part, Bytes: o.Size, SHA256: o.SHA256}
	}
	if change != nil {
		change(&m)
	}
	data, err := m.Encode()
	must(t, err)
	s.seal(id.PartCall, keys[id.PartCall], data)
	return s
}

// seal stores a part off site.
func (s *site) seal(part string, key envelope.Key, plain []byte) meta.StoredObject {
	s.t.Helper()
	sealed, err := envelope.SealBytes(key.Recipient, plain)
	must(s.t, err)
	sum := sha256.Sum256(sealed)
	o := meta.StoredObject{Recording: s.rec, Part: part, Key: "recordings/" + string(s.rec) + "/" + part, Size: int64(len(sealed)), SHA256: hex.EncodeToString(sum[:])}
	must(s.t, s.second.Put(s.t.Context(), o.Key, bytes.NewReader(sealed), o.Size))
	must(s.t, s.meta.PutObject(s.t.Context(), o))
	must(s.t, s.meta.FinishCopy(s.t.Context(), o.Key, noon))
	s.objects[part] = o
	return o
}

func secondOfSilence(t *testing.T) ([2][]byte, ogg.Layout) {
	t.Helper()
	enc, err := opus.NewEncoder(opus.Config{Complexity: 1})
	must(t, err)
	var files [2]bytes.Buffer
	w, err := ogg.NewPairWriter(&files[0], &files[1], ogg.PairConfig{
		PreSkip: opus.Lookahead48k, Left: ogg.Stream{Serial: 1}, Right: ogg.Stream{Serial: 2}, Stereo: ogg.Stream{Serial: 3},
	})
	must(t, err)
	buf := make([]byte, opus.MaxFramePacketBytes)
	for range 50 {
		n, err := enc.Encode(make([]int16, 960), buf)
		must(t, err)
		must(t, w.WriteFrame(slices.Clone(buf[:n]), slices.Clone(buf[:n])))
	}
	layout, err := w.Close(50*960 - opus.Lookahead48k)
	must(t, err)
	return [2][]byte{files[0].Bytes(), files[1].Bytes()}, layout
}

func TestRestore(t *testing.T) {
	s := newSite(t, nil)
	chosen, err := s.drill.Choose(t.Context(), 5)
	must(t, err)
	if !slices.Equal(chosen, []id.RecordingID{s.rec}) {
		t.Fatalf("chosen: got %q, want the one that there is", chosen)
	}
	for range 2 {
		must(t, s.drill.Restore(t.Context(), s.rec))
	}
	for info := range s.folder.List(t.Context(), "") {
		t.Errorf("%s was left in the folder", info.Key)
	}
}

// TestChooseWantsWholeCopies: what is on its way is no failure of a drill.
func TestChooseWantsWholeCopies(t *testing.T) {
	s := newSite(t, nil)
	must(t, s.meta.ForgetCopy(t.Context(), s.objects[id.PartMember].Key))
	chosen, err := s.drill.Choose(t.Context(), 5)
	must(t, err)
	if len(chosen) > 0 {
		t.Errorf("chosen: got %q, want none", chosen)
	}
}

func TestFaultsAreFound(t *testing.T) {
	rows := []struct {
		name   string
		change func(*manifest.Manifest)
		spoil  func(t *testing.T, s *site)
		want   error
	}{
		{name: "copy gone", spoil: func(t *testing.T, s *site) {
			must(t, s.second.Delete(t.Context(), s.objects[id.PartMember].Key))
		}},
		{name: "copy changed", spoil: func(t *testing.T, s *site) {
			o := s.objects[id.PartMember]
			must(t, s.second.Replace(t.Context(), o.Key, bytes.NewReader(make([]byte, o.Size)), o.Size))
		}},
		{name: "another length", change: func(m *manifest.Manifest) { m.LengthMs += 20 }, want: drill.ErrDiffers},
		{name: "another waveform", change: func(m *manifest.Manifest) { m.Voices[0].Peaks.SHA256 = "00" }, want: drill.ErrDiffers},
		{name: "key gone", spoil: func(t *testing.T, s *site) {
			must(t, s.meta.DestroyEnvelope(t.Context(), s.rec, id.PartCall, noon))
		}, want: meta.ErrNotExist},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			s := newSite(t, r.change)
			if r.spoil != nil {
				r.spoil(t, s)
			}
			err := s.drill.Restore(t.Context(), s.rec)
			if err == nil || r.want != nil && !errors.Is(err, r.want) {
				t.Errorf("got %v, want %v", err, r.want)
			}
		})
	}
}

// TestOneVoiceErased: the other is restored.
func TestOneVoiceErased(t *testing.T) {
	s := newSite(t, nil)
	o := s.objects[id.PartMember]
	must(t, s.meta.DestroyEnvelope(t.Context(), s.rec, id.PartMember, noon))
	must(t, s.second.Delete(t.Context(), o.Key))
	must(t, s.drill.Restore(t.Context(), s.rec))
	if _, err := s.second.Open(t.Context(), o.Key); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("the erased voice: got %v, want none", err)
	}
}

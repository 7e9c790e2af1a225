package playbacktest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/media/audiomatch"
	"parley/media/ogg"
	"parley/media/opus"
	"parley/recorder/manifest"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
)

// Metadata is where the recording is entered.
type Metadata interface {
	InsertRecording(ctx context.Context, r meta.Recording, envelopes map[string][]byte) error
	PutObject(ctx context.Context, objects ...meta.StoredObject) error
}

// Objects is where its sealed objects go.
type Objects interface {
	Put(ctx context.Context, key string, r io.Reader, size int64) error
}

// Shelf is where recordings are stored.
type Shelf struct {
	Meta    Metadata
	Objects Objects
	Master  *envelope.Master
}

// Stored is a recording that was stored.
type Stored struct {
	Keys map[string]envelope.Key // by part
	// Stereo is what is to be played.
	Stereo []byte
}

// Put stores a recording of twenty seconds; entry says whose it is and how far
// it has come.
func (s Shelf) Put(t testing.TB, entry meta.Recording) Stored {
	t.Helper()
	return s.put(t, entry, twoVoices())
}

// PutLong stores a recording of so many times twenty seconds.
func (s Shelf) PutLong(t testing.TB, entry meta.Recording, times int) Stored {
	t.Helper()
	return s.put(t, entry, voices(times))
}

func (s Shelf) put(t testing.TB, entry meta.Recording, made sound) Stored {
	t.Helper()
	out := Stored{Keys: map[string]envelope.Key{}}
	envelopes := map[string][]byte{}
	for _, part := range id.Parts() {
		key, err := s.Master.Sealer().NewKey(envelope.Binding{Recording: entry.ID, Part: part})
		if err != nil {
			t.Fatal(err)
		}
		out.Keys[part], envelopes[part] = key, key.Envelope
	}
	if err := s.Meta.InsertRecording(t.Context(), entry, envelopes); err != nil {
		t.Fatal(err)
	}
	if made.err != nil {
		t.Fatalf("make the voices: %v", made.err)
	}
	m := manifest.Manifest{Recording: entry.ID, Call: entry.CallID, Layout: made.layout}
	for leg, part := range []string{id.PartMember, id.PartExpert} {
		o := s.store(t, out, entry.ID, part, made.voices[leg])
		m.Voices[leg] = manifest.Voice{Leg: part, Bytes: o.Size, SHA256: o.SHA256}
	}
	encoded, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	s.store(t, out, entry.ID, id.PartCall, encoded)
	out.Stereo = stereo(t, made)
	return out
}

func stereo(t testing.TB, made sound) []byte {
	t.Helper()
	r, err := ogg.NewStereoReader(made.layout, bytes.NewReader(made.voices[0]), bytes.NewReader(made.voices[1]))
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// store seals a part and stores it.
func (s Shelf) store(t testing.TB, to Stored, rec id.RecordingID, part string, plain []byte) meta.StoredObject {
	t.Helper()
	sealed, err := envelope.SealBytes(to.Keys[part].Recipient, plain)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(sealed)
	o := meta.StoredObject{
		Recording: rec, Part: part, Key: "recordings/" + string(rec) + "/" + hex.EncodeToString(sum[:8]),
		Size: int64(len(sealed)), SHA256: hex.EncodeToString(sum[:]),
	}
	if err := s.Objects.Put(t.Context(), o.Key, bytes.NewReader(sealed), o.Size); err != nil {
		t.Fatal(err)
	}
	if err := s.Meta.PutObject(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return o
}

// sound is two voices and the layout of their stereo stream.
type sound struct {
	voices [2][]byte
	layout ogg.Layout
	err    error
}

// twoVoices are twenty seconds of two voices as a render makes them.
var twoVoices = sync.OnceValue(func() sound { return voices(1) })

// voices are two voices that say the same twenty seconds so many times.
func voices(times int) sound {
	var files [2]bytes.Buffer
	w, err := ogg.NewPairWriter(&files[0], &files[1], ogg.PairConfig{
		PreSkip: opus.Lookahead48k, Left: ogg.Stream{Serial: 1}, Right: ogg.Stream{Serial: 2}, Stereo: ogg.Stream{Serial: 3},
	})
	if err != nil {
		return sound{err: err}
	}
	left, right := slices.Repeat(encoded(1), times), slices.Repeat(encoded(2), times)
	for i := range left {
		err = errors.Join(err, w.WriteFrame(left[i], right[i]))
	}
	layout, closeErr := w.Close(int64(len(left)*960 - opus.Lookahead48k))
	return sound{[2][]byte{files[0].Bytes(), files[1].Bytes()}, layout, errors.Join(err, closeErr)}
}

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

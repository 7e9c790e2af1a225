package playback

import (
	"context"
	"errors"
	"fmt"
	"io"

	"parley/media/ogg"
	"parley/recorder/export"
	"parley/recorder/manifest"
	"parley/storage/blob"
	"parley/storage/blob/blockcache"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
)

var (
	// ErrNotStored is returned for a recording that is not, or no longer, whole
	// in the store.
	ErrNotStored = errors.New("playback: the recording is not stored")
	// ErrErased is returned for a recording of which no voice is left.
	ErrErased = errors.New("playback: the recording was erased")
)

// Metadata is what playback reads.
type Metadata interface {
	Recording(ctx context.Context, r id.RecordingID) (meta.Recording, error)
	Envelope(ctx context.Context, r id.RecordingID, part string) ([]byte, error)
	Objects(ctx context.Context, r id.RecordingID) ([]meta.StoredObject, error)
}

// Opener opens key envelopes; *envelope.Master is one.
type Opener interface {
	OpenKey(sealed []byte, b envelope.Binding) (*envelope.Identity, error)
}

// Proof tells whether a recording is covered by consent; coverage.Ledger does.
type Proof interface {
	Covers(ctx context.Context, rec meta.Recording, m manifest.Manifest) error
}

// Library opens recordings. It is safe for concurrent use.
type Library struct {
	Meta    Metadata
	Objects blob.Store
	Opener  Opener
	// Proof, unless nil, is asked about each recording before anything of it can
	// be heard; its error is returned by Open.
	Proof Proof
}

// Recording is an opened recording; its stereo stream can be read at any
// place. It is safe for concurrent use.
type Recording struct {
	Manifest manifest.Manifest
	// Erased tells of the member's and the expert's voice whether it was
	// erased; it is silence of the same length then.
	Erased  [2]bool
	layout  ogg.Layout // of the stereo stream as it is read
	stereo  *ogg.StereoReader
	voices  [2]io.ReaderAt // nil: erased
	sizes   [2]int64       // of voices
	closers []io.Closer
}

// Open opens a stored recording. ctx bounds all later reads. A voice that was
// erased is silent; the whole of the other one is then read once. The error is
// ErrNotStored, ErrErased, meta.ErrNotExist or what went wrong.
func (l *Library) Open(ctx context.Context, rec id.RecordingID) (*Recording, error) {
	r := &Recording{}
	if err := l.open(ctx, r, rec); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// lookUp opens the manifest of a recording that is stored and covered by
// consent, and says where its objects are.
func (l *Library) lookUp(ctx context.Context, r *Recording, rec id.RecordingID) ([]meta.StoredObject, error) {
	entry, err := l.Meta.Recording(ctx, rec)
	if err != nil {
		return nil, err
	}
	r.Erased = entry.Erased
	if entry.State == meta.StateErased || r.Erased == [2]bool{true, true} {
		return nil, fmt.Errorf("%w: %s", ErrErased, rec)
	}
	if entry.State != meta.StateStored {
		return nil, fmt.Errorf("%w: %s is %s", ErrNotStored, rec, entry.State)
	}
	objects, err := l.Meta.Objects(ctx, rec)
	if err != nil {
		return nil, fmt.Errorf("objects of %s: %w", rec, err)
	}
	if err := l.openManifest(ctx, r, rec, objects); err != nil {
		return nil, err
	}
	if l.Proof != nil {
		err = l.Proof.Covers(ctx, entry, r.Manifest)
	}
	return objects, err
}

func (l *Library) open(ctx context.Context, r *Recording, rec id.RecordingID) error {
	objects, err := l.lookUp(ctx, r, rec)
	if err != nil {
		return err
	}
	for leg, part := range parts {
		if r.Erased[leg] {
			continue
		}
		voice := r.Manifest.Voices[leg]
		want := manifest.Object{Bytes: voice.Bytes, SHA256: voice.SHA256}
		if r.voices[leg], r.sizes[leg], err = l.openPart(ctx, r, rec, part, want, objects); err != nil {
			return err
		}
	}
	if r.layout, err = r.drawn(); err != nil {
		return fmt.Errorf("stereo of %s: %w", rec, err)
	}
	if r.stereo, err = ogg.NewStereoReader(r.layout, r.voices[0], r.voices[1]); err != nil {
		return fmt.Errorf("stereo of %s: %w", rec, err)
	}
	return nil
}

// drawn is the layout of what is left of the two voices.
func (r *Recording) drawn() (ogg.Layout, error) {
	switch {
	case r.Erased[0]:
		return r.Manifest.Layout.SilenceLeft(r.voices[1])
	case r.Erased[1]:
		return r.Manifest.Layout.SilenceRight(r.voices[0])
	}
	return r.Manifest.Layout, nil
}

// parts are the voices' parts, by leg.
var parts = [2]string{id.PartMember, id.PartExpert}

func (l *Library) openManifest(ctx context.Context, r *Recording, rec id.RecordingID, objects []meta.StoredObject) error {
	sealed, size, err := l.openPart(ctx, r, rec, id.PartCall, manifest.Object{}, objects)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(io.NewSectionReader(sealed, 0, size))
	if err != nil {
		return fmt.Errorf("read manifest of %s: %w", rec, err)
	}
	r.Manifest, err = manifest.Decode(data, rec)
	return err
}

// cacheConfig bounds a player's memory to 1.25 MiB: two voices of four blocks, and
// a block each that is being read. A chunk of 64 KiB and its tag lies in at most two
// blocks.
var cacheConfig = blockcache.Config{BlockSize: 128 << 10, Blocks: 4}

// openPart opens one sealed object with its own key; want is what the manifest
// says of it, or zero for the manifest itself. What is read of it names it in
// errors.
func (l *Library) openPart(ctx context.Context, r *Recording, rec id.RecordingID, part string, want manifest.Object, objects []meta.StoredObject) (io.ReaderAt, int64, error) {
	key, err := l.Meta.Envelope(ctx, rec, part)
	if err != nil {
		return nil, 0, fmt.Errorf("key of %s of %s: %w", part, rec, err)
	}
	identity, err := l.Opener.OpenKey(key, envelope.Binding{Recording: rec, Part: part})
	if err != nil {
		return nil, 0, fmt.Errorf("open the %s key of %s: %w", part, rec, err)
	}
	obj, err := l.find(ctx, rec, part, want.SHA256, objects)
	if err != nil {
		return nil, 0, err
	}
	cached, err := blockcache.New(obj, cacheConfig)
	if err != nil {
		return nil, 0, errors.Join(err, obj.Close())
	}
	r.closers = append(r.closers, cached)
	plain, size, err := envelope.OpenReaderAt(cached, cached.Size(), identity)
	if err != nil {
		return nil, 0, fmt.Errorf("open %s of %s: %w", part, rec, err)
	}
	if want.Bytes > 0 && cached.Size() != want.Bytes {
		return nil, 0, fmt.Errorf("open %s of %s: %w: it has %d bytes, want %d", part, rec, envelope.ErrCorrupt, cached.Size(), want.Bytes)
	}
	return named{plain, part, rec}, size, nil
}

// named tells in errors which object could not be read.
type named struct {
	io.ReaderAt
	part string
	rec  id.RecordingID
}

// ReadAt implements [io.ReaderAt].
func (n named) ReadAt(p []byte, off int64) (int, error) {
	read, err := n.ReaderAt.ReadAt(p, off)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("read %s of %s: %w", n.part, n.rec, err)
	}
	return read, err
}

// find opens the object of a part. An upload that was repeated after a crash
// leaves the entry of an object that was removed: the other one counts.
func (l *Library) find(ctx context.Context, rec id.RecordingID, part, sum string, objects []meta.StoredObject) (blob.Object, error) {
	for _, o := range objects {
		if o.Part != part || sum != "" && o.SHA256 != sum {
			continue
		}
		obj, err := l.Objects.Open(ctx, o.Key)
		if errors.Is(err, blob.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("open %s of %s: %w", part, rec, err)
		}
		return obj, nil
	}
	return nil, fmt.Errorf("%w: %s has no %s", ErrNotStored, rec, part)
}

// ReadAt reads the stereo Ogg Opus stream, member left and expert right.
func (r *Recording) ReadAt(p []byte, off int64) (int, error) { return r.stereo.ReadAt(p, off) }

// Size is the length of the stereo stream in bytes.
func (r *Recording) Size() int64 { return r.stereo.Size() }

// Voice is the member's (0) or the expert's (1) voice to the byte as it was recorded, or
// nil if it was erased.
func (r *Recording) Voice(leg int) *io.SectionReader {
	if r.voices[leg] == nil {
		return nil
	}
	return io.NewSectionReader(r.voices[leg], 0, r.sizes[leg])
}

// Source is the recording for export in other forms.
func (r *Recording) Source() (*export.Source, error) {
	source, err := export.NewSource(r.layout, r)
	if err == nil {
		source.SetGains(r.Manifest.Voices[0].Stats.GainDB, r.Manifest.Voices[1].Stats.GainDB)
	}
	return source, err
}

// WAV is the recording as a stereo WAV file, decoded as it is read.
func (r *Recording) WAV() (*export.WAVReader, error) {
	source, err := r.Source()
	if err != nil {
		return nil, err
	}
	return export.NewWAVReader(source, export.Stereo)
}

// Close lets go of the objects.
func (r *Recording) Close() error {
	var err error
	for _, c := range r.closers {
		err = errors.Join(err, c.Close())
	}
	return err
}

package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"parley/media/opus"
	"parley/recorder/capture"
	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/journal"
	"parley/recorder/render"
	"parley/storage/blob"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
)

// Metadata is what the pipeline keeps about recordings.
type Metadata interface {
	InsertRecording(ctx context.Context, r meta.Recording, envelopes map[string][]byte) error
	UpdateRecording(ctx context.Context, r meta.Recording) error
	Recording(ctx context.Context, r id.RecordingID) (meta.Recording, error)
	UnfinishedRecordings(ctx context.Context) ([]meta.Recording, error)
	PutObject(ctx context.Context, objects ...meta.StoredObject) error
	Envelope(ctx context.Context, r id.RecordingID, part string) ([]byte, error)
	Objects(ctx context.Context, r id.RecordingID) ([]meta.StoredObject, error)
	KeepObjects(ctx context.Context, r id.RecordingID, keys []string) error
}

// Opener opens key envelopes; *envelope.Master is one.
type Opener interface {
	OpenKey(sealed []byte, b envelope.Binding) (*envelope.Identity, error)
}

// Config holds the parts of a pipeline.
type Config struct {
	// Dir holds journals and finished objects until they are stored.
	Dir string
	// Reserve is how many bytes must be free on Dir's file system for a
	// recording to begin; below twice as many the log warns. 0 asks for none.
	Reserve uint64
	Sealer  *envelope.Sealer
	Opener  Opener
	Meta    Metadata
	// Shared tells that other nodes keep their recordings in the same metadata:
	// one without a journal here may be theirs, and is left alone.
	Shared  bool
	Objects blob.Store
	Node    *capture.Node
	// Erase erases all of a recording whose consent was taken back, for ever; it
	// may be repeated.
	Erase func(ctx context.Context, r id.RecordingID) error
	// Erased, which may be nil, tells whether the list of erasures that nodes share
	// names a voice of a recording.
	Erased func(ctx context.Context, r id.RecordingID) (bool, error)
	// OnReady is called when a recording can be played.
	OnReady func(r meta.Recording)
	// OnDamaged, which may be nil, is called when a recording cannot be
	// completed.
	OnDamaged func(r meta.Recording)
	// OnUploadsWait, which may be nil, is called once when the object store has
	// failed for five minutes, and again only after it has worked.
	OnUploadsWait func()
	// Observer may be nil.
	Observer Observer
	// RenderSlots bounds the renders that run at once, at least 1.
	RenderSlots int
	// Mode is how voices are made: render.ModeAuto, which is the zero value
	// too, render.ModeCopy or render.ModeEncode.
	Mode    string
	Encoder opus.Config
	// Pauses says what becomes of the time in which a gate was shut:
	// render.PausesSilence, which is the zero value too, or render.PausesSkip.
	Pauses string
	Now    func() time.Time
	Log    zerolog.Logger
}

// Pipeline makes recordings. Its methods are safe for concurrent use.
type Pipeline struct {
	cfg   Config
	ctx   context.Context // ends with Close
	end   context.CancelFunc
	slots chan struct{}
	queue queue
	turns turns
	work  sync.WaitGroup
	// reopened holds the recordings of earlier processes that go on in this one.
	reopened sync.Map
}

// New makes a pipeline and its folder.
func New(cfg Config) (*Pipeline, error) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the recordings folder: %w", err)
	}
	if cfg.Mode == "" {
		cfg.Mode = render.ModeAuto
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &Pipeline{cfg: cfg, ctx: ctx, end: cancel, slots: make(chan struct{}, max(cfg.RenderSlots, 1))}, nil
}

// Close waits for unfinished recordings until ctx ends, then stops; what is not
// stored by then is finished after the next start. Captures must have ended
// and the node have stopped.
func (p *Pipeline) Close(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		p.work.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	p.end()
	<-done
}

// Start is what a recording is begun with.
type Start struct {
	Call  meta.Call
	Grant consent.Grant
	// Proof names the ledger entry that lets the gate open, and what it rests on.
	Proof ledger.Proof
	// Keep says how long it may be kept, as people were told.
	Keep meta.Keep
	// OnStatus is told what capture really does: false when either voice is
	// not saved any more, true when both are again. It must not block, for all
	// captures of the process wait.
	OnStatus func(capturing bool)
	// OnAlarm is told when what is wrong with a leg's sound changes; nil tells
	// nobody. It must not block either.
	OnAlarm func(leg int, a capture.Alarm)
	// OnLost is told, once, that the journal could not be written: the gate is
	// shut for good, and only another recording can go on. nil tells nobody. It
	// must not block either.
	OnLost func()
}

var (
	// ErrNoGrant is returned for a start without a grant for both voices of the
	// call: the grant of another call is none.
	ErrNoGrant = errors.New("pipeline: no grant, no recording")
	// ErrCaptureFailed is returned when the gate of a recording is to open
	// whose journal could not be written.
	ErrCaptureFailed = errors.New("pipeline: the journal could not be written")
)

// Begin makes everything durable that a recording needs and opens its gate.
// The error is ErrNoGrant, ErrNoRoom or what could not be written; nothing is
// captured then.
func (p *Pipeline) Begin(ctx context.Context, s Start) (*Recording, error) {
	if !covers(s.Grant, s.Call.ID) {
		return nil, ErrNoGrant
	}
	if err := p.checkRoom(); err != nil {
		return nil, err
	}
	now := wholeMicros(p.cfg.Now())
	rec := meta.Recording{
		ID: id.NewRecording(now), CallID: s.Call.ID,
		MemberID: s.Call.MemberID, ExpertID: s.Call.ExpertID,
		MemberName: s.Call.MemberName, ExpertName: s.Call.ExpertName,
		State: meta.StateCapturing, StartedAt: now.UTC(), Keep: s.Keep,
	}
	header, envelopes, err := p.newKeys(rec)
	header.Basis = journal.Basis{Ledger: s.Proof.Entry, Rules: ruleIDs(s.Grant), TableVersion: s.Grant.TableVersion()}
	if err != nil {
		return nil, err
	}
	if err := p.cfg.Meta.InsertRecording(ctx, rec, envelopes); err != nil {
		return nil, fmt.Errorf("enter recording %s: %w", rec.ID, err)
	}
	w, err := journal.Create(p.path(rec.ID, journalSuffix), header)
	if err != nil {
		rec.State = meta.StateDiscarded
		return nil, errors.Join(err, p.cfg.Meta.UpdateRecording(ctx, rec))
	}
	if err := createFault(p.path(rec.ID, faultSuffix)); err != nil {
		p.cfg.Log.Warn().Err(err).Str("recording_id", string(rec.ID)).Msg("a fault of this recording would not survive a kill")
	}
	return p.follow(now, rec, header, w, s), nil
}

// wholeMicros cuts a time to what metadata keeps, and leaves it its monotonic
// reading.
func wholeMicros(t time.Time) time.Time { return t.Add(-time.Duration(t.Nanosecond() % 1000)) }

// covers tells whether a grant lets both voices of a call be recorded.
func covers(g consent.Grant, call id.CallID) bool {
	return g.Covers(string(call), consent.Caller, consent.Callee)
}

// newKeys makes a key pair for each part; the private halves leave here only
// inside their envelopes.
func (p *Pipeline) newKeys(rec meta.Recording) (journal.Header, map[string][]byte, error) {
	h := journal.Header{Recording: rec.ID, Call: rec.CallID, Started: rec.StartedAt}
	envelopes := map[string][]byte{}
	for lane, part := range partOfLane {
		k, err := p.cfg.Sealer.NewKey(envelope.Binding{Recording: rec.ID, Part: part})
		if err != nil {
			return h, nil, fmt.Errorf("make the %s key of %s: %w", part, rec.ID, err)
		}
		h.Lanes[lane] = journal.LaneKey{Recipient: k.Recipient.String(), Envelope: k.Envelope}
		envelopes[part] = k.Envelope
	}
	return h, envelopes, nil
}

func ruleIDs(g consent.Grant) []string {
	var ids []string
	for _, r := range g.Rules() {
		ids = append(ids, r.ID)
	}
	return ids
}

var partOfLane = [...]string{
	journal.LaneCall:   id.PartCall,
	journal.LaneMember: id.PartMember,
	journal.LaneExpert: id.PartExpert,
}

const journalSuffix = "journal"

func (p *Pipeline) path(rec id.RecordingID, suffix string) string {
	return filepath.Join(p.cfg.Dir, string(rec)+"."+suffix)
}

// slot waits for one of the render slots; it returns nil when the pipeline
// closes first.
func (p *Pipeline) slot() (release func()) {
	select {
	case p.slots <- struct{}{}:
		return func() { <-p.slots }
	case <-p.ctx.Done():
		return nil
	}
}

package pipeline

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"parley/media/opus"
	"parley/recorder/capture"
	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/consent/table"
	"parley/recorder/playback"
	"parley/storage/blob"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlite"
	"parley/storage/storetest"
)

// clock is the time of a test: calls take no longer than their rendering.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// house is a place that outlives processes: its folder, stores and master key.
type house struct {
	t       testing.TB
	dir     string
	clock   *clock
	master  *envelope.Master
	meta    *sqlite.Store
	objects blob.Store
	call    meta.Call
}

func newHouse(t testing.TB) *house {
	t.Helper()
	dir := t.TempDir()
	h := &house{t: t, dir: filepath.Join(dir, "recordings"), clock: &clock{at: time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)}}
	h.master = storetest.Master(t)
	h.meta = storetest.Database(t)
	files := storetest.Folder(t)
	h.objects = files
	h.call = meta.Call{
		ID: id.NewCall(h.clock.now()), MemberID: "maya", ExpertID: "hanna",
		MemberName: "Maya", ExpertName: "Dr. Hanna Lee", CreatedAt: h.clock.now(),
	}
	if err := h.meta.InsertCall(t.Context(), h.call); err != nil {
		t.Fatal(err)
	}
	return h
}

// erase destroys the keys of a recording.
func (h *house) erase(ctx context.Context, r id.RecordingID) error {
	for _, part := range id.Parts() {
		if err := h.meta.DestroyEnvelope(ctx, r, part, h.clock.now()); err != nil {
			return err
		}
	}
	return nil
}

// process is one run of the program in a house.
type process struct {
	*house
	pipeline *Pipeline
	node     *capture.Node
	stopNode func()
	ready    chan meta.Recording
	log      *safeBuffer
}

// safeBuffer is a log that several goroutines write.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// start begins a process; change may alter its configuration.
func (h *house) start(change ...func(cfg *Config)) *process {
	h.t.Helper()
	p := &process{house: h, ready: make(chan meta.Recording, 10), log: &safeBuffer{}}
	log := zerolog.New(p.log)
	p.node = capture.NewNode(h.clock.now, log)
	cfg := Config{
		Dir: h.dir, Sealer: h.master.Sealer(), Opener: h.master, Meta: h.meta, Objects: h.objects, Node: p.node,
		Erase:   h.erase,
		OnReady: func(r meta.Recording) { p.ready <- r }, RenderSlots: 2,
		Encoder: opus.Config{Complexity: 1}, Now: h.clock.now, Log: log,
	}
	for _, c := range change {
		c(&cfg)
	}
	var err error
	if p.pipeline, err = New(cfg); err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.node.Run(ctx) }()
	p.stopNode = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Errorf("node: %v", err)
		}
	})
	h.t.Cleanup(p.kill)
	return p
}

// kill ends a process without letting it finish anything but the node's last
// flush.
func (p *process) kill() {
	p.stopNode()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p.pipeline.Close(ctx)
}

// embedded are the project's own rules, read once.
var embedded = sync.OnceValues(table.Embedded)

// granted is a grant as the judge gives it.
func granted(t testing.TB, call id.CallID) consent.Grant {
	t.Helper()
	tab, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	var parties []consent.PartyFacts
	for _, party := range []consent.Party{consent.Caller, consent.Callee} {
		parties = append(parties, consent.PartyFacts{
			Party: party, Answer: consent.AnswerExpress,
			Signals: []consent.Signal{{Place: "DE", Source: consent.SourceDeclared}},
		})
	}
	grant, err := tab.Judge(consent.Policy{}, consent.Facts{Call: string(call), Parties: parties}).Grant()
	if err != nil {
		t.Fatalf("grant: %v", err)
	}
	return grant
}

// proof is what the ledger holds at the n-th opening of a gate.
func proof(n string) ledger.Proof {
	return ledger.Proof{Entry: "entry " + n, Legs: []ledger.LegProof{
		{Leg: ledger.Member, Receipt: "member's receipt " + n, Notice: "member's notice"},
		{Leg: ledger.Expert, Receipt: "expert's receipt " + n},
	}}
}

// begin begins a recording.
func (p *process) begin() *Recording {
	p.t.Helper()
	r, err := p.pipeline.Begin(p.t.Context(), Start{
		Call: p.call, Grant: granted(p.t, p.call.ID), Proof: proof("1"), OnStatus: func(bool) {},
	})
	if err != nil {
		p.t.Fatalf("Begin: %v", err)
	}
	return r
}

// patience is how long a test waits for what takes a moment.
const patience = 30 * time.Second

// stored waits until a recording is ready.
func (p *process) stored() meta.Recording {
	p.t.Helper()
	select {
	case r := <-p.ready:
		return r
	case <-time.After(patience):
		p.t.Fatalf("no recording was ready within %v; log:\n%s", patience, p.log)
		return meta.Recording{}
	}
}

// eventually waits for a condition.
func (p *process) eventually(what string, ok func() bool) {
	p.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			p.t.Fatalf("not within %v: %s; log:\n%s", patience, what, p.log)
		}
	}
}

// open opens a recording for playback.
func (h *house) open(rec id.RecordingID) *playback.Recording {
	h.t.Helper()
	lib := playback.Library{Meta: h.meta, Objects: h.objects, Opener: h.master}
	r, err := lib.Open(h.t.Context(), rec)
	if err != nil {
		h.t.Fatalf("open %s for playback: %v", rec, err)
	}
	h.t.Cleanup(func() { _ = r.Close() })
	return r
}

// entry is what metadata says of a recording.
func (h *house) entry(rec id.RecordingID) meta.Recording {
	h.t.Helper()
	r, err := h.meta.Recording(context.Background(), rec)
	if err != nil {
		h.t.Fatalf("look up %s: %v", rec, err)
	}
	return r
}

// local are the names of the files in the recordings' folder.
func (h *house) local() []string {
	h.t.Helper()
	list, err := os.ReadDir(h.dir)
	if err != nil {
		h.t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// mustBeSealed looks through every file of the house for audio in the clear.
func (h *house) mustBeSealed(canaries ...[]byte) {
	h.t.Helper()
	canaries = append(canaries, []byte("OggS"), []byte("OpusHead"), []byte("OpusTags"), []byte("gate.open"))
	err := filepath.WalkDir(filepath.Dir(h.dir), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, c := range canaries {
			if bytes.Contains(data, c) {
				h.t.Errorf("%s holds %.12q in the clear", filepath.Base(path), c)
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

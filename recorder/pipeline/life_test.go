package pipeline

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/recorder/consent"
	"parley/recorder/journal"
	"parley/recorder/manifest"
	"parley/storage/blob/miniotest"
	"parley/storage/blob/s3blob"
	"parley/storage/id"
	"parley/storage/meta"
)

// TestNoGrantNoByte holds invariant 1 at this border.
func TestNoGrantNoByte(t *testing.T) {
	p := newHouse(t).start()
	if _, err := p.pipeline.Begin(t.Context(), Start{Call: p.call}); !errors.Is(err, ErrNoGrant) {
		t.Errorf("Begin: got %v, want ErrNoGrant", err)
	}
	other := granted(t, id.NewCall(p.clock.now()))
	if _, err := p.pipeline.Begin(t.Context(), Start{Call: p.call, Grant: other}); !errors.Is(err, ErrNoGrant) {
		t.Errorf("Begin with the grant of another call: got %v, want ErrNoGrant", err)
	}
	if got := p.local(); len(got) != 0 {
		t.Errorf("files: got %q, want none", got)
	}
	left, err := p.meta.Recordings(t.Context(), meta.RecordingFilter{})
	if err != nil || len(left) != 0 {
		t.Errorf("recordings: got %+v, %v, want none", left, err)
	}
	r := p.begin()
	if err := r.OpenGate(t.Context(), consent.Grant{}, proof("2")); !errors.Is(err, ErrNoGrant) {
		t.Errorf("OpenGate: got %v, want ErrNoGrant", err)
	}
	if err := r.OpenGate(t.Context(), other, proof("2")); !errors.Is(err, ErrNoGrant) {
		t.Errorf("OpenGate with the grant of another call: got %v, want ErrNoGrant", err)
	}
}

// checkWhole checks a recording of a whole call that nothing befell.
func checkWhole(t *testing.T, p *process, r *Recording) {
	t.Helper()
	got := p.stored()
	if got.ID != r.ID() || got.State != meta.StateStored || got.LengthMs != talkTime.Milliseconds() || got.StoredAt == nil {
		t.Errorf("entry: got %+v, want %s stored with %d ms", got, r.ID(), talkTime.Milliseconds())
	}
	rec := p.open(r.ID())
	m := rec.Manifest
	if !m.Report.Clean || len(m.Report.Notes) != 0 || m.Report.ActualMs != 6000 || m.Report.ExpectedMs != 6000 {
		t.Errorf("report: got %+v, want clean, 6000 ms of 6000", m.Report)
	}
	if len(m.Spans) != 1 || m.Spans[0].OpenMs != 0 || m.Spans[0].CloseMs != 6000 {
		t.Errorf("spans: got %+v, want 0 to 6000", m.Spans)
	}
	if !reflect.DeepEqual(m.Spans[0].Proof, proof("1")) {
		t.Errorf("proof of the span: got %+v, want %+v", m.Spans[0].Proof, proof("1"))
	}
	if m.Basis.Ledger != "entry 1" || len(m.Basis.Rules) == 0 || m.Basis.TableVersion == "" {
		t.Errorf("basis: got %+v, want ledger, rules and table version", m.Basis)
	}
	for leg, v := range m.Voices {
		if v.Stats.Packets != 300 || v.Stats.Lost != 0 || v.Leg != []string{"member", "expert"}[leg] {
			t.Errorf("voice %d: got %+v, want 300 packets, none lost", leg, v)
		}
		if got, gain := v.Stats.LevelDBFS, v.Stats.GainDB; got < -40 || got > -10 || gain == 0 {
			t.Errorf("voice %d: got %.1f dBFS, gain %.1f; want speech, whose packets state no level, measured", leg, got, gain)
		}
	}
	p.mustHear(rec, talkTime)
	p.eventually("local copies are gone", func() bool { return len(p.local()) == 0 })
}

func TestWholeLife(t *testing.T) {
	p := newHouse(t).start()
	r := p.wholeCall()
	checkWhole(t, p, r)
	p.mustBeSealed(phrases().packets[0][50], phrases().packets[1][50])
	objects, err := p.meta.Objects(t.Context(), r.ID())
	if err != nil || len(objects) != 5 {
		t.Fatalf("objects: got %+v, %v, want five", objects, err)
	}
	rec := p.open(r.ID())
	for _, o := range objects {
		for leg, part := range []string{id.PartMember, id.PartExpert} {
			v := rec.Manifest.Voices[leg]
			stated := []manifest.Object{{Bytes: v.Bytes, SHA256: v.SHA256}, v.Peaks}
			if o.Part == part && !slices.Contains(stated, manifest.Object{Bytes: o.Size, SHA256: o.SHA256}) {
				t.Errorf("%s: manifest says %+v; metadata %s, %d bytes", part, stated, o.SHA256, o.Size)
			}
		}
		if strings.Contains(o.Key, "maya") || strings.Contains(o.Key, o.Part) {
			t.Errorf("key %q tells what it is", o.Key)
		}
	}
}

// TestSealedWhileCapturing looks at the disk in the midst of a call.
func TestSealedWhileCapturing(t *testing.T) {
	p := newHouse(t).start()
	begun := p.clock.now()
	r := p.begin()
	p.speak(r, begun, 0, 4*time.Second)
	p.eventually("a batch is in the journal", func() bool {
		return slices.ContainsFunc(p.local(), func(n string) bool { return strings.HasSuffix(n, ".member.opus.age") })
	})
	p.stopNode()
	p.mustBeSealed(phrases().packets[0][50], phrases().packets[1][50])
}

func TestWholeLifeOnMinIO(t *testing.T) {
	server := miniotest.Start(t)
	store, err := s3blob.New(s3blob.Config{
		Endpoint: server.Endpoint, AccessKey: server.AccessKey, SecretKey: s3blob.Secret(server.SecretKey),
		Bucket: "recordings", PathStyle: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if err := store.EnsureBucket(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := newHouse(t)
	h.objects = store
	p := h.start()
	checkWhole(t, p, p.wholeCall())

	// An outage in the midst costs nothing.
	server.Stop(t)
	r := p.wholeCall()
	p.eventually("an upload has failed", func() bool { return strings.Contains(p.log.String(), "not finished yet") })
	server.Restart(t)
	checkWhole(t, p, r)
}

// TestTwoSpans closes the gate in the midst of a call.
func TestTwoSpans(t *testing.T) {
	p := newHouse(t).start()
	begun := p.clock.now()
	r := p.begin()
	p.speak(r, begun, 0, 2*time.Second)
	r.CloseGate()
	r.Mark(journal.EventPause, journal.WholeCall, p.clock.now())
	p.speak(r, begun, 2*time.Second, 4*time.Second)
	if err := r.OpenGate(t.Context(), granted(t, p.call.ID), proof("2")); err != nil {
		t.Fatalf("OpenGate: %v", err)
	}
	p.speak(r, begun, 4*time.Second, talkTime)
	r.Mark(journal.EventMute, journal.LegExpert, begun.Add(5*time.Second))
	r.Finish()
	p.stored()
	rec := p.open(r.ID())
	m := rec.Manifest
	if len(m.Spans) != 2 || m.Spans[0].CloseMs != 2000 || m.Spans[1].OpenMs != 4000 || m.Spans[1].CloseMs != 6000 || !m.Report.Clean {
		t.Errorf("manifest: got spans %+v, report %+v; want 0–2000, 4000–6000, clean", m.Spans, m.Report)
	}
	if want := []manifest.Event{{AtMs: 2000, ClockMs: 2000, Kind: "pause"}, {AtMs: 5000, ClockMs: 5000, Kind: "mute", Leg: "expert"}}; !slices.Equal(m.Events, want) {
		t.Errorf("manifest: got events %+v, want %+v", m.Events, want)
	}
	for leg, got := range heard(t, rec) {
		if want := 6 * 48000; len(got) != want {
			t.Fatalf("channel %d: got %d samples, want %d", leg, len(got), want)
		}
		if db := audioLevel(got[2*48000+4800 : 4*48000-1000]); db > -70 {
			t.Errorf("channel %d: got %.0f dBFS while the gate was shut, want silence", leg, db)
		}
		last := phrases().pcm[leg][4*48000:]
		if best, lag := likeness(t, last, got); best < 0.75 || (lag-4*time.Second).Abs() > 20*time.Millisecond {
			t.Errorf("channel %d: got the second span with likeness %.3f at %v, want it at 4 s", leg, best, lag)
		}
	}
}

func audioLevel(pcm []int16) float64 {
	sum := 1e-9
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return 10 * math.Log10(sum/float64(len(pcm))/(32768*32768))
}

// TestGateShutLongBeforeHangUp: consent was withdrawn, and the call goes on
// unrecorded for longer than anything in the render looks ahead.
func TestGateShutLongBeforeHangUp(t *testing.T) {
	p := newHouse(t).start(func(c *Config) { c.Opener = nil })
	begun := p.clock.now()
	r := p.begin()
	p.speak(r, begun, 0, 3*time.Second)
	r.CloseGate()
	p.clock.set(begun.Add(2 * time.Minute))
	// Another recording's life takes longer than a flush of this one.
	p.wholeCall()
	p.stored()
	r.Finish()
	if got := p.stored(); got.ID != r.ID() || got.LengthMs != 3000 {
		t.Errorf("entry: got %+v, want %s with 3000 ms", got, r.ID())
	}
}

func TestNobodySpoke(t *testing.T) {
	p := newHouse(t).start()
	r := p.begin()
	r.Finish()
	got := p.stored()
	if got.LengthMs != 0 || !strings.Contains(got.Report, "no audio of the member") {
		t.Errorf("entry: got %+v, want no length and a report that says so", got)
	}
	p.open(r.ID())
}

// TestStatusFollowsCapture holds invariant 3: a journal that cannot be written
// puts the light out, and the gate cannot be opened again.
func TestStatusFollowsCapture(t *testing.T) {
	p := newHouse(t).start()
	status := make(chan bool, 10)
	begun := p.clock.now()
	r, err := p.pipeline.Begin(t.Context(), Start{Call: p.call, Grant: granted(t, p.call.ID), OnStatus: func(ok bool) { status <- ok }})
	if err != nil {
		t.Fatal(err)
	}
	p.clock.set(begun.Add(time.Minute))
	select {
	case ok := <-status:
		if ok {
			t.Error("status: got capturing, want the alarm that nothing is")
		}
	case <-time.After(patience):
		t.Fatal("no status came, want the alarm that nothing is captured")
	}
	r.Finish()
	p.stored()
}

func TestCloseWaitsForWhatIsUnderWay(t *testing.T) {
	p := newHouse(t).start()
	r := p.wholeCall()
	p.eventually("capture has ended", func() bool { return p.entry(r.ID()).State != meta.StateCapturing })
	p.stopNode()
	p.pipeline.Close(t.Context())
	if got := p.entry(r.ID()).State; got != meta.StateStored {
		t.Errorf("state after Close: got %s, want stored", got)
	}
}

func TestLogTellsNothingPersonal(t *testing.T) {
	p := newHouse(t).start()
	p.wholeCall()
	p.stored()
	for _, secret := range []string{"maya", "Maya", "hanna", "Hanna", "AGE-SECRET"} {
		if strings.Contains(p.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

package pipeline

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"

	"parley/media/audiolevel"
	"parley/recorder/journal"
	"parley/recorder/manifest"
)

// second is one in µs.
const second = int64(time.Second / time.Microsecond)

func TestSilences(t *testing.T) {
	rows := []struct {
		name  string
		heard []int64 // seconds
		spans []journalSpan
		want  []stretch
	}{
		{"heard all the time", []int64{0, 2, 4, 6, 8}, []journalSpan{{open: 0, close: 10 * second}}, nil},
		{"in the middle", []int64{0, 2, 9, 10}, []journalSpan{{open: 0, close: 11 * second}}, []stretch{{2 * second, 9 * second}}},
		{"at the start", []int64{6, 8}, []journalSpan{{open: 0, close: 9 * second}}, []stretch{{0, 6 * second}}},
		{"at the end", []int64{0, 2}, []journalSpan{{open: 0, close: 20 * second}}, []stretch{{2 * second, 20 * second}}},
		{"never heard", nil, []journalSpan{{open: 0, close: 20 * second}}, []stretch{{0, 20 * second}}},
		{"a pause is none", []int64{0, 2, 60, 62}, []journalSpan{{open: 0, close: 3 * second}, {open: 59 * second, close: 63 * second}}, nil},
		{"on both sides of a pause", []int64{0, 30, 31}, []journalSpan{{open: 0, close: 8 * second}, {open: 20 * second, close: 32 * second}},
			[]stretch{{0, 8 * second}, {20 * second, 30 * second}}},
		{"just too short to tell", []int64{0}, []journalSpan{{open: 0, close: leastSilence - 1}}, nil},
		{"just long enough", []int64{0}, []journalSpan{{open: 0, close: leastSilence}}, []stretch{{0, leastSilence}}},
		{"the gate was never open", []int64{0}, nil, nil},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			var h hearing
			for _, at := range r.heard {
				h.add(at * second)
			}
			if got := h.silences(r.spans); !slices.Equal(got, r.want) {
				t.Errorf("silences of %v s in %v: got %v, want %v", r.heard, r.spans, got, r.want)
			}
		})
	}
}

// TestMutedIsNoSilence: what a leg had a reason not to send is not missing.
func TestMutedIsNoSilence(t *testing.T) {
	open := []journalSpan{{open: 0, close: 60 * second}}
	event := func(s int64, kind string) journal.Event {
		return journal.Event{At: time.Duration(s) * time.Second, Kind: kind, Leg: journal.LegExpert}
	}
	rows := []struct {
		name   string
		events []journal.Event
		want   []stretch // the packets are at 1 s and 50 s
	}{
		{"not muted", nil, []stretch{{second, 50 * second}, {50 * second, 60 * second}}},
		{"muted all the time", []journal.Event{event(2, journal.EventMute)}, nil},
		{"muted too late", []journal.Event{event(20, journal.EventMute)}, []stretch{{second, 20 * second}}},
		{"unmuted and silent", []journal.Event{event(2, journal.EventMute), event(30, journal.EventUnmute)},
			[]stretch{{30 * second, 50 * second}, {50 * second, 60 * second}}},
		{"muted on hold", []journal.Event{event(2, journal.EventHold), event(3, journal.EventMute), event(30, journal.EventUnmute)}, nil},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			var s spans
			s.voices[1].add(second)
			for _, e := range r.events {
				s.event(e)
			}
			s.voices[1].add(50 * second)
			if got := s.voices[1].silences(open); !slices.Equal(got, r.want) {
				t.Errorf("got %v, want %v", got, r.want)
			}
		})
	}
}

func TestSilenceNotes(t *testing.T) {
	got := silenceNotes(noAudioOf("expert"), []stretch{{12 * second, 19 * second}, {3600*second + 62*second, 3600*second + 200*second}})
	want := []string{"no audio of the expert for 7 s from 0:12", "no audio of the expert for 138 s from 1:01:02"}
	if !slices.Equal(got, want) {
		t.Errorf("notes: got %q, want %q", got, want)
	}
	got = silenceNotes(noAudioOf("member"), make([]stretch, maxSilenceNotes+5))
	if len(got) != maxSilenceNotes+1 || got[maxSilenceNotes] != "no audio of the member 5 times more" {
		t.Errorf("many notes: got %q, want %d and what is left", got, maxSilenceNotes)
	}
}

// TestSilenceIsReported: a leg that sends nothing for a while is named with the
// place, both by the render that follows the call and by the one after a kill.
func TestSilenceIsReported(t *testing.T) {
	const want = "no audio of the expert for 8 s from 0:02"
	for _, killed := range []bool{false, true} {
		p := newHouse(t).start()
		begun := p.clock.now()
		r := p.begin()
		p.speak(r, begun, 0, 2020*time.Millisecond)
		p.speakAs(r, begun, 2020*time.Millisecond, 10*time.Second, 0)
		if killed {
			p.kill()
			p = p.house.start()
			if n, err := p.pipeline.Recover(); n != 1 || err != nil {
				t.Fatalf("Recover: got %d, %v, want 1", n, err)
			}
		} else {
			r.Finish()
		}
		got := p.stored()
		if !strings.Contains(got.Report, want) || strings.Contains(got.Report, "of the member") {
			t.Errorf("report, killed %v: got %s, want %q and nothing of the member", killed, got.Report, want)
		}
	}
}

func TestWithout(t *testing.T) {
	s := func(from, to int64) stretch { return stretch{from * second, to * second} }
	rows := []struct {
		name               string
		list, others, want []stretch
	}{
		{"nothing else", []stretch{s(0, 10)}, nil, []stretch{s(0, 10)}},
		{"the same", []stretch{s(0, 10)}, []stretch{s(0, 10)}, nil},
		{"in the middle", []stretch{s(0, 30)}, []stretch{s(10, 20)}, []stretch{s(0, 10), s(20, 30)}},
		{"what is left is too short", []stretch{s(0, 30)}, []stretch{s(3, 28)}, nil},
		{"elsewhere", []stretch{s(10, 20), s(40, 50)}, []stretch{s(0, 9), s(30, 35), s(60, 70)}, []stretch{s(10, 20), s(40, 50)}},
	}
	for _, r := range rows {
		if got := without(r.list, r.others); !slices.Equal(got, r.want) {
			t.Errorf("%s: got %v, want %v", r.name, got, r.want)
		}
	}
}

// TestDigitalSilenceIsRemarked: a microphone that is switched off is named with
// the place, and the recording, which holds what was sent, is clean.
func TestDigitalSilenceIsRemarked(t *testing.T) {
	const want = "the microphone of the expert sent no sound for 7 s from 0:02"
	for _, killed := range []bool{false, true} {
		p := newHouse(t).start()
		begun := p.clock.now()
		r := p.begin()
		p.speakAt(r, begun, 0, 2020*time.Millisecond, [2]byte{30, 30})
		p.speakAt(r, begun, 2020*time.Millisecond, 9*time.Second, [2]byte{30, 127})
		p.speakAt(r, begun, 9*time.Second, 10*time.Second, [2]byte{30, 30})
		r.CloseGate()
		if killed {
			p.kill()
			p = p.house.start()
			if n, err := p.pipeline.Recover(); n != 1 || err != nil {
				t.Fatalf("Recover: got %d, %v, want 1", n, err)
			}
		} else {
			r.Finish()
		}
		got := manifest.DecodeReport(p.stored().Report)
		if !slices.Equal(got.Remarks, []string{want}) || !got.Clean {
			t.Errorf("report, killed %v: got %+v, want one that is clean and remarks %q", killed, got, want)
		}
	}
}

// speakAt is speak with audio levels (RFC 6464), by leg.
func (p *process) speakAt(r *Recording, begun time.Time, from, to time.Duration, levels [2]byte) {
	for i := int(from / (20 * time.Millisecond)); i < int(to/(20*time.Millisecond)); i++ {
		at := begun.Add(time.Duration(i) * 20 * time.Millisecond)
		p.clock.set(at)
		for leg, level := range levels {
			packets := phrases().packets[leg]
			h := &rtp.Header{SequenceNumber: uint16(i), Timestamp: uint32(i * 960), SSRC: uint32(leg + 1)}
			if err := h.SetExtension(audiolevel.Extension, []byte{level}); err != nil {
				p.t.Fatal(err)
			}
			r.Packet(leg, at, h, packets[i%len(packets)])
		}
	}
	p.clock.set(begun.Add(to))
}

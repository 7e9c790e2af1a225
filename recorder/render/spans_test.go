package render

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"parley/media/opus"
	"parley/recorder/journal"
)

// without leaves out what arrived between two instants, as a shut gate does.
func without(packets []journal.Packet, from, to time.Duration) []journal.Packet {
	var out []journal.Packet
	for _, p := range packets {
		if p.Arrival < from || p.Arrival >= to {
			out = append(out, p)
		}
	}
	return out
}

// paused is a call whose gate is shut from 3.5 s to 6.5 s; the senders go on.
func paused() call {
	c := newCall(sceneTime, clean(1), clean(2))
	shut, open := 3500*time.Millisecond, 6500*time.Millisecond
	c.events = []journal.Event{
		{Kind: journal.EventGateOpen}, {At: shut, Kind: journal.EventGateClose},
		{At: open, Kind: journal.EventGateOpen}, {At: c.length, Kind: journal.EventGateClose},
	}
	for leg := range c.legs {
		c.legs[leg] = without(without(c.legs[leg], shut, open), c.length, time.Hour)
	}
	return c
}

func TestPauseIsSilenceOfTheSameLength(t *testing.T) {
	c := paused()
	out := c.render(t, 500*time.Millisecond, opus.Config{})
	for leg := range 2 {
		// A codec may be heard a frame before its sound begins.
		pcm := out.voice(t, leg, c.length)
		if got := peak(pcm, 3600*time.Millisecond, 6470*time.Millisecond); got > 40 {
			t.Errorf("voice %d: peak %d while the gate was shut, want silence", leg, got)
		}
		var want []int64
		for _, second := range []int64{1, 2, 3, 7, 8, 9} {
			want = append(want, second*sampleRate+samples(baseDelay)+opus.Lookahead48k)
		}
		mustClick(t, "voice", pcm, want)
		if got := out.result.Voices[leg]; got.Sources != 2 || got.Lost != 0 || got.ConcealedMs != 0 {
			t.Errorf("voice %d: got %+v, want two epochs and nothing lost or concealed", leg, got)
		}
	}
}

// TestGateShutLongBeforeTheEnd lets the call go on unrecorded: the render goes
// on being told of time, and the voices still end with the last span.
func TestGateShutLongBeforeTheEnd(t *testing.T) {
	c := newCall(5*time.Second, clean(1), clean(2))
	for leg := range c.legs {
		c.legs[leg] = without(c.legs[leg], c.length, time.Hour)
	}
	var files [2]bytes.Buffer
	r, err := New(Config{Voices: [2]io.Writer{&files[0], &files[1]}, Encoder: quick})
	if err != nil {
		t.Fatal(err)
	}
	for lane, records := range c.flush(t, 0, c.length+1) {
		if err := r.Add(journal.Lane(lane), records); err != nil {
			t.Fatal(err)
		}
	}
	for at := time.Duration(0); at < time.Minute; at += time.Second {
		if err := r.Advance(at); err != nil {
			t.Fatalf("Advance to %v: %v", at, err)
		}
	}
	res, err := r.Finish(c.length)
	if err != nil {
		t.Fatalf("Finish: %v", err)
	}
	if got, want := res.Layout.TotalSamples, samples(c.length); got != want {
		t.Errorf("length: got %d samples, want %d", got, want)
	}
}

// TestSecondSpanCutOff: the process died in the second span, whose closing
// nobody saw.
func TestSecondSpanCutOff(t *testing.T) {
	c := paused()
	c.events = c.events[:3]
	out := c.render(t, 500*time.Millisecond, quick)
	mustClick(t, "member", out.voice(t, 0, c.length), []int64{9*sampleRate + samples(baseDelay) + opus.Lookahead48k})
}

// TestNothingCaptured holds that an empty recording is a sound file too.
func TestNothingCaptured(t *testing.T) {
	for _, length := range []time.Duration{0, time.Millisecond, 20 * time.Millisecond, 7 * time.Second} {
		c := newCall(length, nil, nil)
		out := c.render(t, 500*time.Millisecond, quick)
		for leg := range 2 {
			if got := peak(out.voice(t, leg, length), 0, length); got > 4 {
				t.Errorf("%v, voice %d: peak %d, want silence", length, leg, got)
			}
			if got := out.result.Voices[leg]; got.Packets != 0 || got.LevelDBFS != -120 {
				t.Errorf("%v, voice %d: got %+v, want no packets and -120 dBFS", length, leg, got)
			}
		}
	}
}

// TestLongPauseTakesNoMemory: an hour between two spans of a journal that is
// rendered in one go.
func TestLongPauseTakesNoMemory(t *testing.T) {
	e, err := newEncoder(opus.Config{})
	if err != nil {
		t.Fatal(err)
	}
	v := track{maker: e, gate: &gate{}}
	payload := encodedSpeech(1)[60]
	for _, p := range []journal.Packet{
		{Arrival: time.Second, Sequence: 1, Payload: payload},
		{Arrival: time.Hour, Sequence: 2, Timestamp: 960, Payload: payload},
		{Arrival: 2 * time.Hour, Sequence: 3, Timestamp: 1920, Payload: payload},
	} {
		if err := v.add(p); err != nil {
			t.Fatal(err)
		}
	}
	held := 0
	for _, p := range e.tape.parts {
		held += cap(p.pcm)
	}
	if got := e.tape.length; got < samples(time.Hour) || held > sampleRate {
		t.Errorf("got %d samples in the memory of %d, want an hour and more in that of a second at most", got, held)
	}
}

func TestRecordsThatAreNone(t *testing.T) {
	var files [2]bytes.Buffer
	r, err := New(Config{Voices: [2]io.Writer{&files[0], &files[1]}})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Add(journal.LaneMember, []byte{99}); err == nil {
		t.Error("Add: got no error for a malformed record")
	}
}

// TestTape compares the tape with a plain slice.
func TestTape(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var tp tape
	var want []int16
	for step := range 20000 {
		switch r.IntN(4) {
		case 0:
			n := r.IntN(3000)
			for i, buf := 0, tp.sound(n); i < n; i++ {
				buf[i] = int16(step + i)
				want = append(want, buf[i])
			}
		case 1:
			n := r.IntN(500)
			tp.rest(int64(n))
			want = append(want, make([]int16, n)...)
		default:
			mustPeek(t, &tp, want, r.IntN(len(want)+frame))
			got := make([]int16, min(frame, len(want)))
			tp.take(got)
			for i := range got {
				if got[i] != want[i] {
					t.Fatalf("step %d, sample %d: got %d, want %d", step, i, got[i], want[i])
				}
			}
			want = want[len(got):]
		}
		if tp.length != int64(len(want)) {
			t.Fatalf("step %d: got length %d, want %d", step, tp.length, len(want))
		}
	}
}

// mustPeek compares what lies ahead on the tape with what should.
func mustPeek(t *testing.T, tp *tape, want []int16, offset int) {
	t.Helper()
	buf := make([]int16, frame)
	for i := range buf {
		buf[i] = 99
	}
	got := tp.peek(int64(offset), buf)
	if got == nil {
		got = make([]int16, frame)
	}
	for i, s := range got {
		if at := offset + i; at < len(want) && s != want[at] || at >= len(want) && s != 0 {
			t.Fatalf("peek at %d of %d: sample %d is %d", offset, len(want), i, s)
		}
	}
}

// FuzzAdd holds that no records make the render panic or its voices longer
// than the call.
func FuzzAdd(f *testing.F) {
	c := newCall(time.Second, clean(1)[:50], clean(2)[:50])
	for lane, records := range c.flush(f, 0, time.Hour) {
		f.Add(byte(lane), records)
	}
	f.Fuzz(func(t *testing.T, lane byte, records []byte) {
		var files [2]bytes.Buffer
		r, err := New(Config{Voices: [2]io.Writer{&files[0], &files[1]}, Encoder: quick})
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Add(journal.Lane(lane%3), records)
		if err := r.Advance(3 * time.Second); err != nil {
			t.Fatalf("Advance: %v", err)
		}
		total := min(r.gate.length(), samples(5*time.Second))
		if r.frames*frame > samples(5*time.Second) {
			t.Fatalf("got %d frames after 3 s", r.frames)
		}
		for leg := range r.voices {
			if err := r.voices[leg].finish(total); err != nil {
				t.Fatalf("finish voice %d: %v", leg, err)
			}
		}
	})
}

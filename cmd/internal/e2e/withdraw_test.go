package e2e

import (
	"context"
	"math"
	"testing"
	"time"

	"parley/cmd/internal/softphone"
	"parley/signaling/wire"
)

// The tones before and after the click, in Hz: apart enough for windows of a
// packet's length.
const (
	toneBefore = 400
	toneAfter  = 2000
)

// TestNothingAfterTheClickIsRecorded: at the click on "stop recording" each
// person begins another tone. The recording holds the first one, up to the
// click, and nothing of the second but what was under way: no more than two
// packets.
func TestNothingAfterTheClickIsRecorded(t *testing.T) {
	s := startServer(t, t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	member, expert := dial(ctx, t, s, "maya", ""), dial(ctx, t, s, "dr-lee", "")
	phones := []*softphone.Phone{member, expert}
	recordedCall(ctx, t, member, expert)
	for _, p := range phones {
		p.Media().SayNow(sine(toneBefore, time.Minute))
	}
	begun := time.Now()
	talkFor(ctx, t, 2*time.Second)

	click := time.Since(begun)
	must(t, member.Send(ctx, &wire.ConsentWithdraw{Call: member.State().Call.ID}))
	for _, p := range phones {
		p.Media().SayNow(sine(toneAfter, time.Minute))
	}
	talkFor(ctx, t, 2*time.Second) // what is captured too much would be captured now
	// Where everybody must agree, the part before is erased unless the one who took consent back keeps it.
	must(t, member.Wait(ctx, "the choice about the part before", func(st softphone.State) bool { return st.Call.Consent.Before == "ask" }))
	must(t, member.Send(ctx, &wire.RecordingPart{Call: member.State().Call.ID, Keep: true}))
	must(t, member.Wait(ctx, "the part before to be kept", func(st softphone.State) bool { return st.Call.Consent.Before == "kept" }))
	must(t, member.Send(ctx, &wire.CallHangup{Call: member.State().Call.ID}))
	must(t, member.Wait(ctx, "the recording", func(st softphone.State) bool { return st.Ready != nil }))
	id := member.State().Ready.Recording
	for _, p := range phones {
		must(t, p.Close())
	}
	s.stop(t)

	wav := exported(t, s, id)
	for leg := range wav.Channels {
		pcm := wav.Channel(leg)
		before, after := lasts(pcm, toneBefore), lasts(pcm, toneAfter)
		t.Logf("voice %d: %v of the tone before the click, %v of the one after", leg, before, after)
		if before < click-500*time.Millisecond {
			t.Errorf("voice %d holds %v of the tone before the click, want about %v", leg, before, click)
		}
		if after > 40*time.Millisecond {
			t.Errorf("voice %d holds %v of the tone after the click, want none but two packets under way", leg, after)
		}
	}
}

// recordedCall brings a call to where it is recorded and both have sound.
func recordedCall(ctx context.Context, t *testing.T, member, expert *softphone.Phone) {
	t.Helper()
	recordedCallTo(ctx, t, member, expert, "dr-lee", wire.AnswerYes)
}

// recordedCallTo calls an expert; both give the answer.
func recordedCallTo(ctx context.Context, t *testing.T, member, expert *softphone.Phone, id, answer string) {
	t.Helper()
	must(t, member.Wait(ctx, "the expert", available(id)))
	must(t, member.Send(ctx, &wire.CallStart{Expert: id}))
	must(t, expert.Wait(ctx, "the ringing", func(st softphone.State) bool { return st.Call != nil }))
	must(t, expert.Send(ctx, &wire.CallAccept{Call: expert.State().Call.ID}))
	for _, p := range []*softphone.Phone{member, expert} {
		must(t, p.Agree(ctx, answer))
	}
	for _, p := range []*softphone.Phone{member, expert} {
		must(t, p.Wait(ctx, "the recording light", func(st softphone.State) bool {
			return st.Call.Recording.State == wire.RecordingOn && p.Media() != nil
		}))
	}
}

func talkFor(ctx context.Context, t *testing.T, d time.Duration) {
	t.Helper()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		t.Fatal(ctx.Err())
	}
}

const rate = 48000

func sine(hz float64, d time.Duration) []int16 {
	out := make([]int16, int(d.Seconds()*rate))
	for i := range out {
		out[i] = int16(12000 * math.Sin(2*math.Pi*hz*float64(i)/rate))
	}
	return out
}

// lasts is for how long a tone makes up most of the sound, in windows of half a
// packet.
func lasts(pcm []int16, hz float64) (d time.Duration) {
	const window = rate / 100
	for len(pcm) >= window {
		if share(pcm[:window], hz) > 0.5 {
			d += 10 * time.Millisecond
		}
		pcm = pcm[window:]
	}
	return d
}

// share is the part of a window's energy that a tone has; 0 of what is faint.
func share(pcm []int16, hz float64) float64 {
	var re, im, energy float64
	for i, s := range pcm {
		v, w := float64(s), 2*math.Pi*hz*float64(i)/rate
		re, im, energy = re+v*math.Cos(w), im+v*math.Sin(w), energy+v*v
	}
	n := float64(len(pcm))
	if energy/n < 500*500 {
		return 0
	}
	return 2 * (re*re + im*im) / (n * energy)
}

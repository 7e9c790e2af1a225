package e2e

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parley/cmd/internal/softphone"
	"parley/media/audiomatch"
	"parley/signaling/wire"
)

// toneHz is the tone that says that a call is recorded.
const toneHz = 1400

// TestToneIsHeardAndRecorded: where the operator asks for the tone, both hear it at
// the start of the recording and 15 s later, and both voices hold it then.
func TestToneIsHeardAndRecorded(t *testing.T) {
	policy := filepath.Join(t.TempDir(), "policy.yaml")
	must(t, os.WriteFile(policy, []byte("policy: 1\nbeep: true\n"), 0o600))
	s := startServerWith(t, t.TempDir(), []string{"--demo", "--consent-policy", policy})
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	member, expert := dial(ctx, t, s, "maya", ""), dial(ctx, t, s, "dr-lee", "")
	phones := []*softphone.Phone{member, expert}
	recordedCall(ctx, t, member, expert)
	for _, p := range phones {
		p.Media().SayNow(sine(toneBefore, time.Minute))
	}
	talkFor(ctx, t, 16*time.Second)
	for i, p := range phones {
		at := begins(p.Media().Heard(), toneHz)
		if len(at) != 2 || (at[1]-at[0]-15*time.Second).Abs() > 100*time.Millisecond {
			t.Errorf("phone %d heard the tone at %v, want twice, 15 s apart", i, at)
		}
	}
	must(t, member.Send(ctx, &wire.CallHangup{Call: member.State().Call.ID}))
	must(t, member.Wait(ctx, "the recording", func(st softphone.State) bool { return st.Ready != nil }))
	id := member.State().Ready.Recording
	for _, p := range phones {
		must(t, p.Close())
	}
	s.stop(t)

	wav := exported(t, s, id)
	for leg := range wav.Channels {
		at := begins(wav.Channel(leg), toneHz)
		if len(at) != 2 || at[0] > 100*time.Millisecond || (at[1]-15*time.Second).Abs() > 100*time.Millisecond {
			t.Errorf("voice %d holds the tone at %v, want at the start and at 15 s", leg, at)
		}
	}
}

// exported is what a recording sounds like, a voice a channel.
func exported(t *testing.T, s *server, recording string) audiomatch.WAV {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.wav")
	tool(t, bin, "recording", "export", "--data", s.dir, "--as", "wav", "--reason", "test", "--out", out, recording)
	f, err := os.Open(out)
	must(t, err)
	defer func() { _ = f.Close() }()
	wav, err := audiomatch.ReadWAV(f)
	must(t, err)
	return wav
}

// begins are the instants at which a tone begins that makes up most of the sound.
func begins(pcm []int16, hz float64) (at []time.Duration) {
	const window = rate / 50
	before := false
	for n := 0; (n+1)*window <= len(pcm); n++ {
		is := share(pcm[n*window:(n+1)*window], hz) > 0.8
		if is && !before {
			at = append(at, time.Duration(n)*20*time.Millisecond)
		}
		before = is
	}
	return at
}

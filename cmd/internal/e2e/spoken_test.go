package e2e

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/cmd/internal/softphone"
	"parley/media/audiomatch"
	"parley/signaling/wire"
)

// What the operator's recordings in these tests sound like, in Hz.
const (
	noticeHz    = 600
	recordingHz = 900
	resumedHz   = 1500
)

// operatorPrompts is a folder with a second of tone for each line.
func operatorPrompts(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, hz := range map[string]float64{"notice": noticeHz, "recording": recordingHz, "resumed": resumedHz} {
		f, err := os.Create(filepath.Join(dir, name+".en.wav"))
		must(t, err)
		must(t, audiomatch.WAV{Rate: rate, Channels: 1, Samples: sine(hz, time.Second)}.Write(f))
		must(t, f.Close())
	}
	return dir
}

// TestSpokenLines: where telling is enough, both hear the notice, and capture begins
// only after it; the line that the call is recorded, and after a pause the one that it
// goes on, are heard by both and are in both stored voices. The ledger tells of each
// that it was played to its end.
func TestSpokenLines(t *testing.T) {
	s := startServerWith(t, t.TempDir(), []string{"--demo", "--prompts", operatorPrompts(t), "--spoken-notice", "required"})
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	member, expert := dial(ctx, t, s, "maya", ""), dial(ctx, t, s, "sam-ortiz", "")
	phones := []*softphone.Phone{member, expert}
	recordedCallTo(ctx, t, member, expert, "sam-ortiz", wire.AnswerContinued)
	call := member.State().Call.ID
	hear(ctx, t, phones, recordingHz)
	must(t, expert.Send(ctx, &wire.RecordingPause{Call: call}))
	must(t, expert.Wait(ctx, "the pause", func(st softphone.State) bool { return st.Call.Recording.Paused }))
	must(t, expert.Send(ctx, &wire.RecordingResume{Call: call}))
	hear(ctx, t, phones, resumedHz)
	hear(ctx, t, phones, noticeHz)
	must(t, member.Send(ctx, &wire.CallHangup{Call: call}))
	must(t, member.Wait(ctx, "the recording", func(st softphone.State) bool { return st.Ready != nil }))
	id := member.State().Ready.Recording
	for _, p := range phones {
		must(t, p.Close())
	}
	s.stop(t)

	wav := exported(t, s, id)
	for leg := range wav.Channels {
		pcm := wav.Channel(leg)
		if got := lasts(pcm, noticeHz); got > 0 {
			t.Errorf("voice %d holds %v of the notice, want capture to begin after it", leg, got)
		}
		for _, hz := range []float64{recordingHz, resumedHz} {
			if got := lasts(pcm, hz); got < 900*time.Millisecond {
				t.Errorf("voice %d holds %v of the line at %v Hz, want all of its second", leg, got, hz)
			}
		}
		if at := begins(pcm, recordingHz); len(at) == 0 || at[0] > 200*time.Millisecond {
			t.Errorf("voice %d begins with the line at %v, want its first words", leg, at)
		}
	}
	told := spokenEntries(t, s, call)
	if told["notice.spoken"] != 2 || told["recording.announced"] != 4 {
		t.Errorf("the ledger tells of %v, want the notice to both and two lines to both", told)
	}
}

// hear waits until all phones have heard most of a second of a tone, and its end.
func hear(ctx context.Context, t *testing.T, phones []*softphone.Phone, hz float64) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for _, p := range phones {
		for !over(p.Media().Heard(), hz) {
			select {
			case <-tick.C:
			case <-ctx.Done():
				t.Fatalf("a phone heard %v of the tone at %v Hz, want a second", lasts(p.Media().Heard(), hz), hz)
			}
		}
	}
}

// over tells whether a tone was heard for most of a second and is heard no longer.
func over(pcm []int16, hz float64) bool {
	return lasts(pcm, hz) >= 900*time.Millisecond && lasts(pcm[len(pcm)-rate/10:], hz) == 0
}

// spokenEntries counts what the account of a call tells of sounds that were played to
// their end, by kind.
func spokenEntries(t *testing.T, s *server, call string) map[string]int {
	t.Helper()
	var account struct{ Events []struct{ Kind, Text string } }
	out := tool(t, bin, "consent", "explain", "--data", s.dir, "--json", call)
	must(t, json.Unmarshal([]byte(out), &account))
	told := map[string]int{}
	for _, e := range account.Events {
		if strings.HasPrefix(e.Text, "The spoken notice was played to ") || strings.Contains(e.Text, " was told on the recording that it runs.") {
			told[e.Kind]++
		}
	}
	return told
}

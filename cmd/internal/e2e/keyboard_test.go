package e2e

import (
	"slices"
	"testing"
)

// TestWholeCallByKeyboard: two people sign in, call, let it wait, accept, answer the question, mute,
// hold, write, hang up, play the recording and rate without a pointer. Each stop is seen, each change
// is announced, axe finds nothing, the token is kept in its tab alone, and no other
// server than this one is asked for anything.
func TestWholeCallByKeyboard(t *testing.T) {
	s := startServer(t, t.TempDir(), "PARLEY_RATE_FROM=1s")
	work := t.TempDir()
	var got struct {
		Findings, Unseen, Kept, Faults, Skips, Foreign []string
		Rung, Asked, Ringing, Recording, Quality, Held string
		Muted, Delayed, Waiting                        string
		Tones                                          int // of ringing, at the expert
	}
	scenario(t, "keyboard.mjs", map[string]string{
		"base": s.url, "memberWAV": speak(t, work, "member", "en-us", memberSays), "expertWAV": speak(t, work, "expert", "en-gb+f3", expertSays),
	}, &got)
	if len(got.Findings) > 0 {
		t.Errorf("axe found on the real pages: %q", got.Findings)
	}
	if len(got.Unseen) > 0 {
		t.Errorf("the focus was not seen on %q", got.Unseen)
	}
	if len(got.Kept) > 0 {
		t.Errorf("the token was found in %q, want it in the storage of its tab alone", got.Kept)
	}
	if len(got.Foreign) > 0 {
		t.Errorf("the pages asked others than the server: %q", got.Foreign)
	}
	if got.Tones == 0 {
		t.Error("the expert's page rang without a sound")
	}
	if len(got.Faults) > 0 {
		t.Errorf("the pages reported faults: %q", got.Faults)
	}
	if want := []string{"skip", "call-state"}; !slices.Equal(got.Skips, want) {
		t.Errorf("the first stop of the page and where it leads: %q, want %q", got.Skips, want)
	}
	if got.Rung != "incoming" || got.Asked != "question" {
		t.Errorf("ringing gave the focus to %q and the question to %q", got.Rung, got.Asked)
	}
	if got.Delayed == "" || got.Waiting != "incoming" {
		t.Errorf("a call that waits: announced %q, and the focus is at %q", got.Delayed, got.Waiting)
	}
	if got.Ringing == "" || got.Recording != "Recording" || got.Quality == "" || got.Muted == "" || got.Held == "" {
		t.Errorf("announced: ringing %q, recording %q, quality %q, muted %q, hold %q", got.Ringing, got.Recording, got.Quality, got.Muted, got.Held)
	}
}

package e2e

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// held is what a tab holds between two calls.
type held struct{ Peers, Tracks, Contexts, Timers, Listeners int }

// TestManyCallsInOneTab: a tab that made many calls holds what it held after
// the first: no peer connection, no live track, no further timer, listener or
// audio context. In the first call the member takes another microphone, and
// that is what is sent then. PARLEY_TAB_CALLS says how many calls.
func TestManyCallsInOneTab(t *testing.T) {
	calls := 4
	if s := os.Getenv("PARLEY_TAB_CALLS"); s != "" {
		n, err := strconv.Atoi(s)
		must(t, err)
		calls = n
	}
	work := t.TempDir()
	s := startServer(t, t.TempDir(), "PARLEY_LIMIT_CALLS=off")
	var got struct {
		Held    []held
		Devices int
		Faults  []string
	}
	scenarioFor(t, 90*time.Second+time.Duration(calls)*5*time.Second, "leaks.mjs", map[string]any{
		"base": s.url, "calls": calls,
		"memberWAV": speak(t, work, "member", "en-us", memberSays), "expertWAV": speak(t, work, "expert", "en-gb+f3", expertSays),
	}, &got)
	if len(got.Faults) > 0 {
		t.Errorf("the pages reported faults: %q", got.Faults)
	}
	if len(got.Held) != calls || got.Devices != calls+1 {
		t.Fatalf("%d calls with %d microphones, want %d calls and one microphone more", len(got.Held), got.Devices, calls)
	}
	for i, h := range got.Held {
		if h.Peers != 0 || h.Tracks != 0 || h.Contexts > 1 {
			t.Errorf("after call %d the tab holds %+v, want no peer connection, no live track, one audio context", i+1, h)
		}
	}
	first, last := got.Held[0], got.Held[calls-1]
	t.Logf("after the first call %+v, after call %d %+v", first, calls, last)
	// A timer or two may be about to end, such as one that shows a word for a
	// while; one of each call would be a leak.
	if last.Timers >= first.Timers+calls-1 || last.Listeners > first.Listeners {
		t.Errorf("after call %d the tab holds %+v, after the first %+v: want no more timers and listeners", calls, last, first)
	}
}

package e2e

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// held is what a tab holds between two calls.
type held struct{ Peers, Tracks, Contexts, Timers, Listeners int }

// TestManyCallsInOneTab: a tab that made or took many calls holds what it held after
// the first: no peer connection, no live track, no further timer, listener or
// audio context; nor does another tab of the expert, which rang each time and had a
// connection ready. In the first call the member takes another microphone, and
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
		Member, Expert, Spare []held
		Devices               int
		Made                  int // connections in the tab that only rang
		Faults                []string
	}
	scenarioFor(t, 90*time.Second+time.Duration(calls)*8*time.Second, "leaks.mjs", map[string]any{
		"base": s.url, "calls": calls,
		"memberWAV": speak(t, work, "member", "en-us", memberSays), "expertWAV": speak(t, work, "expert", "en-gb+f3", expertSays),
	}, &got)
	if len(got.Faults) > 0 {
		t.Errorf("the pages reported faults: %q", got.Faults)
	}
	if got.Devices != calls+1 {
		t.Errorf("%d calls with %d microphones, want one more than calls", calls, got.Devices)
	}
	if got.Made != calls {
		t.Errorf("the tab that only rang made %d connections, want one for each of %d calls", got.Made, calls)
	}
	// An expert's tab has an audio context for the ring tone as well.
	for _, tab := range []struct {
		name     string
		held     []held
		contexts int
	}{{"member", got.Member, 1}, {"expert", got.Expert, 2}, {"expert's other tab", got.Spare, 2}} {
		if len(tab.held) != calls {
			t.Fatalf("%s: %d calls, want %d", tab.name, len(tab.held), calls)
		}
		for i, h := range tab.held {
			if h.Peers != 0 || h.Tracks != 0 || h.Contexts > tab.contexts {
				t.Errorf("%s: after call %d the tab holds %+v, want no peer connection, no live track, at most %d audio contexts", tab.name, i+1, h, tab.contexts)
			}
		}
		first, last := tab.held[0], tab.held[calls-1]
		t.Logf("%s: after the first call %+v, after call %d %+v", tab.name, first, calls, last)
		// A timer or two may be about to end, such as one that shows a word for a
		// while; one of each call would be a leak.
		if last.Timers >= first.Timers+calls-1 || last.Listeners > first.Listeners {
			t.Errorf("%s: after call %d the tab holds %+v, after the first %+v: want no more timers and listeners", tab.name, calls, last, first)
		}
	}
}

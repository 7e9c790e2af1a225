package session

import (
	"testing"
	"time"
)

func TestTheLongestCall(t *testing.T) {
	cases := []struct {
		name   string
		length time.Duration
		// first is what runs when two begin to talk, left how long they then have
		// from the warning.
		first StartTimer
		left  time.Duration
	}{
		{"none", 0, StartTimer{}, 0},
		{"two hours", 2 * time.Hour, StartTimer{TimerWarn, 119 * time.Minute}, time.Minute},
		{"shorter than the warning", 20 * time.Second, StartTimer{TimerLimit, 20 * time.Second}, 20 * time.Second},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			env := testEnv(t)
			env.Limits.Length = tc.length
			c := after(t, env, connecting(t, env, bothMustAgree), connected(Member), connected(Expert))
			c, commands, err := Apply(env, c, TimerFired{TimerSound}, start)
			if err != nil {
				t.Fatal(err)
			}
			if got := started(commands); got != tc.first {
				t.Fatalf("timer: got %+v, want %+v", got, tc.first)
			}
			if tc.length == 0 {
				return
			}
			warned := start
			if tc.first.Timer == TimerWarn {
				warned = start.Add(tc.first.After)
				c, commands, err = Apply(env, c, TimerFired{TimerWarn}, warned)
				if want := (StartTimer{TimerLimit, tc.left}); err != nil || started(commands) != want {
					t.Fatalf("after the warning: got %+v and %v, want %+v", started(commands), err, want)
				}
			}
			if want := warned.Add(tc.left); !c.EndsAt.Equal(want) {
				t.Errorf("both are told of %v, want %v", c.EndsAt, want)
			}
			c, _, err = Apply(env, c, TimerFired{TimerLimit}, c.EndsAt)
			if err != nil || c.End != EndLimit || c.EndedAt.Sub(c.ConnectedAt) != tc.length {
				t.Errorf("got the end %q after %v and %v, want %q after %v", c.End, c.EndedAt.Sub(c.ConnectedAt), err, EndLimit, tc.length)
			}
		})
	}
}

// started is the timer among commands that has to do with the longest call.
func started(commands []Command) StartTimer {
	for _, c := range commands {
		if s, ok := c.(StartTimer); ok && (s.Timer == TimerWarn || s.Timer == TimerLimit) {
			return s
		}
	}
	return StartTimer{}
}

package capture

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"parley/recorder/consent/ledger"
	"parley/recorder/journal"
)

// talk lets the member send a packet of a level every 100 ms, and the expert
// speak.
func talk(c *Capture, d time.Duration, level byte) {
	for range d / (100 * time.Millisecond) {
		sendLevel(c, 0, level)
		sendLevel(c, 1, 40)
		time.Sleep(100 * time.Millisecond)
	}
}

// TestSilenceAlarm: digital silence is told apart from no packets at all, and
// from a leg that has muted itself or is on hold.
func TestSilenceAlarm(t *testing.T) {
	mark := func(c *Capture, kind string) { c.Mark(kind, journal.LegMember, time.Now()) }
	raised := []Alarm{AlarmSilence}
	rows := []struct {
		name string
		act  func(c *Capture)
		want []Alarm // of the member
		lit  []bool
	}{
		{"digital silence", func(c *Capture) { talk(c, QuietAlarm, 127) }, raised, nil},
		{"with the voice flag", func(c *Capture) { talk(c, QuietAlarm, 255) }, raised, nil},
		{"very quiet", func(c *Capture) { talk(c, time.Minute, 125) }, nil, nil},
		{"not for long", func(c *Capture) { talk(c, 4*time.Second, 127); talk(c, time.Second, 50); talk(c, 4*time.Second, 127) }, nil, nil},
		{"sound comes", func(c *Capture) { talk(c, QuietAlarm, 127); talk(c, time.Second, 50) }, []Alarm{AlarmSilence, AlarmNone}, nil},
		{"then nothing at all", func(c *Capture) {
			talk(c, QuietAlarm, 127)
			for range 60 {
				sendLevel(c, 1, 40)
				time.Sleep(100 * time.Millisecond)
			}
		}, []Alarm{AlarmSilence, AlarmNoPackets}, []bool{false}},
		{"packets without a level", func(c *Capture) {
			for range 100 {
				sendBoth(c)
				time.Sleep(100 * time.Millisecond)
			}
		}, nil, nil},
		{"muted", func(c *Capture) { mark(c, journal.EventMute); talk(c, time.Minute, 127) }, nil, nil},
		{"muted, sends nothing", func(c *Capture) {
			mark(c, journal.EventMute)
			for range 600 {
				sendLevel(c, 1, 40)
				time.Sleep(100 * time.Millisecond)
			}
		}, nil, nil},
		{"muted once the alarm is up", func(c *Capture) {
			talk(c, QuietAlarm, 127)
			mark(c, journal.EventMute)
			talk(c, time.Second, 127)
		}, []Alarm{AlarmSilence, AlarmNone}, nil},
		{"unmuted", func(c *Capture) {
			mark(c, journal.EventMute)
			talk(c, time.Minute, 127)
			mark(c, journal.EventUnmute)
			talk(c, 4*time.Second, 127)
		}, nil, nil},
		{"unmuted and still silent", func(c *Capture) {
			mark(c, journal.EventMute)
			talk(c, time.Minute, 127)
			mark(c, journal.EventUnmute)
			talk(c, QuietAlarm, 127)
		}, raised, nil},
		{"muted across a pause", func(c *Capture) {
			mark(c, journal.EventMute)
			c.CloseGate(time.Now())
			talk(c, time.Minute, 127)
			c.OpenGate(time.Now(), ledger.Proof{})
			talk(c, time.Minute, 127)
		}, nil, nil},
		{"on hold", func(c *Capture) { mark(c, journal.EventHold); talk(c, time.Minute, 127) }, nil, nil},
		{"held, taken back, silent", func(c *Capture) {
			mark(c, journal.EventHold)
			talk(c, time.Minute, 127)
			mark(c, journal.EventUnhold)
			talk(c, QuietAlarm, 127)
		}, raised, nil},
		{"a shut gate ends it", func(c *Capture) {
			talk(c, QuietAlarm, 127)
			c.CloseGate(time.Now())
			talk(c, time.Minute, 127)
		}, []Alarm{AlarmSilence, AlarmNone}, nil},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			b := newBook(t)
			synctest.Test(t, func(t *testing.T) {
				n, e, c := NewNode(time.Now, zerolog.Nop()), newEar(), New(time.Now())
				defer run(t, n)()
				c.OpenGate(time.Now(), ledger.Proof{})
				n.Add(c, b.writer, e)
				r.act(c)
				synctest.Wait()
				if got := e.raised(0); !slices.Equal(got, r.want) {
					t.Errorf("alarms: got %q, want %q", got, r.want)
				}
				if got := e.raised(1); len(got) != 0 {
					t.Errorf("alarms of the other leg: got %q, want none", got)
				}
				if got := e.seen(); !slices.Equal(got, r.lit) {
					t.Errorf("states: got %v, want %v: silence is saved", got, r.lit)
				}
				var want uint64
				if slices.Contains(r.want, AlarmSilence) {
					want = 1
				}
				if got := c.Counts().Silences; got != [2]uint64{want, 0} {
					t.Errorf("silences counted: got %v, want %d of the member", got, want)
				}
			})
		})
	}
}

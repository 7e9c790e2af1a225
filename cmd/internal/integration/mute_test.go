package integration_test

import (
	"slices"
	"strings"
	"testing"

	"parley/recorder/capture"
	"parley/recorder/journal"
	"parley/signaling/wire"
)

// TestMute: who mutes is seen by both and noted in the recording, and one who
// had muted before it began is noted at its start.
func TestMute(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	call := ring(member, expert)
	expert.send(&wire.CallAccept{Call: call})
	expert.state("connecting")
	expert.send(&wire.MediaMute{Call: call, Muted: true})
	member.answer("yes")
	expert.answer("yes")
	member.call("the other to be muted", func(c *wire.CallView) bool { return c.Media.PeerMuted && !c.Media.YouMuted })
	expert.call("being muted", func(c *wire.CallView) bool { return c.Media.YouMuted && c.Recording.State == wire.RecordingOn })
	expert.send(&wire.MediaMute{Call: call})
	member.call("the other to be heard", func(c *wire.CallView) bool { return !c.Media.PeerMuted })
	s.recorder.wait(t, "both marks", func(r []*fakeRecording) bool {
		return len(r) == 1 && slices.Equal(r[0].marks, []journal.Event{
			{Kind: journal.EventMute, Leg: journal.LegExpert}, {Kind: journal.EventUnmute, Leg: journal.LegExpert},
		})
	})
}

// TestSoundAlarms: both people are told in words, each in their own view.
func TestSoundAlarms(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	call := talk(member, expert, "yes")
	lit := func(c *wire.CallView) bool { return c.Recording.State == wire.RecordingOn && c.Recording.Hint == "" }
	member.call("the light", lit)
	rec := s.recorder.made[0]
	rec.start.OnAlarm(1, capture.AlarmSilence)
	says := func(words string) func(*wire.CallView) bool {
		return func(c *wire.CallView) bool {
			return strings.Contains(c.Recording.Hint, words) && c.Recording.State == wire.RecordingOn
		}
	}
	member.call("whose microphone is silent", says("microphone of The dr-lee"))
	expert.call("that the own microphone is silent", says("Your microphone"))
	rec.start.OnAlarm(1, capture.AlarmNoPackets)
	rec.start.OnStatus(false)
	member.call("that nothing is saved", func(c *wire.CallView) bool {
		return c.Recording.State == wire.RecordingProblem && strings.Contains(c.Recording.Hint, "not being recorded")
	})
	rec.start.OnStatus(true)
	rec.start.OnAlarm(1, capture.AlarmNone)
	expert.call("that all is well", lit)
	member.send(&wire.CallHangup{Call: call})
	expert.ended("completed")
}

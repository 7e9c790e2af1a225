package integration_test

import (
	"slices"
	"testing"
	"time"

	"parley/cmd/internal/softphone"
	"parley/recorder/journal"
	"parley/signaling/auth"
	"parley/signaling/wire"
)

// named is a phone that goes on in its own place after its socket was lost.
func (s *server) named(who auth.Identity) *phone {
	s.t.Helper()
	return s.dialled(softphone.Config{Server: s.http.URL, Token: s.token(who), HTTP: s.http.Client(), Tab: "the-only-tab-of-" + string(who.Person)}, who)
}

// gap is the longest silence in what was heard between its first and its last
// sound, in samples at 48 kHz.
func gap(pcm []int16) (longest int) {
	last := -1
	for i, v := range pcm {
		if v > -300 && v < 300 {
			continue
		}
		if last >= 0 {
			longest = max(longest, i-last)
		}
		last = i
	}
	return longest
}

// TestALostSocketLeavesTheSound: while a socket is away, and when it comes back,
// both hear each other without a gap, and nothing is negotiated.
func TestALostSocketLeavesTheSound(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.named(maya), s.available(lee)
	call := talk(member, expert, "yes")
	s.recorder.wait(t, "the recording", func(r []*fakeRecording) bool { return len(r) == 1 && r[0].packets[0] > 0 && r[0].packets[1] > 0 })
	media := member.Media()
	member.Media().SayNow(slices.Repeat(tone(), 3))
	expert.Media().SayNow(slices.Repeat(tone(), 3))
	heard(t, member)
	heard(t, expert)

	member.Cut()
	n := s.recorder.packets(0)
	s.recorder.wait(t, "packets of who has no socket", func(r []*fakeRecording) bool { return r[0].packets[0] > n+25 })
	if err := member.Redial(member.ctx); err != nil {
		t.Fatal(err)
	}
	if c := member.State().Welcome.Call; c == nil || c.ID != call || !c.Here || c.Media.You != "connected" {
		t.Errorf("welcome: got %+v, want the call with its sound here", c)
	}
	n = s.recorder.packets(0)
	s.recorder.wait(t, "packets afterwards", func(r []*fakeRecording) bool { return r[0].packets[0] > n+25 })

	if member.Media() != media || member.Restarts() != 0 {
		t.Errorf("the connection was negotiated anew: another one is %t, restarts %d", member.Media() != media, member.Restarts())
	}
	const most = 48 * 100 // ms: single packets may be lost on a busy machine
	for _, p := range []*phone{member, expert} {
		if got := gap(p.Media().Heard()); got > most {
			t.Errorf("%s heard nothing for %v", p.name, time.Duration(got)*time.Second/48000)
		}
	}
	s.recorder.wait(t, "no mark", func(r []*fakeRecording) bool { return len(r[0].marks) == 0 })
	member.send(&wire.CallHangup{Call: call})
	expert.ended("completed")
}

// TestARestartOfICE: a phone whose way has gone finds another for the same
// connection, and the recording tells of it.
func TestARestartOfICE(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.named(maya), s.available(lee)
	call := talk(member, expert, "yes")
	s.recorder.wait(t, "the recording", func(r []*fakeRecording) bool { return len(r) == 1 && r[0].packets[0] > 0 })
	media := member.Media()

	member.send(&wire.MediaRestart{Call: call, Generation: 7})
	member.wait("the refusal", func(st softphone.State) bool { return st.Problem != nil && st.Problem.Type == "/problems/stale-media" })
	if err := member.Restart(member.ctx); err != nil {
		t.Fatal(err)
	}
	member.wait("the restart", func(softphone.State) bool { return member.Restarts() == 1 })
	s.recorder.wait(t, "one mark, of the member", func(r []*fakeRecording) bool {
		return slices.Equal(r[0].marks, []journal.Event{{Kind: journal.EventReconnect, Leg: journal.LegMember}})
	})
	if member.Media() != media {
		t.Error("the restart made another connection")
	}
	member.Media().Say(tone())
	heard(t, expert)
	expert.Media().Say(tone())
	heard(t, member)
	member.send(&wire.CallHangup{Call: call})
	expert.ended("completed")
}

package relay

import (
	"testing"
	"time"

	"github.com/pion/stun/v2"
)

// TestWhatIsTakenBackEndsAtOnce: allocations end, and no new ones begin, with the
// credentials of a token or of all that a person had; nobody else is touched.
func TestWhatIsTakenBackEndsAtOnce(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			s := start(t, nil)
			stolen, own := s.Issue(grant("alice", "stolen")), s.Issue(grant("alice", "own"))
			bob := s.Issue(grant("bob", "bob's"))
			for _, c := range []Credentials{stolen, own, bob} {
				newClient(t, s, transport, c).allocate(t)
			}
			s.Refuse([]Refusal{{Token: "stolen"}})
			eventually(t, "the allocation of the token to end", func() bool { return s.Stats().Allocations == 2 })
			allocateFails(t, s, transport, stolen, ReasonRevoked)
			allocateFails(t, s, transport, s.Issue(grant("alice", "stolen")), ReasonRevoked)
			newClient(t, s, transport, own).allocate(t)

			s.Refuse([]Refusal{{Token: "stolen"}, {Person: "alice", Until: testStart}, {Person: "alice", Until: testStart.Add(-time.Hour)}})
			eventually(t, "the allocations of the person to end", func() bool { return s.Stats().Allocations == 1 })
			allocateFails(t, s, transport, own, ReasonRevoked)
			again := Grant{Person: "alice", Token: "new", Since: testStart.Add(time.Second)}
			newClient(t, s, transport, s.Issue(again)).allocate(t) // signed in after it
			newClient(t, s, transport, bob).allocate(t)

			s.Refuse(nil) // it has expired, and with it whatever was issued by it
			if got := s.Stats().Allocations; got != 3 {
				t.Errorf("allocations: got %d, want those of alice's new token and of bob", got)
			}
		})
	}
}

// TestWhatIsTakenBackCarriesNothing: what runs through an allocation stops with it, and
// the client cannot keep it.
func TestWhatIsTakenBackCarriesNothing(t *testing.T) {
	s, media := startWithMedia(t, nil)
	w := newWireClient(t, s, s.Issue(grant("alice", "token")))
	w.mustAsk(stun.MethodAllocate, udpTransport())
	w.mustAsk(stun.MethodCreatePermission, xorPeer(addrPort(media.LocalAddr())))
	w.mustAsk(stun.MethodChannelBind, xorPeer(addrPort(media.LocalAddr())), channel(0x4000))
	w.send([]byte{0x40, 0x00, 0, 4, 'o', 'n', 'e', '!'})
	if got, _ := receive(t, media); got != "one!" {
		t.Fatalf("media got %q, want what was sent", got)
	}
	s.Refuse([]Refusal{{Person: "alice", Until: testStart}})
	w.send([]byte{0x40, 0x00, 0, 4, 't', 'w', 'o', '!'})
	if ok, _ := w.ask(stun.MethodRefresh, lifetime(600)); ok {
		t.Error("Refresh with what was taken back: got success")
	}
	nothingArrived(t, media)
	if got := s.Stats(); got.Allocations != 0 || got.Refused[ReasonRevoked] != 1 {
		t.Errorf("Stats: got %d allocations and %v, want none and one refusal", got.Allocations, got.Refused)
	}
}

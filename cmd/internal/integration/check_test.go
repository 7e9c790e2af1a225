package integration_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"parley/signaling/wire"
)

// check begins a check and returns its offer.
func (r *rawSocket) check(ref string) wire.CheckOffer {
	r.t.Helper()
	r.send(&wire.CheckStart{Ref: wire.Ref{Ref: ref}})
	m, _ := r.wait("the offer of "+ref, func(m wire.ServerMessage) bool {
		o, ok := m.(wire.CheckOffer)
		return ok && o.Ref == ref
	}).(wire.CheckOffer)
	return m
}

// TestACheckOfTheConnection: what a client sends over a check comes back, with
// no call and nothing recorded.
func TestACheckOfTheConnection(t *testing.T) {
	s := serve(t, nil)
	r := s.dialRaw(maya)
	r.send(&wire.Ping{Ref: wire.Ref{Ref: "there?"}})
	r.wait("the pong", func(m wire.ServerMessage) bool { p, ok := m.(wire.Pong); return ok && p.Ref == "there?" })
	offer := r.check("1")
	if got := offer.ICEServers; len(got) != 1 || got[0].Username != string(maya.Person) || got[0].Credential == r.check("2").ICEServers[0].Credential {
		t.Errorf("relays of the check: got %+v, want credentials of its own", got)
	}
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pc.GracefulClose() }() // the server may have closed it
	agreed, number, unordered, never := true, uint16(0), false, uint16(0)
	channel, err := pc.CreateDataChannel("check", &webrtc.DataChannelInit{Negotiated: &agreed, ID: &number, Ordered: &unordered, MaxRetransmits: &never})
	if err != nil {
		t.Fatal(err)
	}
	back := make(chan string, 1)
	channel.OnOpen(func() { _ = channel.Send([]byte("do you hear me?")) }) // that it came is what is waited for
	channel.OnMessage(func(m webrtc.DataChannelMessage) { back <- string(m.Data) })
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer.SDP}); err != nil {
		t.Fatal(err)
	}
	answer, err := pc.CreateAnswer(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := pc.SetLocalDescription(answer); err != nil {
		t.Fatal(err)
	}
	r.send(&wire.CheckAnswer{Check: offer.Check, SDP: answer.SDP})
	select {
	case got := <-back:
		if got != "do you hear me?" {
			t.Errorf("got %q back", got)
		}
	case <-time.After(patience):
		t.Fatal("nothing came back")
	}
	r.send(&wire.CheckAnswer{Ref: wire.Ref{Ref: "again"}, Check: offer.Check, SDP: answer.SDP})
	r.refused("again", "sdp-refused")
	for range 2 {
		r.send(&wire.CheckEnd{Check: offer.Check})
	}
	r.send(&wire.CheckAnswer{Ref: wire.Ref{Ref: "late"}, Check: offer.Check, SDP: answer.SDP})
	r.refused("late", "check-over")
	if got := s.hub.LiveCalls(); got != 0 {
		t.Errorf("calls: got %d, want none", got)
	}
}

// TestChecksAreBounded: a person has so many checks at once, they end with the
// socket, and staff have none.
func TestChecksAreBounded(t *testing.T) {
	s := serve(t, nil)
	first, second := s.dialRaw(maya), s.dialRaw(maya)
	for i := range 12 {
		first.check(fmt.Sprint(i))
	}
	second.send(&wire.CheckStart{Ref: wire.Ref{Ref: "more"}})
	second.refused("more", "too-many-checks")
	if err := first.conn.CloseNow(); err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ { // until the server has seen that the socket is gone
		ref := fmt.Sprint("after ", i)
		second.send(&wire.CheckStart{Ref: wire.Ref{Ref: ref}})
		m := second.wait("an answer to "+ref, func(m wire.ServerMessage) bool {
			o, offered := m.(wire.CheckOffer)
			e, refused := m.(wire.Error)
			return offered && o.Ref == ref || refused && e.Ref == ref
		})
		if _, offered := m.(wire.CheckOffer); offered {
			break
		}
	}
	staff := s.dialRaw(robin)
	staff.send(&wire.CheckStart{Ref: wire.Ref{Ref: "staff"}})
	staff.refused("staff", "forbidden")
}

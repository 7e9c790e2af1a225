package peer

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
)

// checker is a browser that checks its connection: the far end of an Echo.
type checker struct {
	pc      *webrtc.PeerConnection
	channel *webrtc.DataChannel
	open    chan struct{}
	back    chan []byte
}

func newChecker(t *testing.T) *checker {
	t.Helper()
	pc, err := webrtc.NewAPI().NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pc.GracefulClose() })
	agreed, id, unordered, never := true, uint16(0), false, uint16(0)
	c := &checker{pc: pc, open: make(chan struct{}), back: make(chan []byte, 1024)}
	c.channel, err = pc.CreateDataChannel("check", &webrtc.DataChannelInit{Negotiated: &agreed, ID: &id, Ordered: &unordered, MaxRetransmits: &never})
	if err != nil {
		t.Fatal(err)
	}
	c.channel.OnOpen(func() { close(c.open) })
	c.channel.OnMessage(func(m webrtc.DataChannelMessage) { c.back <- m.Data })
	return c
}

// answer answers an offer, without candidates of its own.
func (c *checker) answer(t *testing.T, offer string) string {
	t.Helper()
	if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		t.Fatal(err)
	}
	a, err := c.pc.CreateAnswer(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.pc.SetLocalDescription(a); err != nil {
		t.Fatal(err)
	}
	return a.SDP
}

func echo(t *testing.T, f *Factory) (*Echo, string) {
	t.Helper()
	e, err := f.NewEcho()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	offer, err := e.Offer(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return e, offer
}

// TestEcho: what a browser sends comes back, of the size of one packet and in
// all no more than is allowed.
func TestEcho(t *testing.T) {
	e, offer := echo(t, factory(t))
	if strings.Contains(offer, "m=audio") || !strings.Contains(offer, "a=candidate:") {
		t.Errorf("the offer must have candidates and no audio:\n%s", offer)
	}
	c := newChecker(t)
	if err := e.Answer(c.answer(t, offer)); err != nil {
		t.Fatal(err)
	}
	c.wait(t, "the channel", c.open)
	for _, size := range []int{MaxEchoBytes + 1, MaxEchoBytes, 1} {
		if err := c.channel.Send(bytes.Repeat([]byte{byte(size)}, size)); err != nil {
			t.Fatal(err)
		}
	}
	for _, size := range []int{MaxEchoBytes, 1} {
		if got := c.next(t); !bytes.Equal(got, bytes.Repeat([]byte{byte(size)}, size)) {
			t.Errorf("got %d bytes back, want the %d that were sent", len(got), size)
		}
	}
	total := MaxEchoBytes + 1
	for full := make([]byte, MaxEchoBytes); total+MaxEchoBytes <= echoBudget; total += MaxEchoBytes {
		if err := c.channel.Send(full); err != nil {
			t.Fatal(err)
		}
		c.next(t)
	}
	if err := c.channel.Send(make([]byte, MaxEchoBytes)); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-c.back:
		t.Errorf("beyond the budget %d bytes came back", len(got))
	case <-time.After(300 * time.Millisecond):
	}
}

func (c *checker) wait(t *testing.T, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatalf("waited 10 s for %s", what)
	}
}

// next is what comes back; one machine loses nothing.
func (c *checker) next(t *testing.T) []byte {
	t.Helper()
	select {
	case data := <-c.back:
		return data
	case <-time.After(10 * time.Second):
		t.Fatal("nothing came back in 10 s")
		return nil
	}
}

func TestAnswersThatAreNoCheck(t *testing.T) {
	f := factory(t)
	e, offer := echo(t, f)
	good := newChecker(t).answer(t, offer)
	call := serve(t, f)
	for name, sdp := range map[string]string{
		"empty":          "",
		"garbage":        "hello",
		"audio":          newBrowser(t).answer(t, call.offer),
		"two sections":   good + good[strings.Index(good, "m=application"):],
		"refused":        strings.Replace(good, "m=application 9", "m=application 0", 1),
		"another mid":    strings.Replace(good, "a=mid:0", "a=mid:7", 1),
		"no fingerprint": withoutLines(good, "a=fingerprint"),
	} {
		var refused *SDPError
		if err := e.Answer(sdp); !errors.As(err, &refused) {
			t.Errorf("%s: got %v, want a *SDPError", name, err)
		}
	}
	if err := e.Answer(good); err != nil {
		t.Errorf("a good answer after those: %v", err)
	}
	if err := e.Answer(good); err == nil {
		t.Error("a second answer: got no error")
	}
	if err := call.Answer(0, good); err == nil {
		t.Error("a call took the answer of a check")
	}
}

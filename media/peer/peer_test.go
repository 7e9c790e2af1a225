package peer

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/rs/zerolog"

	"parley/media/bridge"
)

func TestAudioBothWays(t *testing.T) {
	s, b := connect(t, factory(t))
	until(t, s.seen, "a packet from the browser", func(n int) { b.speak(n, "from the browser") },
		func() bool { return len(s.seen.packets) >= 3 })
	until(t, s.seen, "a sender report", func(int) { b.senderReport(t) }, func() bool { return len(s.seen.reports) > 0 })
	until(t, b.heard, "a packet from the server", func(n int) {
		h := &rtp.Header{Version: 2, PayloadType: 99, SSRC: 5, SequenceNumber: uint16(700 + n), Timestamp: uint32(n) * 960, Extension: true, ExtensionProfile: rtp.ExtensionProfileOneByte, CSRC: []uint32{7}}
		if err := h.SetExtension(9, []byte{1}); err != nil {
			t.Fatal(err)
		}
		if err := s.WriteRTP(h, []byte("from the server")); err != nil {
			t.Fatal(err)
		}
	}, func() bool { return len(b.heard.packets) >= 3 })

	for _, p := range s.seen.packets {
		if string(p.Payload) != "from the browser" || p.PayloadType != 111 {
			t.Errorf("server got %q of type %d, want what the browser said, of type 111", p.Payload, p.PayloadType)
		}
	}
	for _, p := range b.heard.packets {
		if string(p.Payload) != "from the server" || p.PayloadType != 111 || p.SSRC == 5 || len(p.CSRC) != 0 {
			t.Errorf("browser got %q of type %d, SSRC %d and CSRC %v, want the server's own header", p.Payload, p.PayloadType, p.SSRC, p.CSRC)
		}
		if p.SequenceNumber < 700 {
			t.Errorf("browser got number %d, want those that the server gave", p.SequenceNumber)
		}
	}
	st := s.Stats()
	if st.PacketsIn < 3 || st.PacketsOut < 3 || st.BytesIn == 0 || st.BytesOut == 0 || st.Malformed != 0 {
		t.Errorf("stats: got %+v, want at least 3 packets each way and none malformed", st)
	}
}

func TestStatesComeInOrder(t *testing.T) {
	s, b := connect(t, factory(t))
	b.leave(t)
	s.seen.wait(t, "the loss of the connection", func() bool { return s.seen.last() == bridge.StateLost })
	s.seen.mu.Lock()
	defer s.seen.mu.Unlock()
	got := slices.DeleteFunc(slices.Clone(s.seen.states), func(st bridge.State) bool { return st == bridge.StateConnecting })
	if want := []bridge.State{bridge.StateConnected, bridge.StateLost}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNothingIsReportedAfterClose(t *testing.T) {
	s, b := connect(t, factory(t))
	stop := make(chan struct{})
	b.work.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
				b.speak(n, "x")
			}
		}
	})
	s.seen.wait(t, "packets", func() bool { return len(s.seen.packets) > 20 })
	s.shut(t)()
	close(stop)
	b.leave(t)
	s.seen.mu.Lock()
	defer s.seen.mu.Unlock()
	if s.seen.late != 0 {
		t.Errorf("after Close: got %d reports, want none", s.seen.late)
	}
	if err := s.WriteRTP(&rtp.Header{Version: 2}, []byte("x")); err == nil && s.Stats().PacketsOut != 0 {
		t.Errorf("sent after Close: %d packets", s.Stats().PacketsOut)
	}
}

func TestCloseAtEachStage(t *testing.T) {
	f := factory(t)
	fresh, err := f.New(newSeen())
	if err != nil {
		t.Fatal(err)
	}
	if err := fresh.Close(); err != nil {
		t.Errorf("before the offer: %v", err)
	}
	offered := serve(t, f)
	if err := offered.WriteRTP(&rtp.Header{}, []byte("x")); err != nil || offered.Stats().PacketsOut != 0 {
		t.Errorf("sending before the answer: got %v and %d packets out, want a silent drop", err, offered.Stats().PacketsOut)
	}
	offered.shut(t)()
	answered, b := serve(t, f), newBrowser(t)
	if err := answered.Answer(0, b.answer(t, answered.offer)); err != nil {
		t.Fatal(err)
	}
	answered.shut(t)() // while it connects
}

func TestOfferGivesUpWithItsContext(t *testing.T) {
	f := factory(t)
	p, err := f.New(newSeen())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Offer(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want a cancelled context or an offer that was ready at once", err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func TestOffer(t *testing.T) {
	f := factory(t)
	offer := serve(t, f).offer
	for _, want := range []string{"m=audio", "opus/48000/2", "useinbandfec=1", "usedtx=1", "a=rtcp-mux", "a=sendrecv", "urn:ietf:params:rtp-hdrext:ssrc-audio-level", "nack", "a=candidate:", "typ host"} {
		if !strings.Contains(offer, want) {
			t.Errorf("the offer lacks %q:\n%s", want, offer)
		}
	}
	// The browser has all it needs with the offer. Candidates that follow, or a lite
	// agent, cost 200 ms at each call.
	for _, slow := range []string{"a=ice-lite", "trickle"} {
		if strings.Contains(offer, slow) {
			t.Errorf("the offer has %q:\n%s", slow, offer)
		}
	}
	if n := strings.Count(offer, "m="); n != 1 {
		t.Errorf("the offer has %d sections, want 1:\n%s", n, offer)
	}
	port := regexp.MustCompile(`a=candidate:\S+ \d udp \d+ \S+ (\d+) `)
	for _, m := range port.FindAllStringSubmatch(offer, -1) {
		if want := f.Addrs()[0].Port(); m[1] != strconv.Itoa(int(want)) {
			t.Errorf("candidate on port %s, want all media on %d", m[1], want)
		}
	}
}

func TestAddrsAreThoseOfTheMachine(t *testing.T) {
	f := factory(t)
	if len(f.Addrs()) == 0 {
		t.Fatal("no address")
	}
	loopback := false
	for _, a := range f.Addrs() {
		loopback = loopback || a.Addr().IsLoopback()
		if a.Port() == 0 || a.Addr().IsUnspecified() {
			t.Errorf("got %v, want an address that can be written to", a)
		}
	}
	if !loopback {
		t.Errorf("got %v, want the loopback address among them", f.Addrs())
	}
}

func TestATakenPortIsAnError(t *testing.T) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }() // nothing was written
	f, err := NewFactory(Config{Loopback: true, Port: c.LocalAddr().(*net.UDPAddr).Port, Log: zerolog.Nop()})
	if err == nil {
		t.Errorf("got a factory on %v, want an error", f.Addrs())
		_ = f.Close() // it should not be
	}
}

// TestGarbage sends what no honest browser sends: to the media port from
// outside, and inside the encrypted connection.
func TestGarbage(t *testing.T) {
	f := factory(t)
	s, b := connect(t, f)
	outside(t, f)
	until(t, s.seen, "the first packet", func(n int) { b.speak(n, "first") }, func() bool { return len(s.seen.packets) > 0 })
	random := rand.New(rand.NewChaCha8([32]byte{}))
	for n := range 50 {
		inside(t, b, random, n)
	}
	until(t, s.seen, "an honest packet after the garbage", func(n int) { b.speak(10000+n, "honest") }, func() bool {
		return slices.ContainsFunc(s.seen.packets, func(p rtp.Packet) bool { return string(p.Payload) == "honest" })
	})
	until(t, s.seen, "a sender report after the garbage", func(int) { b.senderReport(t) }, func() bool { return len(s.seen.reports) > 0 })
	if s.Stats().Malformed == 0 {
		t.Error("malformed packets: got 0, want them counted")
	}
	for _, p := range s.seen.packets {
		if p.PayloadType != 111 {
			t.Errorf("the handler got a packet of type %d, want Opus only", p.PayloadType)
		}
	}
}

// outside writes to the media port without any key.
func outside(t testing.TB, f *Factory) {
	t.Helper()
	for _, addr := range f.Addrs() {
		if !addr.Addr().Is4() {
			continue
		}
		c, err := net.Dial("udp", addr.String())
		if err != nil {
			t.Fatal(err)
		}
		for _, data := range [][]byte{{}, {0}, {0x80}, make([]byte, 1500), []byte("\x80\x6f\x00\x01hello"), {0x16, 0xfe, 0xff}, {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42}} {
			if _, err := c.Write(data); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// inside writes odd packets over the encrypted connection: other payload
// types, padding that is longer than the packet, unknown SSRCs, odd RTCP.
func inside(t testing.TB, b *browser, random *rand.Rand, n int) {
	t.Helper()
	seq := uint16(5000 + 10*n)
	b.out.write(rtp.Header{Version: 2, PayloadType: 0, SequenceNumber: seq}, "type 0")
	b.out.write(rtp.Header{Version: 2, PayloadType: 111, SequenceNumber: seq + 1, Padding: true}, "\x01\x02\xc8")
	b.out.write(rtp.Header{Version: 2, PayloadType: 111, SequenceNumber: seq + 2, Padding: true}, "\x01\x02\x00")
	b.out.write(rtp.Header{Version: 2, PayloadType: 111, SequenceNumber: seq + 3}, "")
	b.out.write(rtp.Header{Version: 2, PayloadType: 111, SequenceNumber: seq + 4, SSRC: random.Uint32() | 1}, "stranger")
	b.out.write(rtp.Header{Version: 2, PayloadType: 111, SequenceNumber: seq + 5}, strings.Repeat("x", 1300))
	raw := make([]byte, 4+4*random.IntN(40))
	for i := range raw {
		raw[i] = byte(random.Uint32())
	}
	// A head that the sender's own library lets pass, and anything behind it.
	copy(raw, []byte{0x80 | byte(random.IntN(32)), byte(200 + random.IntN(8)), 0, byte(len(raw)/4 - 1)})
	if n%3 == 0 {
		raw[3] = 0xff // longer than the packet
	}
	packet := rtcp.RawPacket(raw)
	_ = b.pc.WriteRTCP([]rtcp.Packet{&packet}) // what it refuses to send does no harm either
}

package peer

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"parley/media/bridge"
)

// newTCPBrowser is a browser whose network lets no UDP through.
func newTCPBrowser(t *testing.T) *browser {
	t.Helper()
	e := &webrtc.MediaEngine{}
	if err := e.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	return newClient(t, e, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6)
}

func TestICEOverTCP(t *testing.T) {
	f := factory(t)
	s, b := serve(t, f), newTCPBrowser(t)
	if err := s.Answer(0, b.answer(t, s.offer)); err != nil {
		t.Fatal(err)
	}
	s.seen.wait(t, "the connection", func() bool { return s.seen.last() == bridge.StateConnected })
	until(t, s.seen, "a packet by TCP", func(n int) { b.speak(n, "by TCP") }, func() bool { return len(s.seen.packets) > 0 })
	b.leave(t)
	s.seen.wait(t, "the loss of the connection", func() bool { return s.seen.last() == bridge.StateLost })
}

func dialTCP(t *testing.T, f *Factory) net.Conn {
	t.Helper()
	for _, addr := range f.Addrs() {
		if addr.Addr().IsLoopback() && addr.Addr().Is4() {
			c, err := net.Dial("tcp", addr.String())
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
	}
	t.Fatal("no loopback address")
	return nil
}

// TestGarbageOnTheTCPPort: whoever says what is no check is hung up on, and the
// calls go on.
func TestGarbageOnTheTCPPort(t *testing.T) {
	f := factory(t)
	for name, garbage := range map[string]string{
		"HTTP": "GET / HTTP/1.1\r\n\r\n", "a frame of nothing": "\x00\x00", "a frame that is no STUN": "\x00\x04abcd",
		"a check of nobody": "\x00\x14\x00\x01\x00\x00\x21\x12\xa4\x42123456789012",
	} {
		c := dialTCP(t, f)
		if _, err := io.WriteString(c, garbage); err != nil {
			t.Fatal(err)
		}
		if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		if n, err := c.Read(make([]byte, 1)); n > 0 || isTimeout(err) {
			t.Errorf("%s: got %d bytes and %v, want to be hung up on", name, n, err)
		}
		_ = c.Close() // the other end has closed it
	}
	connect(t, f)
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}

// TestSilentConnectionsDoNotHoldUpTheEnd: Close, by the clean-up of factory,
// does not wait for somebody to speak.
func TestSilentConnectionsDoNotHoldUpTheEnd(t *testing.T) {
	f, err := NewFactory(Config{Loopback: true})
	if err != nil {
		t.Fatal(err)
	}
	c := dialTCP(t, f)
	defer func() { _ = c.Close() }() // the other end has closed it
	if _, err := c.Write([]byte{0}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); err == nil || isTimeout(err) {
		t.Errorf("read after the end: got %v, want the connection closed", err)
	}
}

func TestBoundedListener(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &bounded{Listener: l, open: map[net.Conn]struct{}{}}
	for n := range maxStreams {
		if !b.enter(&net.TCPConn{}) {
			t.Fatalf("connection %d: refused, want %d", n, maxStreams)
		}
	}
	if b.enter(&net.TCPConn{}) {
		t.Errorf("connection %d: taken, want it refused", maxStreams+1)
	}
	for c := range b.open {
		_ = (&boundedConn{Conn: c, from: b, closed: make(chan struct{})}).Close() // not open
		break
	}
	if !b.enter(&net.TCPConn{}) {
		t.Error("after one has closed: refused, want it taken")
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if b.enter(&net.TCPConn{}) {
		t.Error("after the end: taken, want it refused")
	}
}

// TestLoopbackIsOffered: only to those who may be on this machine.
func TestLoopbackIsOffered(t *testing.T) {
	for _, loopback := range []bool{true, false} {
		f, err := NewFactory(Config{Loopback: loopback})
		if err != nil {
			t.Fatal(err)
		}
		has, others := false, 0
		for _, a := range f.Addrs() {
			if a.Addr().IsLoopback() {
				has = true
			} else {
				others++
			}
		}
		if want := loopback || others == 0; has != want {
			t.Errorf("Loopback %t: addresses are %v", loopback, f.Addrs())
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

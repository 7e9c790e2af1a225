package relay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/stun/v2"
	"github.com/rs/zerolog"
)

func TestCloseWithoutRun(t *testing.T) {
	s, err := New(testConfig())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if err := s.Close(); err != nil {
			t.Errorf("Close %d: %v", i+1, err)
		}
	}
	if err := s.Run(context.Background()); !errors.Is(err, ErrClosed) {
		t.Errorf("Run after Close: got %v, want ErrClosed", err)
	}
	again, err := net.Listen("tcp4", s.Addrs().TCP.String())
	if err != nil {
		t.Fatalf("the port after Close: %v", err)
	}
	_ = again.Close()
}

func TestRunEndsWithItsContext(t *testing.T) {
	s, err := New(testConfig())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- s.Run(ctx) }()
	newClient(t, s, "udp", s.Issue(grant("alice", "leg"))).allocate(t)
	newClient(t, s, "tcp", s.Issue(grant("alice", "leg"))).allocate(t)
	if err := s.Run(ctx); !errors.Is(err, ErrClosed) {
		t.Errorf("second Run: got %v, want ErrClosed", err)
	}
	cancel()
	if err := <-ran; err != nil {
		t.Errorf("Run: got %v, want nil", err)
	}
	if got := s.Stats(); got.Allocations != 0 || got.Connections != 0 {
		t.Errorf("after Run: got %d allocations, %d connections, want none", got.Allocations, got.Connections)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close after Run: %v", err)
	}
}

func TestBrokenSocketEndsRun(t *testing.T) {
	s, err := New(testConfig())
	if err != nil {
		t.Fatal(err)
	}
	ran := make(chan error, 1)
	go func() { ran <- s.Run(context.Background()) }()
	newClient(t, s, "tcp", s.Issue(grant("alice", "leg"))).allocate(t)
	if err := s.udp.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ran; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Run: got %v, want the error of the UDP socket", err)
	}
}

func TestListenFaultReleasesTheOtherSocket(t *testing.T) {
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	udp := listenUDP(t)
	if err := udp.Close(); err != nil {
		t.Fatal(err)
	}
	cfg := testConfig()
	cfg.ListenUDP, cfg.ListenTCP = udp.LocalAddr().String(), taken.Addr().String()
	if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), "listen on TCP") {
		t.Errorf("New: got %v, want the TCP fault", err)
	}
	again, err := net.ListenPacket("udp4", cfg.ListenUDP)
	if err != nil {
		t.Fatalf("the UDP port after a failed New: %v", err)
	}
	_ = again.Close()
}

// Clients come, talk and go while the server is closed.
func TestCloseUnderLoad(t *testing.T) {
	s, media := startWithMedia(t, func(c *Config) { c.MaxAllocationsPerUser = 50 })
	var clients sync.WaitGroup
	for i := range 8 {
		w := newWireClient(t, s, s.Issue(grant(fmt.Sprint("person", i), "leg")))
		w.mustAsk(stun.MethodAllocate, udpTransport())
		w.mustAsk(stun.MethodCreatePermission, xorPeer(addrPort(media.LocalAddr())))
		refresh := w.signed(stun.MethodRefresh, lifetime(0)).Raw
		allocate := w.signed(stun.MethodAllocate, udpTransport()).Raw
		clients.Go(func() {
			for range 200 {
				w.sendTo(addrPort(media.LocalAddr()), "talk")
				w.send(refresh)
				w.send(allocate)
			}
		})
		newClient(t, s, "tcp", s.Issue(grant(fmt.Sprint("person", i), "leg"))).allocate(t)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	clients.Wait()
}

func TestConnectionWithoutAllocationIsClosed(t *testing.T) {
	s, err := New(testConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		started := time.Now()
		s.counters.connections.Add(1)
		f := newFront(s, newStream(near))
		if err := s.launch(f); err != nil {
			t.Fatal(err)
		}
		// Traffic does not extend the time.
		for range 3 {
			time.Sleep(streamIdle / 4)
			if _, err := far.Write([]byte{0x40, 0, 0, 0}); err != nil {
				t.Fatal(err)
			}
		}
		<-f.ended
		if got := time.Since(started); got != streamIdle {
			t.Errorf("closed after %s, want %s", got, streamIdle)
		}
	})
}

// writerFunc is an io.Writer.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// What strangers send and where they are must not reach the log.
func TestLogHoldsNoCanary(t *testing.T) {
	var mu sync.Mutex
	var text bytes.Buffer
	s, media := startWithMedia(t, func(c *Config) {
		c.Log = zerolog.New(writerFunc(func(p []byte) (int, error) {
			mu.Lock()
			defer mu.Unlock()
			return text.Write(p)
		})).Level(zerolog.TraceLevel)
	})
	w := newWireClient(t, s, s.Issue(grant("alice", "leg")))
	good := w.credentials
	w.mustAsk(stun.MethodAllocate, udpTransport())
	private := netip.MustParseAddrPort("10.1.2.3:4567")
	w.ask(stun.MethodCreatePermission, xorPeer(private))
	w.ask(stun.MethodChannelBind, xorPeer(private), channel(0x4000))
	w.sendTo(private, "canary-data")
	w.sendChannel(0x4001, "canary-data")
	w.credentials = Credentials{Username: "canary-name", Password: "canary-word"}
	w.ask(stun.MethodAllocate, udpTransport())
	w.credentials = good
	w.mustAsk(stun.MethodCreatePermission, xorPeer(addrPort(media.LocalAddr())))

	mu.Lock()
	defer mu.Unlock()
	if !strings.Contains(text.String(), "Failed to handle datagram") {
		t.Fatalf("log: got %q, want pion's lines in it", text.String())
	}
	for _, canary := range []string{"canary", "127.0.0.1", "10.1.2.3", good.Username, good.Password, w.realm} {
		if strings.Contains(text.String(), canary) {
			t.Errorf("log holds %q:\n%s", canary, text.String())
		}
	}
}

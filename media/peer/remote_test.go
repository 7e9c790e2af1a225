package peer

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/transport/v4"
	"github.com/pion/transport/v4/vnet"
	"github.com/rs/zerolog"

	"parley/media/bridge"
)

// wire is a network of one server that sees where the server sends.
type wire struct {
	host    transport.Net
	factory *Factory

	sent *seen          // its lock guards to
	to   map[string]int // datagrams by destination
}

func newWire(t *testing.T, server string) *wire {
	t.Helper()
	w := &wire{to: map[string]int{}, sent: newSeen()}
	router, err := vnet.NewRouter(&vnet.RouterConfig{CIDR: "0.0.0.0/0", LoggerFactory: logging.NewDefaultLoggerFactory()})
	if err != nil {
		t.Fatal(err)
	}
	host, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{server}})
	if err != nil {
		t.Fatal(err)
	}
	if err := router.AddNet(host); err != nil {
		t.Fatal(err)
	}
	router.AddChunkFilter(func(c vnet.Chunk) bool {
		w.sent.update(func() { w.to[c.DestinationAddr().String()]++ })
		return false
	})
	w.host = host
	if w.factory, err = NewFactory(Config{Loopback: true, Port: 5000, Net: host, Log: zerolog.Nop()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.factory.Close(); err != nil {
			t.Errorf("close the factory: %v", err)
		}
	})
	if err := router.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := router.Stop(); err != nil {
			t.Errorf("stop the network: %v", err)
		}
	})
	return w
}

// destinations are where datagrams went, once some have gone to each of want.
func (w *wire) destinations(t *testing.T, want []string) (got []string) {
	t.Helper()
	w.sent.wait(t, "checks to "+strings.Join(want, " and "), func() bool {
		return !slices.ContainsFunc(want, func(a string) bool { return w.to[a] < 3 })
	})
	w.sent.mu.Lock()
	defer w.sent.mu.Unlock()
	for a := range w.to {
		got = append(got, a)
	}
	slices.Sort(got)
	return got
}

func udpCandidate(address string, port int) string {
	return fmt.Sprintf("1 1 udp 2122260223 %s %d typ host", address, port)
}

// TestServerSendsWhereItMay: of the addresses that a browser names, in its
// answer and after it, the server sends checks to those that its judge allows.
func TestServerSendsWhereItMay(t *testing.T) {
	refused := []string{"127.0.0.1", "169.254.169.254", "100.100.100.200", "0.0.0.0", "224.0.0.251", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "rebind.example", "0f5c5e3a-aaaa-4bbb-8ccc-0123456789ab.local"}
	for _, row := range []struct {
		name, server string
		refused      []string
		allowed      []string
	}{
		{"a server of the internet", "93.184.215.14", append([]string{"10.0.0.9", "192.168.1.1", "172.16.0.1"}, refused...), []string{"93.184.215.20", "93.184.215.21"}},
		{"a server of a local network", "10.0.0.1", refused, []string{"10.0.0.9", "93.184.215.20"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWire(t, row.server)
			inside, err := w.host.ListenPacket("udp4", "127.0.0.1:4000")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = inside.Close() }() // nothing is written
			s, b := serve(t, w.factory), newBrowser(t)
			answer := withoutCandidates(b.answer(t, s.offer))
			for _, a := range append(slices.Clone(row.refused), row.allowed[0]) {
				if net.ParseIP(a) != nil { // SDP inspection refuses other names
					answer += "a=candidate:" + udpCandidate(a, 4000) + "\r\n"
				}
			}
			if err := s.Answer(0, answer); err != nil {
				t.Fatal(err)
			}
			for _, a := range append(slices.Clone(row.refused), row.allowed[1]) {
				err := s.AddCandidate(bridge.Candidate{Candidate: "candidate:" + udpCandidate(a, 4000)})
				if err != nil && a != "rebind.example" {
					t.Errorf("candidate of %s: %v", a, err)
				}
			}
			want := []string{row.allowed[0] + ":4000", row.allowed[1] + ":4000"}
			slices.Sort(want)
			if got := w.destinations(t, want); !slices.Equal(got, want) {
				t.Errorf("the server sent to %v, want %v only", got, want)
			}
			s.shut(t)() // whatever was to be sent to the inside is there
			if err := inside.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			if n, _, err := inside.ReadFrom(make([]byte, 1500)); err == nil {
				t.Errorf("the server sent %d bytes to its own loopback address", n)
			}
		})
	}
}

// withoutCandidates keeps what else a description says; the audio section is the
// last, so that candidates may be put behind it.
func withoutCandidates(sdp string) string {
	lines := slices.DeleteFunc(strings.SplitAfter(sdp, "\n"), func(l string) bool {
		return strings.HasPrefix(l, "a=candidate:") || strings.HasPrefix(l, "a=end-of-candidates")
	})
	return strings.Join(lines, "")
}

func TestRemoteTakes(t *testing.T) {
	r := remote{}
	for _, row := range []struct {
		name, candidate string
		want            bool
	}{
		{"host", udpCandidate("93.184.215.14", 9), true},
		{"server reflexive with a private base", "2 1 udp 1686052607 93.184.215.14 50000 typ srflx raddr 10.0.0.1 rport 5", true},
		{"TCP that would be dialled", "4 1 tcp 1518280447 93.184.215.14 22 typ host tcptype passive", false},
		{"TCP that dials", "4 1 tcp 1518280447 93.184.215.14 9 typ host tcptype active", false},
		{"a name", udpCandidate("localhost", 9), false},
		{"nothing", "", false},
	} {
		if got := r.takes(row.candidate); got != row.want {
			t.Errorf("%s: got %t, want %t", row.name, got, row.want)
		}
	}
	for n := r.taken; n < maxRemote; n++ {
		if !r.takes(udpCandidate("93.184.215.14", 1000+n)) {
			t.Fatalf("candidate %d: refused, want %d taken", n, maxRemote)
		}
	}
	if r.takes(udpCandidate("93.184.215.14", 9)) {
		t.Errorf("candidate %d: taken, want it passed over", maxRemote+1)
	}
}

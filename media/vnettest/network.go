package vnettest

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/transport/v4"
	"github.com/pion/transport/v4/vnet"
)

// Conditions say how bad a network is.
type Conditions struct {
	// Loss is the share of datagrams that each link loses, 0 to 1, at random.
	Loss float64
	// Delay is how long a datagram takes. (vnet's jitter holds a lock as it
	// sleeps, which stops synthetic time.)
	Delay time.Duration
	Seed  uint64
}

// Network is one local network; each datagram passes one link.
type Network struct {
	router *vnet.Router

	mu       sync.Mutex // guards what follows
	random   *rand.Rand
	loss     float64
	impaired bool
	passed   int
	lost     int
}

// New starts a network that loses nothing yet.
func New(t testing.TB, c Conditions) *Network {
	t.Helper()
	n := &Network{random: rand.New(rand.NewPCG(c.Seed, 1)), loss: c.Loss}
	var err error
	n.router, err = vnet.NewRouter(&vnet.RouterConfig{
		CIDR: "10.0.0.0/24", MinDelay: c.Delay, LoggerFactory: logging.NewDefaultLoggerFactory(),
	})
	if err != nil {
		t.Fatal(err)
	}
	n.router.AddChunkFilter(n.pass)
	return n
}

// Start lets datagrams through, once all hosts have joined.
func (n *Network) Start(t testing.TB) {
	t.Helper()
	if err := n.router.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.router.Stop(); err != nil {
			t.Errorf("stop the network: %v", err)
		}
	})
}

// Host joins a machine to the network.
func (n *Network) Host(t testing.TB, ip string) transport.Net {
	t.Helper()
	host, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{ip}})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.router.AddNet(host); err != nil {
		t.Fatal(err)
	}
	return host
}

// Impair begins, or ends, the loss.
func (n *Network) Impair(on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.impaired = on
}

// Lost is the share of datagrams that were lost while the network was impaired.
func (n *Network) Lost() float64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return float64(n.lost) / float64(max(n.passed+n.lost, 1))
}

func (n *Network) pass(vnet.Chunk) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.impaired {
		return true
	}
	if n.random.Float64() < n.loss {
		n.lost++
		return false
	}
	n.passed++
	return true
}

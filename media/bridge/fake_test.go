package bridge

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
)

var errTransport = errors.New("the transport failed")

// sent is what a fake transport was asked to send.
type sent struct {
	seq     uint16
	ts      uint32
	payload string
}

// kinds are payload types of packets.
type kinds []uint8

// fakeTransport keeps what it is given.
type fakeTransport struct {
	handler Handler
	name    string
	failing bool

	mu         sync.Mutex
	out        []sent
	kinds      kinds
	answers    []string
	restarts   int
	candidates []Candidate
	closed     bool
	keep       bool
	red        bool // it takes redundant audio
}

func (f *fakeTransport) TakesRED() bool { return f.red }

func (f *fakeTransport) Offer(context.Context) (string, error) {
	if f.failing {
		return "", errTransport
	}
	return "offer of " + f.name, nil
}

func (f *fakeTransport) Restart(context.Context) (n int, sdp string, err error) {
	if f.failing {
		return 0, "", errTransport
	}
	f.restarts++
	return f.restarts, "restart of " + f.name, nil
}

func (f *fakeTransport) Answer(restart int, sdp string) error {
	if restart > 0 {
		sdp = fmt.Sprint(restart, " ", sdp)
	}
	f.answers = append(f.answers, sdp)
	return nil
}

func (f *fakeTransport) AddCandidate(c Candidate) error {
	f.candidates = append(f.candidates, c)
	return nil
}

func (f *fakeTransport) WriteRTP(h *rtp.Header, payload []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.keep {
		f.out = append(f.out, sent{h.SequenceNumber, h.Timestamp, string(payload)})
		f.kinds = append(f.kinds, h.PayloadType)
	}
	h.SSRC, h.PayloadType = 99, 9 // as a transport may
	return errTransport           // a side that is not connected; nobody must care
}

func (f *fakeTransport) Stats() Stats { return Stats{PacketsIn: uint64(len(f.answers))} }

func (f *fakeTransport) Close() error {
	f.closed = true
	return errTransport
}

// fakeNet dials fake transports and hands them to the test.
type fakeNet struct {
	made    []*fakeTransport
	failing bool // the next one cannot make an offer
	refused bool // the next one cannot be made
}

func (n *fakeNet) dial(h Handler) (Transport, error) {
	if n.refused {
		return nil, errTransport
	}
	t := &fakeTransport{handler: h, name: fmt.Sprint(len(n.made)), failing: n.failing, keep: true}
	n.made = append(n.made, t)
	return t, nil
}

// report is what the bridge told its owner.
type report struct {
	leg, generation int
	state           State
}

// joined is a bridge with a transport on each leg.
func joined(t testing.TB) (b *Bridge, net *fakeNet, reports *[]report) {
	t.Helper()
	net, reports = &fakeNet{}, &[]report{}
	b = New(net.dial, func(leg, generation int, s State) {
		*reports = append(*reports, report{leg, generation, s})
	})
	offer(t, b, Member)
	offer(t, b, Expert)
	return b, net, reports
}

func offer(t testing.TB, b *Bridge, leg int) (generation int) {
	t.Helper()
	generation, _, err := b.Offer(t.Context(), leg)
	if err != nil {
		t.Fatal(err)
	}
	return generation
}

var epoch = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func packet(ssrc uint32, seq uint16, ts uint32) *rtp.Header {
	return &rtp.Header{Version: 2, PayloadType: 111, SSRC: ssrc, SequenceNumber: seq, Timestamp: ts}
}

// fakeTap keeps what it sees.
type fakeTap struct {
	packets []sent
	legs    []int
	reports []uint32
	spoken  []spoken
}

type spoken struct {
	leg   int
	due   time.Time
	frame string
}

func (f *fakeTap) Spoken(leg int, due time.Time, frame []byte) {
	f.spoken = append(f.spoken, spoken{leg, due, string(frame)})
}

func (f *fakeTap) Packet(leg int, _ time.Time, h *rtp.Header, payload []byte) {
	f.legs = append(f.legs, leg)
	f.packets = append(f.packets, sent{h.SequenceNumber, h.Timestamp, string(payload)})
}

func (f *fakeTap) SenderReport(_ int, _ time.Time, ssrc uint32, _ uint64, _ uint32) {
	f.reports = append(f.reports, ssrc)
}

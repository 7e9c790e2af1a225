package bridge

import (
	"context"
	"time"

	"github.com/pion/rtp"
)

// The two legs of a call. The numbers are also those of the recorded voices.
const (
	Member = 0
	Expert = 1
)

// State tells how a leg's connection stands.
type State string

// States of a connection.
const (
	StateNone       State = "none"
	StateConnecting State = "connecting"
	StateConnected  State = "connected"
	StateLost       State = "lost"
)

// Candidate is one trickled ICE candidate (RFC 8838) in the form of an
// RTCIceCandidateInit.
type Candidate struct {
	Candidate        string
	SDPMid           *string
	SDPMLineIndex    *uint16
	UsernameFragment *string
}

// Stats are counters of one transport since it began.
type Stats struct {
	PacketsIn, PacketsOut uint64
	BytesIn, BytesOut     uint64
	// Malformed counts received datagrams that were no RTP packet, or one
	// whose payload cannot be what was negotiated.
	Malformed uint64
	// In is how the browser's packets arrive here, Out how ours arrive there, as
	// the browser reports it.
	In, Out Reception
	// RoundTrip is the newest time to the browser and back, 0 while none is known.
	RoundTrip time.Duration
}

// Reception is how the packets of one direction arrive.
type Reception struct {
	// Expected and Lost count packets, as far as they were told of; a packet that
	// comes late is no longer lost, so Lost may fall.
	Expected uint64
	Lost     int64
	// Jitter is that of RFC 3550 section 6.4.1.
	Jitter time.Duration
	// Reports count how often this was told; what was received here is told each
	// time it is asked for, and not counted.
	Reports uint64
}

// Transport moves the packets of one leg. Implementations are safe for
// concurrent use.
type Transport interface {
	// Offer makes the server's SDP offer with its candidates inside.
	Offer(ctx context.Context) (sdp string, err error)
	// Restart makes an offer that restarts ICE and leaves everything else as it
	// is: the way to a browser whose network has changed is found anew, on the
	// same encrypted connection (RFC 8829 section 5.2.3.1). n numbers the
	// restarts from 1. While such an offer waits for its answer it is given again
	// under its number. ErrRestart when the first offer has not been answered.
	Restart(ctx context.Context) (n int, sdp string, err error)
	// Answer applies the browser's SDP answer to the restart of that number, or
	// with 0 to the first offer. An answer that cannot carry the call's sound is
	// a *media/peer.SDPError or the like, and leaves the transport as it was.
	Answer(restart int, sdp string) error
	// AddCandidate adds one candidate of the browser.
	AddCandidate(c Candidate) error
	// WriteRTP sends one packet; h.PayloadType is red.TypeOpus, or red.TypeRED
	// where TakesRED. It must not keep h or payload; it may change h.
	WriteRTP(h *rtp.Header, payload []byte) error
	// TakesRED tells whether the browser takes redundant audio (RFC 2198). It
	// is asked for each such packet.
	TakesRED() bool
	Stats() Stats
	// Close ends the transport and waits for its goroutines; no callback
	// runs after it has returned.
	Close() error
}

// Handler receives what a transport sees. Its methods run on the transport's
// goroutines and must not block.
type Handler interface {
	// Packet is called for each RTP packet; h and payload are valid only
	// during the call. arrival carries a monotonic reading. h.PayloadType is
	// red.TypeOpus, or red.TypeRED and red.Check passes the payload.
	Packet(arrival time.Time, h *rtp.Header, payload []byte)
	// SenderReport is called for each RTCP sender report (RFC 3550 6.4.1).
	SenderReport(arrival time.Time, ssrc uint32, ntp uint64, rtpTime uint32)
	// State is called when the connection comes up or goes.
	State(s State)
}

// Dial makes a transport that reports to h.
type Dial func(h Handler) (Transport, error)

// Tap sees every packet that a leg receives, in the order of arrival of that
// leg, as Handler.Packet does: h.PayloadType tells plain Opus (red.TypeOpus) from
// redundant audio (red.TypeRED). Its methods must not block and must not keep h
// or payload.
type Tap interface {
	Packet(leg int, arrival time.Time, h *rtp.Header, payload []byte)
	SenderReport(leg int, arrival time.Time, ssrc uint32, ntp uint64, rtpTime uint32)
	// Spoken is called for each frame of 20 ms that the server itself speaks into
	// the leg, with the time at which it is due.
	Spoken(leg int, due time.Time, frame []byte)
}

package peer

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/pion/webrtc/v4"
)

// Bounds of an Echo. A check of some seconds at the pace of a call sends a small
// part of it.
const (
	// MaxEchoBytes is the greatest message that is sent back, so that each is one
	// packet on the network.
	MaxEchoBytes = 1100
	// echoBudget is how much one connection sends back in all.
	echoBudget = 512 << 10
	// echoWaits is how much may wait to be sent; what comes meanwhile is lost, as
	// on a line that is too narrow.
	echoWaits = 16 << 10
)

// echoChannel is agreed on beforehand, as the protocol says.
var echoChannel uint16

// Echo is a connection that carries no sound: whatever comes on its one data
// channel (RFC 8831), which loses rather than waits, goes back as it is. It uses
// the ports, candidates and certificate of the calls, so where it works a call
// does. It is joined to nothing else.
type Echo struct {
	pc     *webrtc.PeerConnection
	remote remote
	sent   atomic.Int64 // bytes
}

// NewEcho makes an echo; it does nothing before Offer.
func (f *Factory) NewEcho() (*Echo, error) {
	e := &Echo{remote: remote{judge: f.judge}}
	pc, err := f.api(&sources{tooMany: func() {}}).NewPeerConnection(webrtc.Configuration{
		Certificates: []webrtc.Certificate{f.cert},
		BundlePolicy: webrtc.BundlePolicyMaxBundle,
	})
	if err != nil {
		return nil, fmt.Errorf("new peer connection: %w", err)
	}
	e.pc = pc
	agreed, unordered, never := true, false, uint16(0)
	channel, err := pc.CreateDataChannel("check", &webrtc.DataChannelInit{
		Negotiated: &agreed, ID: &echoChannel, Ordered: &unordered, MaxRetransmits: &never,
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the data channel: %w", err), pc.Close())
	}
	channel.OnMessage(func(m webrtc.DataChannelMessage) { e.back(channel, m.Data) })
	return e, nil
}

// back sends a message back, within the bounds.
func (e *Echo) back(channel *webrtc.DataChannel, data []byte) {
	switch {
	case len(data) > MaxEchoBytes, channel.BufferedAmount() > echoWaits, e.sent.Add(int64(len(data))) > echoBudget:
		return
	}
	_ = channel.Send(data) // whether it came is what the other side measures
}

// Offer makes the SDP offer with the host candidates in it.
func (e *Echo) Offer(ctx context.Context) (string, error) { return offer(ctx, e.pc, nil) }

// Answer applies the browser's answer; *SDPError when it does not fit.
func (e *Echo) Answer(sdp string) error {
	if err := checkEchoAnswer(sdp); err != nil {
		return err
	}
	return answer(e.pc, &e.remote, sdp)
}

// Close ends the connection and waits until nothing more is sent back.
func (e *Echo) Close() error {
	if err := e.pc.GracefulClose(); err != nil {
		return fmt.Errorf("close the echo: %w", err)
	}
	return nil
}

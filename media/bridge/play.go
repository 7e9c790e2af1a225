package bridge

import (
	"context"
	"errors"
	"time"

	"github.com/pion/rtp"

	"parley/media/red"
)

var (
	// ErrInterrupted is returned when a leg's connection was replaced or closed
	// while it was played to.
	ErrInterrupted = errors.New("bridge: the connection went while it was played to")
	// ErrPlaying is returned when something is being played to the leg already.
	ErrPlaying = errors.New("bridge: something is being played to this leg already")
)

const frameTime = 20 * time.Millisecond

// promptSSRC marks the server's own packets for the numbering, which gives them
// the transport's SSRC on their way out. One of a browser may be the same: each
// prompt begins and ends a source whatever it is called.
const promptSSRC = 0x50524d54

// Play speaks Opus packets of 20 ms each into a leg, in place of the other leg's
// sound, and returns when the last one has been sent and its time is over. It
// blocks for as long as they last; an error says that they were not played to
// the end. It does not know whether the leg is connected: whoever plays does,
// and ends ctx when it no longer is.
func (b *Bridge) Play(ctx context.Context, n int, frames [][]byte) error {
	l := &b.legs[n]
	if !l.prompt.CompareAndSwap(false, true) {
		return ErrPlaying
	}
	defer l.prompt.Store(false)
	t := l.live.Load()
	due := time.NewTimer(0)
	defer due.Stop()
	begun := time.Now()
	for i := range len(frames) + 1 {
		due.Reset(time.Until(begun.Add(time.Duration(i) * frameTime)))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-due.C:
		}
		if t == nil || l.live.Load() != t {
			return ErrInterrupted
		}
		if i < len(frames) {
			if tap := b.tap.Load(); tap != nil {
				(*tap).Spoken(n, begun.Add(time.Duration(i)*frameTime), frames[i])
			}
			l.speak(i, frames[i])
		}
	}
	return nil
}

// speak sends one frame of a prompt. The numbering goes on from what was sent
// before, and what comes after goes on from here: no number is used twice.
func (l *leg) speak(i int, frame []byte) {
	h := &rtp.Header{
		Version: 2, PayloadType: red.TypeOpus, SSRC: promptSSRC, Marker: i == 0,
		SequenceNumber: uint16(i), Timestamp: uint32(i * frame48k),
	}
	l.send(outgoing{header: h, payload: frame, resumed: i == 0}, time.Now())
}

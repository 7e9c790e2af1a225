package hub

import (
	"context"
	"errors"
	"slices"
	"time"

	"parley/recorder/capture"
	"parley/recorder/consent"
	"parley/recorder/pipeline"
	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/meta"
)

// carryOut does what the state machine asked for, in order; but what people hear
// does not wait for the ledger to be written. That nobody hears them on hold they
// see at once as well; everything else when its receipts are there.
func (c *call) carryOut(commands []session.Command) {
	if slices.ContainsFunc(commands, isNote) {
		c.soundNow(commands)
	}
	if slices.Contains(commands, session.Command(session.CloseSound{})) {
		c.sendViews()
	}
	for _, cmd := range commands {
		switch cmd := cmd.(type) {
		case session.OpenMedia:
			c.openMedia(cmd)
		case session.WarmMedia:
			c.warmMedia(cmd.Socket)
		case session.OpenSound, session.CloseSound, session.EndMedia:
			c.sound(cmd)
		case session.HoldPart:
			c.partBefore(Recording.EraseUnlessKept)
		case session.KeepPart:
			c.partBefore(Recording.Keep)
		case session.ErasePart:
			c.partBefore(Recording.EraseUnlessKept)
			c.endRecording()
		case session.PlayNotice:
			c.playNotice(cmd)
		case session.Announce:
			c.announce(cmd)
		case session.StopNotice:
			c.hush(cmd.Side)
		case session.Note:
			c.note(cmd)
		case session.OpenGate:
			c.openGate(cmd.Grant)
		case session.CloseGate:
			c.closeGate()
		case session.FinishRecording:
			c.endRecording()
		case session.StartTimer:
			c.startTimer(cmd)
		case session.StopTimer:
			c.stopTimer(cmd.Timer)
		}
	}
}

func isNote(cmd session.Command) bool {
	_, is := cmd.(session.Note)
	return is
}

// soundNow carries out what opens or cuts the sound. That it is repeated in its
// place changes nothing.
func (c *call) soundNow(commands []session.Command) {
	for _, cmd := range commands {
		c.sound(cmd)
	}
}

func (c *call) sound(cmd session.Command) {
	switch cmd.(type) {
	case session.OpenSound:
		c.bridge.OpenSound()
	case session.CloseSound:
		c.bridge.CloseSound()
	case session.EndMedia:
		c.hush(session.Member)
		c.hush(session.Expert)
		c.bridge.Close()
	}
}

// openMedia makes a connection and sends the offer to the side's tab, unless one was
// warmed there. A tab that is gone gets none; the side's timer then ends the call.
func (c *call) openMedia(cmd session.OpenMedia) {
	s := cmd.Side
	if s == session.Expert && c.takeWarm() {
		return
	}
	ctx, cancel := context.WithTimeout(c.hub.ctx, ioTimeout)
	defer cancel()
	generation, sdp, err := c.bridge.Offer(ctx, int(s))
	if err != nil {
		c.log.Error().Err(err).Stringer("side", s).Msg("connection not made")
		c.later(session.MediaFailed{Side: s})
		return
	}
	c.sendOffer(s, c.state.Sides[s].Socket, wire.MediaOffer{Generation: generation, SDP: sdp, Relay: cmd.Relay})
}

// restartMedia lets a side's connection find its way anew.
func (c *call) restartMedia(e mediaRestart) error {
	ctx, cancel := context.WithTimeout(c.hub.ctx, ioTimeout)
	defer cancel()
	restart, sdp, err := c.bridge.Restart(ctx, int(e.side), e.generation)
	if err != nil {
		return err
	}
	c.sendOffer(e.side, e.socket, wire.MediaOffer{Generation: e.generation, Restart: restart, SDP: sdp})
	return nil
}

// sendOffer sends an offer to one tab of a side.
func (c *call) sendOffer(s session.Side, to session.SocketID, offer wire.MediaOffer) {
	offer.Call = string(c.id)
	for _, tab := range c.hub.tabs(c.people[s]) {
		if tab.id == to {
			offer.ICEServers = c.hub.cfg.ICEServers(tab.who)
			tab.send(offer)
		}
	}
}

// later queues an event from within run; it is applied when the commands at
// hand have been carried out.
func (c *call) later(e session.Event) { c.pending = append(c.pending, e) }

// openGate begins the recording, or goes on with it. Whatever goes wrong
// means: not recorded, and both are told.
func (c *call) openGate(g consent.Grant) {
	if c.noteFailed {
		return // the call is told by LedgerFailed
	}
	if c.noWaits() {
		c.later(session.GateFailed{})
		return
	}
	ctx, cancel := context.WithTimeout(c.hub.ctx, ioTimeout)
	defer cancel()
	if err := c.openRecording(ctx, g); err != nil {
		c.log.Error().Err(err).Msg("recording not begun")
		c.later(session.GateFailed{})
		return
	}
	if c.noWaits() { // it came while the gate was being opened
		c.recording.CloseGate()
	}
	c.bridge.SetTap(c.recording)
	c.later(session.CaptureChanged{Light: session.LightRecording, Recording: c.recording.ID()})
}

// openRecording goes on with the recording, or begins one. One whose journal could
// not be written is finished as it is, and another goes on.
func (c *call) openRecording(ctx context.Context, g consent.Grant) error {
	if c.recording != nil {
		err := c.recording.OpenGate(ctx, g, c.proof.gate)
		if !errors.Is(err, pipeline.ErrCaptureFailed) {
			return err
		}
		c.endRecording()
	}
	rec, err := c.hub.cfg.Recorder.Begin(ctx, pipeline.Start{
		Call: c.record(), Grant: g, Proof: c.proof.gate, OnStatus: c.captureStatus, OnAlarm: c.captureAlarm,
		OnLost: c.captureLost, Keep: c.keep(),
	})
	if err == nil {
		c.recording = rec
		c.live.Store(&rec)
		c.markMuted()
	}
	return err
}

// keep is how long the recording may be kept, by what people were told and the law
// of their places.
func (c *call) keep() meta.Keep {
	return meta.Keep{
		Purposes: c.hub.cfg.Purposes, Days: c.hub.cfg.Operator.RetentionDays, MaxDays: c.state.Verdict.MaxRetentionDays,
	}
}

func (c *call) captureStatus(capturing bool) {
	light := session.LightProblem
	if capturing {
		light = session.LightRecording
	}
	c.news.post(session.CaptureChanged{Light: light})
}

// captureLost closes the gate in the ledger too: capture has shut it already.
func (c *call) captureLost() { c.news.post(session.GateFailed{}) }

func (c *call) captureAlarm(leg int, a capture.Alarm) {
	c.news.post(session.AlarmChanged{Side: session.Side(leg), Alarm: session.Alarm(a)})
}

// endRecording lets go of the recording: it is finished, or erased.
func (c *call) endRecording() {
	if c.recording != nil {
		c.live.Store(nil)
		c.recording.Finish()
		c.recording = nil
	}
}

// partBefore settles what becomes of the recording so far.
func (c *call) partBefore(do func(Recording) error) {
	if c.recording == nil {
		return
	}
	if err := do(c.recording); err != nil {
		c.log.Error().Err(err).Msg("what becomes of the recording was not written down")
	}
}

// closeGate returns when no further packet is captured.
func (c *call) closeGate() {
	c.stopAnnouncing()
	if c.recording == nil {
		return
	}
	c.recording.CloseGate()
	c.bridge.SetTap(nil)
}

func (c *call) startTimer(t session.StartTimer) {
	c.stopTimer(t.Timer)
	c.timers[t.Timer] = time.AfterFunc(t.After, func() { c.news.post(session.TimerFired{Timer: t.Timer}) })
}

func (c *call) stopTimer(t session.Timer) {
	if old := c.timers[t]; old != nil {
		old.Stop()
		delete(c.timers, t)
	}
}

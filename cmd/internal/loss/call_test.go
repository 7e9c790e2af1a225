package loss

import (
	"context"
	"io"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"parley/media/audiomatch"
	"parley/media/bridge"
	"parley/media/peer"
	"parley/media/vnettest"
	"parley/recorder/capture"
	"parley/recorder/consent/ledger"
	"parley/recorder/journal"
	"parley/recorder/render"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/storetest"
)

const (
	talk = 20 * time.Second
	// settle is how long the call goes on before the network turns bad.
	settle = time.Second
	frames = int(talk / (20 * time.Millisecond))
)

// call is a recorded call over a lossy network.
type call struct {
	network *vnettest.Network
	bridge  *bridge.Bridge
	callers [2]*vnettest.Caller
	tape    *tape
}

// outcome is what became of what one person said.
type outcome struct {
	listener func(depth time.Duration) time.Duration // concealed
	recorded render.VoiceStats
	// redundant is how many packets of redundant audio the listener got.
	redundant int
}

// hold makes a call in which both people speak for the length of talk, under
// loss, and returns what became of each voice. withRED tells which of the two
// browsers has redundant audio.
func hold(t *testing.T, conditions vnettest.Conditions, withRED [2]bool) (voices [2]outcome, lost float64) {
	synctest.Test(t, func(t *testing.T) {
		c := connect(t, conditions, withRED)
		var speakers sync.WaitGroup
		for leg, caller := range c.callers {
			speakers.Go(func() {
				if err := caller.Speak(audiomatch.Phrase(leg, talk)); err != nil {
					t.Error(err)
				}
			})
		}
		time.Sleep(settle) // synthetic time
		c.network.Impair(true)
		speakers.Wait()
		time.Sleep(time.Second) // for the last to be sent again
		lost = c.network.Lost()
		result := c.tape.finish(t)
		c.bridge.Close()
		for leg := range voices {
			ear := c.callers[1-leg].Ear()
			voices[leg] = outcome{recorded: result.Voices[leg], redundant: ear.Redundant(), listener: func(depth time.Duration) time.Duration {
				return ear.Concealed(int(settle/(20*time.Millisecond)), frames, depth)
			}}
		}
	})
	return voices, lost
}

// connect joins two callers through a bridge that is recorded from the start.
func connect(t *testing.T, conditions vnettest.Conditions, withRED [2]bool) *call {
	t.Helper()
	c := &call{network: vnettest.New(t, conditions)}
	factory, err := peer.NewFactory(peer.Config{Port: 5000, Net: c.network.Host(t, "10.0.0.1"), Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	hosts := [2]string{"10.0.0.2", "10.0.0.3"}
	for leg, ip := range hosts {
		c.callers[leg] = vnettest.NewCaller(t, c.network.Host(t, ip), withRED[leg])
	}
	c.network.Start(t)
	t.Cleanup(func() {
		if err := factory.Close(); err != nil {
			t.Errorf("close the factory: %v", err)
		}
	})
	up := make(chan int, 16)
	c.bridge = bridge.New(factory.Dial, func(leg, _ int, s bridge.State) {
		if s == bridge.StateConnected {
			up <- leg
		}
	})
	t.Cleanup(c.bridge.Close)
	for leg, caller := range c.callers {
		generation, offer, err := c.bridge.Offer(t.Context(), leg)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.bridge.Answer(leg, generation, 0, caller.Answer(t, offer)); err != nil {
			t.Fatal(err)
		}
	}
	<-up
	<-up
	c.tape = newTape(t)
	c.bridge.SetTap(c.tape)
	c.bridge.OpenSound()
	return c
}

// tape captures a call into a journal and renders it as it comes.
type tape struct {
	*capture.Capture
	node   *capture.Node
	render *render.Renderer
	ended  chan error
	stop   func()
}

func newTape(t *testing.T) *tape {
	t.Helper()
	render, err := render.New(render.Config{Voices: [2]io.Writer{io.Discard, io.Discard}, Modes: [2]string{render.ModeCopy, render.ModeCopy}})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	tp := &tape{Capture: capture.New(now), node: capture.NewNode(time.Now, zerolog.Nop()), render: render, ended: make(chan error, 1)}
	tp.OpenGate(now, ledger.Proof{})
	tp.node.Add(tp.Capture, newJournal(t, now), tp)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := tp.node.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	tp.stop = func() { cancel(); running.Wait() }
	t.Cleanup(tp.stop)
	return tp
}

func newJournal(t *testing.T, now time.Time) *journal.Writer {
	t.Helper()
	dir := t.TempDir()
	master := storetest.Master(t)
	header := journal.Header{Recording: id.NewRecording(now), Call: id.NewCall(now), Started: now}
	for lane, part := range [...]string{id.PartCall, id.PartMember, id.PartExpert} {
		key, err := master.Sealer().NewKey(envelope.Binding{Recording: header.Recording, Part: part})
		if err != nil {
			t.Fatal(err)
		}
		header.Lanes[lane] = journal.LaneKey{Recipient: key.Recipient.String(), Envelope: key.Envelope}
	}
	w, err := journal.Create(filepath.Join(dir, "call.journal"), header)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Batch implements capture.Sink.
func (tp *tape) Batch(b capture.Batch) {
	for lane, records := range b.Lanes {
		if err := tp.render.Add(journal.Lane(lane), records); err != nil {
			tp.ended <- err
			return
		}
	}
	if err := tp.render.Advance(b.Until); err != nil {
		tp.ended <- err
	}
}

// Capturing implements capture.Sink.
func (tp *tape) Capturing(bool) {}

// Alarm implements capture.Sink.
func (tp *tape) Alarm(int, capture.Alarm) {}

// Lost implements capture.Sink.
func (tp *tape) Lost(error) {}

// Ended implements capture.Sink.
func (tp *tape) Ended(err error) { tp.ended <- err }

// finish ends the recording.
func (tp *tape) finish(t *testing.T) render.Result {
	t.Helper()
	tp.CloseGate(time.Now())
	tp.node.End(tp.Capture)
	if err := <-tp.ended; err != nil {
		t.Fatal(err)
	}
	tp.stop()
	result, err := tp.render.Finish(0)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

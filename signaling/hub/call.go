package hub

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"parley/media/bridge"
	"parley/signaling/auth"
	"parley/signaling/session"
	"parley/storage/id"
	"parley/storage/meta"
)

// mailboxSize bounds the messages that wait for a call. One that finds it full
// is refused with ErrOverload.
const mailboxSize = 128

// ioTimeout bounds each piece of I/O that a call waits for.
const ioTimeout = 5 * time.Second

// saveEvery is how often the record of a running call is written: what a kill costs
// of how the call has sounded.
const saveEvery = 15 * time.Second

// mediaAnswer, mediaRestart and mediaCandidate are messages for a call's media; they do not
// touch its state.
type (
	mediaAnswer struct {
		side       session.Side
		socket     session.SocketID
		generation int
		restart    int
		sdp        string
	}
	mediaRestart struct {
		side       session.Side
		socket     session.SocketID
		generation int
	}
	mediaCandidate struct {
		side       session.Side
		socket     session.SocketID
		generation int
		candidate  *bridge.Candidate
	}
)

// mediaState is what a connection reports. It may come from one that has been
// replaced since.
type mediaState struct {
	leg        int
	generation int
	state      bridge.State
}

type letter struct {
	event any // session.Event, mediaAnswer, mediaRestart or mediaCandidate
	reply chan error
}

// call is the actor that owns one live call: run is its only goroutine.
type call struct {
	hub *Hub
	id  id.CallID
	// takenUp tells that an earlier process began the call; former is what it
	// recorded, where nothing more can be added to it.
	takenUp bool
	former  *id.RecordingID
	people  [2]id.PersonID
	log     zerolog.Logger

	noes    atomic.Uint64 // how often somebody said no
	chat    *chat
	live    atomic.Pointer[Recording] // what is recorded to, for who says no
	mailbox chan letter
	done    chan struct{} // closed when run has returned
	news    *news

	// Owned by run.
	bridge     *bridge.Bridge
	warm       map[session.SocketID]int // generations of what was warmed in the expert's tabs
	cold       map[session.SocketID]int // the newest that each tab had to give back
	warmed     int                      // how many were made
	gauges     [2]gauge                 // how the sound of the sides arrives
	clerk      *clerk
	timers     map[session.Timer]*time.Timer
	recording  Recording
	noesHeard  uint64 // how many of noes the call has heard of
	noteFailed bool
	stopNotice [2]context.CancelFunc // ends what is being spoken to a side
	mouths     [2]mouth
	// stopAnnouncing breaks off what is being said about the recording.
	stopAnnouncing context.CancelFunc
	speaking       sync.WaitGroup
	proof          proof           // what the ledger holds so far
	pending        []session.Event // what carrying out commands brought about
	lastView       map[*Session][]byte

	mu    sync.Mutex // guards state: run writes it, welcome reads it
	state session.Call
	// holders are by whose tokens the sides take part; guarded by mu, too.
	holders [2]auth.Identity
}

func (h *Hub) startCall(ctx context.Context, s *Session, x meta.Person) error {
	member, expert := partyOf(s.who), h.expertParty(x)
	if !h.cfg.Policy.MayCall(expert.Age) {
		return ErrAway // nobody is told of another's age
	}
	member, expert = h.know(ctx, member), h.know(ctx, expert)
	now := h.cfg.Now()
	c := h.newCall(id.NewCall(now), [2]id.PersonID{s.who.Person, x.ID})
	c.holders[session.Member] = s.who
	state, commands := session.New(h.cfg.Env, c.id, member, expert, s.id, now)
	c.state = state
	// From here on others see the call, so it must be whole.
	if err := h.claim(c, s.who.Person, x.ID); err != nil {
		return err
	}
	go c.run(commands)
	c.endIfRevoked()
	return nil
}

// newCall makes a call without a state; its run begins it.
func (h *Hub) newCall(which id.CallID, people [2]id.PersonID) *call {
	c := &call{
		hub: h, id: which, people: people,
		chat: newChat(h.cfg.Now), mailbox: make(chan letter, mailboxSize), done: make(chan struct{}),
		timers: map[session.Timer]*time.Timer{}, lastView: map[*Session][]byte{}, warm: map[session.SocketID]int{}, cold: map[session.SocketID]int{},
		news: newNews(), mouths: [2]mouth{make(mouth, 1), make(mouth, 1)}, stopAnnouncing: func() {},
	}
	c.log = h.cfg.Log.With().Str("call_id", string(c.id)).Logger()
	c.clerk = newClerk(c)
	c.bridge = bridge.New(h.cfg.Dial, func(leg, generation int, s bridge.State) {
		c.news.post(mediaState{leg, generation, s})
	})
	return c
}

// expertParty takes what the expert's own token says, from one of the tabs.
func (h *Hub) expertParty(x meta.Person) session.Party {
	for _, s := range h.tabs(x.ID) {
		return partyOf(s.who)
	}
	return session.Party{ID: x.ID, Name: x.Name, Headline: x.Headline}
}

func partyOf(who auth.Identity) session.Party {
	p := session.Party{ID: who.Person, Name: who.Name, Headline: who.Headline, Signals: signals(who), Age: who.Age, Adult: who.Adult}
	if len(who.Languages) > 0 {
		p.Language = who.Languages[0]
	}
	return p
}

func (c *call) sideOf(p id.PersonID) session.Side {
	if p == c.people[session.Member] {
		return session.Member
	}
	return session.Expert
}

// ask posts a person's event and waits for the answer.
func (c *call) ask(e any) error {
	l := letter{event: e, reply: make(chan error, 1)}
	switch {
	case saysNo(e):
		c.shutNow()
		select {
		case c.mailbox <- l: // a no is never refused
		case <-c.done:
			return nil
		}
	default:
		select {
		case c.mailbox <- l:
		case <-c.done:
			return nil // the call has just ended
		default:
			return ErrOverload
		}
	}
	select {
	case err := <-l.reply:
		return err
	case <-c.done:
		return nil
	}
}

// run applies events until the call has ended and everything is cleared up.
func (c *call) run(commands []session.Command) {
	defer c.hub.work.Done()
	defer close(c.done)
	defer c.speaking.Wait()
	if !c.takenUp {
		c.log.Info().Msg("call started")
		c.tell(session.Call{}, c.state)
	}
	c.sendViews() // a tab must know the call before it gets an offer for it
	c.carryOut(commands)
	c.seeEverybody()
	c.applyPending()
	c.clerk.write(c.record()) // receipts and recordings of the call refer to it
	c.hub.work.Go(c.clerk.run)
	defer c.clerk.finish()
	c.changed(true)
	stop := c.hub.ctx.Done()
	measure := time.NewTicker(measureEvery)
	defer measure.Stop()
	save := time.NewTicker(cmp.Or(c.hub.cfg.SaveEvery, saveEvery))
	defer save.Stop()
	for c.state.Phase != session.Ended {
		select {
		case l := <-c.mailbox:
			if saysNo(l.event) {
				c.noesHeard++
			}
			err := c.handle(l.event)
			l.reply <- err
		case <-c.news.waiting:
			for _, e := range c.news.take() {
				_ = c.handle(e) // what the server reports is never refused
			}
		case <-measure.C:
			c.measure()
			c.watch()
		case <-save.C:
			if c.state.Phase == session.Active {
				c.clerk.keep(c.record())
			}
		case <-stop:
			stop = nil
			if c.suspend() {
				return
			}
			_ = c.apply(session.HungUp{Side: session.Member}) // hanging up is never refused
		}
	}
	after := c.hub.cfg.Duty.aftermathOf(c.state)
	c.hub.release(c, after)
	c.clerk.settle(after)
	if !c.state.ConnectedAt.IsZero() {
		c.mu.Lock()
		c.clerk.suspect(signsOf(c.holders))
		c.clerk.trace(c.holders[session.Member])
		c.mu.Unlock()
	}
	c.changed(true)
	c.log.Info().Str("reason", string(c.state.End)).
		Int64("dur_ms", talkTime(c.state).Milliseconds()).Msg("call ended")
}

// seeEverybody takes in what the tokens of all tabs say about place and age.
// A tab that signs in from now on reports by itself.
func (c *call) seeEverybody() {
	for side, p := range c.people {
		for _, tab := range c.hub.tabs(p) {
			c.later(seen(session.Side(side), tab.who))
		}
	}
}

func seen(side session.Side, who auth.Identity) session.Seen {
	return session.Seen{Side: side, Signals: signals(who), Age: who.Age}
}

func talkTime(c session.Call) time.Duration {
	if c.ConnectedAt.IsZero() {
		return 0
	}
	return c.EndedAt.Sub(c.ConnectedAt)
}

func (c *call) handle(event any) error {
	switch e := event.(type) {
	case session.Event:
		return c.apply(e)
	case mediaState:
		if e.generation != c.bridge.Generation(e.leg) {
			return nil // it speaks of a connection that has been replaced
		}
		return c.apply(session.MediaChanged{Side: session.Side(e.leg), State: session.Media(e.state)})
	case mediaAnswer:
		return c.mediaAnswer(e)
	case mediaRestart:
		if c.state.Sides[e.side].Socket != e.socket {
			return bridge.ErrGeneration
		}
		return c.restartMedia(e)
	case mediaCandidate:
		if e.candidate == nil || !c.answers(e.side, e.socket, e.generation) {
			return nil
		}
		err := c.bridge.AddCandidate(int(e.side), e.generation, *e.candidate)
		if errors.Is(err, bridge.ErrGeneration) {
			return nil // a straggler of the former connection
		}
		return err
	}
	return nil
}

// apply applies one event and everything that follows from it.
func (c *call) apply(e session.Event) error {
	before := c.state
	if err := c.step(e); err != nil {
		return err
	}
	c.applyPending()
	if before.Phase != c.state.Phase || before.Recording != c.state.Recording || alarms(before) != alarms(c.state) {
		c.clerk.keep(c.record())
	}
	c.changed(before.Phase != c.state.Phase)
	return nil
}

func (c *call) step(e session.Event) error {
	next, commands, err := session.Apply(c.hub.cfg.Env, c.state, e, c.hub.cfg.Now())
	if err != nil {
		return err
	}
	if len(commands) > 0 && commands[0] == (session.CloseGate{}) {
		c.closeGate() // before anything else
		commands = commands[1:]
	}
	before := c.state
	c.setState(next)
	c.markChanges(before, next) // first, or what opens the gate were marked too
	c.tell(before, next)
	c.carryOut(commands)
	return nil
}

func (c *call) applyPending() {
	for len(c.pending) > 0 {
		e := c.pending[0]
		c.pending = c.pending[1:]
		if err := c.step(e); err != nil {
			c.log.Error().Err(err).Msg("event refused by the call")
		}
	}
}

func (c *call) setState(s session.Call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = s
}

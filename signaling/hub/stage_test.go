package hub

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/rs/zerolog"

	"parley/media/bridge"
	"parley/recorder/consent"
	"parley/recorder/consent/table"
	"parley/recorder/consent/words"
	"parley/signaling/auth"
	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/signing"
)

const patience = 20 * time.Second

// embedded are the rules, which are read once for all stages: reading takes most of
// the time of a stage.
var embedded = sync.OnceValues(table.Embedded)

// stage is a hub with two people on it whose connections never rest: each
// sends a packet every millisecond.
type stage struct {
	t              *testing.T
	hub            *Hub
	member, expert *actor

	payload func() (payload []byte, sent func())
	mu      sync.Mutex // guards lines
	lines   []*line
	ended   atomic.Bool
}

// actor is a person at a socket.
type actor struct {
	*Session
	mu   sync.Mutex // guards what follows but news
	view wire.CallView
	duty wire.Presence
	read []wire.Message
	// offers are those of connections, in the order in which they came.
	offers []wire.MediaOffer
	news   chan struct{}
}

// Send implements Socket.
func (a *actor) Send(m wire.ServerMessage) {
	a.mu.Lock()
	switch m := m.(type) {
	case wire.Call:
		a.view = m.Call
	case wire.Welcome:
		if m.Call != nil {
			a.view = *m.Call
		}
	case wire.Presence:
		a.duty = m
	case wire.MediaOffer:
		a.offers = append(a.offers, m)
	case wire.Message:
		a.read = append(a.read, m)
	default:
		a.mu.Unlock()
		return
	}
	a.mu.Unlock()
	select {
	case a.news <- struct{}{}:
	default:
	}
}

func (a *actor) call() wire.CallView {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.view
}

// line is one leg's connection; it sends until it is closed.
type line struct {
	handler bridge.Handler
	packets atomic.Int64
	sent    atomic.Int64 // to the browser
	stop    chan struct{}
	work    sync.WaitGroup
}

func (l *line) Offer(context.Context) (string, error)        { return "offer", nil }
func (l *line) Restart(context.Context) (int, string, error) { return 0, "", bridge.ErrRestart }
func (l *line) Answer(int, string) error                     { return nil }
func (l *line) AddCandidate(bridge.Candidate) error          { return nil }

func (l *line) WriteRTP(*rtp.Header, []byte) error {
	l.sent.Add(1)
	return nil
}

func (l *line) TakesRED() bool      { return false }
func (l *line) Stats() bridge.Stats { return bridge.Stats{} }

func (l *line) Close() error {
	close(l.stop)
	l.work.Wait()
	return nil
}

// newStage brings a member in California and an expert in a place on stage.
func newStage(t *testing.T, store Store, rec Recorder, expertAt string, payload func() ([]byte, func()), change ...func(*Config)) *stage {
	t.Helper()
	rules, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	limits := session.DefaultLimits()
	limits.Sound = time.Hour
	s := &stage{t: t, payload: payload}
	signer, err := signing.FromSeed(make([]byte, signing.SeedLen))
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		Env: session.Env{
			Limits: limits,
			Judge:  func(f consent.Facts) consent.Verdict { return rules.Judge(consent.Policy{}, f) },
			Ask: func(v consent.Verdict, c session.Call, side session.Side) words.Question {
				party := []consent.Party{consent.Caller, consent.Callee}[side]
				return words.Ask(v, party, words.Context{Operator: "Example Advice Ltd"})
			},
		},
		Dial: s.dial, Recorder: rec, Store: store, Signer: signer, Purposes: []string{"Quality review"},
		Operator:   wire.Operator{Name: "Example Advice Ltd", RetentionDays: 90},
		ICEServers: func(auth.Identity) []wire.ICEServer { return nil }, Now: time.Now, Log: zerolog.Nop(),
	}
	for _, c := range change {
		c(&cfg)
	}
	s.hub = New(cfg)
	s.member, s.expert = s.enter("maya", auth.RoleMember, "US-CA"), s.enter("lee", auth.RoleExpert, expertAt)
	s.must(s.expert.Handle(t.Context(), &wire.PresenceSet{Available: true}))
	return s
}

func (s *stage) close() {
	if !s.ended.Swap(true) {
		s.hub.Close()
	}
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// dial makes a leg whose packets carry what payload says.
func (s *stage) dial(h bridge.Handler) (bridge.Transport, error) {
	l := &line{handler: h, stop: make(chan struct{})}
	s.mu.Lock()
	s.lines = append(s.lines, l)
	s.mu.Unlock()
	l.work.Go(func() {
		h.State(bridge.StateConnected)
		header := rtp.Header{Version: 2, PayloadType: 111, SSRC: 7}
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-l.stop:
				return
			case <-tick.C:
			}
			header.SequenceNumber++
			header.Timestamp += 960
			sent := header
			payload, done := s.payload()
			h.Packet(time.Now(), &sent, payload)
			done()
			l.packets.Add(1)
		}
	})
	return l, nil
}

func (s *stage) enter(name id.PersonID, role auth.Role, place string) *actor {
	s.t.Helper()
	return s.enterTab(name, role, place, "")
}

func (s *stage) enterTab(name id.PersonID, role auth.Role, place, tab string) *actor {
	s.t.Helper()
	a := &actor{news: make(chan struct{}, 1)}
	ses, err := s.hub.Attach(s.t.Context(), auth.Identity{
		Person: name, Role: role, Name: string(name), Languages: []string{"en"}, Adult: true,
		Places: []auth.Place{{Code: place, Source: "declared"}},
	}, tab, a)
	s.must(err)
	a.Session = ses
	return a
}

// connections are how many have been made.
func (s *stage) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.lines)
}

// flow waits until a few packets of each leg have been dealt with.
func (s *stage) flow() {
	s.t.Helper()
	s.mu.Lock()
	lines := append([]*line(nil), s.lines...)
	s.mu.Unlock()
	for _, l := range lines {
		for want, deadline := l.packets.Load()+4, time.Now().Add(patience); l.packets.Load() < want; {
			if time.Now().After(deadline) {
				s.t.Fatal("no packets flow")
			}
			select {
			case <-time.After(time.Millisecond):
			case <-l.stop:
				return
			}
		}
	}
}

// until waits for a view.
func (a *actor) until(t *testing.T, what string, ok func(wire.CallView) bool) wire.CallView {
	t.Helper()
	deadline := time.After(patience)
	for {
		if v := a.call(); ok(v) {
			return v
		}
		select {
		case <-a.news:
		case <-deadline:
			t.Fatalf("waiting for %s; the call is %+v", what, a.call())
		}
	}
}

// talk brings a call to where both are connected and nobody has answered.
func (s *stage) talk() (call string) {
	s.t.Helper()
	call = s.ring()
	s.take(call)
	return call
}

func (s *stage) ring() (call string) {
	s.t.Helper()
	s.must(s.member.Handle(s.t.Context(), &wire.CallStart{Expert: "lee"}))
	return s.expert.until(s.t, "the ringing", func(v wire.CallView) bool { return v.State == "ringing" }).ID
}

// take accepts the call and waits until both are connected.
func (s *stage) take(call string) {
	s.t.Helper()
	s.must(s.expert.Handle(s.t.Context(), &wire.CallAccept{Call: call}))
	s.member.until(s.t, "both connected", func(v wire.CallView) bool {
		return v.Media.You == "connected" && v.Media.Peer == "connected"
	})
}

func (s *stage) answer(a *actor, answer string) {
	s.t.Helper()
	v := a.call()
	s.must(a.Handle(s.t.Context(), &wire.ConsentAnswer{Call: v.ID, Hash: v.Consent.Question.Hash, Answer: answer}))
}

func (s *stage) withdraw(a *actor, call string) {
	s.t.Helper()
	s.must(a.Handle(s.t.Context(), &wire.ConsentWithdraw{Call: call}))
}

// keep keeps what was recorded before a no, if anything was.
func (s *stage) keep(a *actor, call string) {
	s.t.Helper()
	err := a.Handle(s.t.Context(), &wire.RecordingPart{Call: call, Keep: true})
	if err != nil && !errors.Is(err, session.ErrWrongPhase) {
		s.t.Fatal(err)
	}
}

func (s *stage) pause(call string) {
	s.t.Helper()
	s.must(s.expert.Handle(s.t.Context(), &wire.RecordingPause{Call: call}))
}

func (s *stage) hold(a *actor, call string, on bool) {
	s.t.Helper()
	s.must(a.Handle(s.t.Context(), &wire.CallHold{Call: call, On: on}))
}

func (s *stage) resume(call string) {
	s.t.Helper()
	s.must(s.expert.Handle(s.t.Context(), &wire.RecordingResume{Call: call}))
}

func (s *stage) hangUp(a *actor, call string) {
	s.t.Helper()
	s.must(a.Handle(s.t.Context(), &wire.CallHangup{Call: call}))
}

func TestThePauseIsTheExperts(t *testing.T) {
	h := newHouse(t, 0, false)
	c := h.talk()
	h.answer(h.member, "yes")
	h.answer(h.expert, "yes")
	h.member.until(t, "the light", func(v wire.CallView) bool { return v.Recording.State == wire.RecordingOn })
	if err := h.member.Handle(t.Context(), &wire.RecordingPause{Call: c}); !errors.Is(err, ErrForbidden) {
		t.Errorf("the member pauses: got %v, want ErrForbidden", err)
	}
	h.pause(c)
	for _, a := range []*actor{h.member, h.expert} {
		v := a.until(t, "the pause", func(v wire.CallView) bool { return v.Recording.State == wire.RecordingPaused })
		if v.Recording.RemindAt == nil || !v.Recording.Paused {
			t.Errorf("paused: got %+v, want when the expert is reminded", v.Recording)
		}
	}
	if err := h.member.Handle(t.Context(), &wire.RecordingResume{Call: c}); !errors.Is(err, ErrForbidden) {
		t.Errorf("the member resumes: got %v, want ErrForbidden", err)
	}
	// Either may stop, and a new yes does not end the pause.
	h.withdraw(h.member, c)
	h.member.until(t, "the stop", func(v wire.CallView) bool { return v.Recording.State == wire.RecordingStopped })
	h.answer(h.member, "yes")
	h.member.until(t, "the pause again", func(v wire.CallView) bool { return v.Recording.State == wire.RecordingPaused })
	h.resume(c)
	h.member.until(t, "the light again", func(v wire.CallView) bool {
		return v.Recording.State == wire.RecordingOn && !v.Recording.Paused && v.Recording.RemindAt == nil
	})
}

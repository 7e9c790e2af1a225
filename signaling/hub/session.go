package hub

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"parley/media/bridge"
	"parley/recorder/consent"
	"parley/signaling/auth"
	"parley/signaling/check"
	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// Session is one signed-in socket.
type Session struct {
	hub *Hub
	id  session.SocketID
	who auth.Identity

	checks *check.Guest // nil: it may have none

	mu     sync.Mutex // orders what is sent: made and queued in one piece
	socket Socket
}

// send queues a message behind what is being made for the socket.
func (s *Session) send(m wire.ServerMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.socket.Send(m)
}

// Attach signs a socket in: it gets the welcome, and from now on everything
// that concerns the person. A socket of the same tab as an
// earlier one goes on in its place.
func (h *Hub) Attach(ctx context.Context, who auth.Identity, tab string, s Socket) (*Session, error) {
	if err := h.oneAccount(ctx, who); err != nil {
		return nil, err
	}
	if err := h.register(ctx, who); err != nil {
		return nil, err
	}
	ses := h.greet(who, tab, s)
	ses.mayCheck()
	switch who.Role {
	case auth.RoleMember:
		h.sendDirectory(ctx, ses)
	case auth.RoleExpert:
		h.presenceChanged(ctx, who.Person)
	}
	return ses, nil
}

// greet makes the session known and sends the welcome. Whatever else concerns
// the person from now on waits until the welcome is out, so that no older view
// of a call follows a newer one.
func (h *Hub) greet(who auth.Identity, tab string, s Socket) *Session {
	ses := &Session{hub: h, who: who, socket: s}
	ses.mu.Lock()
	defer ses.mu.Unlock()
	h.mu.Lock()
	ses.id = h.socketID(tab)
	if h.sockets[who.Person] == nil {
		h.sockets[who.Person] = map[session.SocketID]*Session{}
	}
	h.sockets[who.Person][ses.id] = ses
	live := h.byPerson[who.Person]
	h.mu.Unlock()
	s.Send(h.welcome(ses, live))
	if live != nil {
		if live.takenUp {
			live.news.post(session.Returned{Side: live.sideOf(who.Person), Party: partyOf(who)})
		}
		live.news.post(seen(live.sideOf(who.Person), who))
	}
	return ses
}

// tabBit is set in the id of a tab that has told its own, so that it is none of
// those that are counted up.
const tabBit = 1 << 63

// socketID is the same for every socket of a tab, or another each time where the
// tab has told nothing. The caller holds mu.
func (h *Hub) socketID(tab string) session.SocketID {
	if tab == "" {
		h.lastID++
		return h.lastID
	}
	sum := sha256.Sum256([]byte(tab))
	return session.SocketID(binary.BigEndian.Uint64(sum[:]) | tabBit)
}

// register keeps what the token says about an expert, for the directory.
func (h *Hub) register(ctx context.Context, who auth.Identity) error {
	err := h.cfg.Store.UpsertPerson(ctx, meta.Person{
		ID: who.Person, Role: string(who.Role), Name: who.Name, Headline: who.Headline,
		Languages: who.Languages, UpdatedAt: h.cfg.Now(),
	})
	if err != nil {
		return fmt.Errorf("register person: %w", err)
	}
	return nil
}

func (h *Hub) welcome(s *Session, live *call) wire.Welcome {
	w := wire.Welcome{
		Person: wire.Person{
			ID: string(s.who.Person), Role: string(s.who.Role), Name: s.who.Name, Headline: s.who.Headline,
		},
		Language: h.cfg.Words.Language(partyOf(s.who).Language),
		Operator: h.cfg.Operator, ICEServers: h.cfg.ICEServers(s.who), ServerTime: h.cfg.Now().UTC(),
	}
	if live != nil {
		if v, ok := live.view(s); ok {
			w.Call = &v
		}
	}
	return w
}

// Detach forgets the socket. A call goes on: the person may come back, and
// media tells by itself when it is gone.
func (s *Session) Detach(ctx context.Context) {
	h := s.hub
	if s.checks != nil {
		s.checks.Leave()
	}
	h.mu.Lock()
	if h.sockets[s.who.Person][s.id] == s { // another may go on in its place
		delete(h.sockets[s.who.Person], s.id)
	}
	last := len(h.sockets[s.who.Person]) == 0
	if last {
		delete(h.sockets, s.who.Person)
	}
	h.mu.Unlock()
	if last && s.who.Role == auth.RoleExpert {
		h.presenceChanged(ctx, s.who.Person)
	}
}

// Handle carries out one message of the socket. The error is for the client.
func (s *Session) Handle(ctx context.Context, m wire.ClientMessage) error {
	if s.hub.revoked(s.who) {
		return auth.ErrRevoked
	}
	err := s.carryOut(ctx, m)
	if err == nil {
		s.hold(m)
	}
	return err
}

func (s *Session) carryOut(ctx context.Context, m wire.ClientMessage) error {
	switch m := m.(type) {
	case *wire.Hello:
		return fmt.Errorf("%w: signed in already", ErrForbidden)
	case *wire.PresenceSet:
		return s.setPresence(ctx, m.Available)
	case *wire.CallStart:
		return s.startCall(ctx, id.PersonID(m.Expert))
	case *wire.CallAccept:
		return s.postAs(m.Call, session.Expert, session.Accepted{Socket: s.id})
	case *wire.CallDecline:
		return s.postAs(m.Call, session.Expert, session.Declined{})
	case *wire.CallDelay:
		return s.postAs(m.Call, session.Expert, session.Delayed{})
	case *wire.CallCancel:
		return s.postAs(m.Call, session.Member, session.HungUp{Side: session.Member})
	case *wire.MediaWarm:
		return s.postAs(m.Call, session.Expert, session.Warmed{Socket: s.id})
	case *wire.RecordingPause:
		return s.postAs(m.Call, session.Expert, session.Paused{})
	case *wire.RecordingResume:
		return s.postAs(m.Call, session.Expert, session.Resumed{})
	case *wire.Ping, *wire.CheckStart, *wire.CheckAnswer, *wire.CheckEnd:
		return s.handleCheck(ctx, m)
	}
	return s.handleInCall(ctx, m)
}

// handleInCall carries out what either side of a call may say.
func (s *Session) handleInCall(ctx context.Context, m wire.ClientMessage) error {
	switch m := m.(type) {
	case *wire.CallHangup:
		return s.post(m.Call, func(at session.Side) any { return session.HungUp{Side: at} })
	case *wire.MessageSend:
		return s.write(ctx, m)
	case *wire.MediaJoin:
		return s.post(m.Call, func(at session.Side) any { return session.Joined{Side: at, Socket: s.id} })
	case *wire.CallHold:
		return s.post(m.Call, func(at session.Side) any { return session.Held{Side: at, On: m.On} })
	case *wire.MediaMute:
		return s.post(m.Call, func(at session.Side) any { return session.Muted{Side: at, Muted: m.Muted} })
	case *wire.ConsentShown:
		return s.post(m.Call, func(at session.Side) any { return session.Shown{Side: at, Hash: m.Hash} })
	case *wire.ConsentAnswer:
		return s.post(m.Call, func(at session.Side) any {
			return session.Answered{Side: at, Hash: m.Hash, Answer: answers[m.Answer]}
		})
	case *wire.RecordingPart:
		return s.post(m.Call, func(at session.Side) any { return session.PartChosen{Side: at, Keep: m.Keep} })
	case *wire.ConsentWithdraw:
		return s.post(m.Call, func(at session.Side) any { return session.Withdrew{Side: at} })
	case *wire.MediaAnswer:
		return s.post(m.Call, func(at session.Side) any {
			return mediaAnswer{side: at, socket: s.id, generation: m.Generation, restart: m.Restart, sdp: m.SDP}
		})
	case *wire.MediaRestart:
		return s.post(m.Call, func(at session.Side) any {
			return mediaRestart{side: at, socket: s.id, generation: m.Generation}
		})
	case *wire.MediaCandidate:
		return s.post(m.Call, func(at session.Side) any {
			return mediaCandidate{side: at, socket: s.id, generation: m.Generation, candidate: candidate(m.Candidate)}
		})
	}
	return fmt.Errorf("%w: %T", ErrForbidden, m)
}

var answers = map[string]consent.Answer{
	wire.AnswerYes:       consent.AnswerExpress,
	wire.AnswerNo:        consent.AnswerDeclined,
	wire.AnswerContinued: consent.AnswerContinued,
}

func candidate(c *wire.Candidate) *bridge.Candidate {
	if c == nil {
		return nil
	}
	return &bridge.Candidate{
		Candidate: c.Candidate, SDPMid: c.SDPMid,
		SDPMLineIndex: c.SDPMLineIndex, UsernameFragment: c.UsernameFragment,
	}
}

// postAs posts an event that only one side may cause.
func (s *Session) postAs(callID string, side session.Side, e session.Event) error {
	return s.post(callID, func(at session.Side) any {
		if at != side {
			return nil
		}
		return e
	})
}

// post hands an event to the person's live call and waits for its answer. A
// message for a call that has just ended is late, not wrong.
func (s *Session) post(callID string, event func(session.Side) any) error {
	s.hub.mu.Lock()
	c := s.hub.byPerson[s.who.Person]
	late := s.hub.recent.has(id.CallID(callID))
	s.hub.mu.Unlock()
	if c == nil || string(c.id) != callID {
		if late {
			return nil
		}
		return ErrNoSuchCall
	}
	e := event(c.sideOf(s.who.Person))
	if e == nil {
		return ErrForbidden
	}
	return c.ask(e)
}

func (s *Session) startCall(ctx context.Context, expert id.PersonID) error {
	h := s.hub
	if s.who.Person == expert {
		return ErrSelfCall
	}
	if s.who.Role != auth.RoleMember {
		return ErrForbidden
	}
	if !h.cfg.Policy.MayCall(s.who.Age) {
		return ErrTooYoung
	}
	if h.rings(s, expert) {
		return nil // a second click
	}
	x, err := h.cfg.Store.Person(ctx, expert)
	switch {
	case errors.Is(err, meta.ErrNotExist) || err == nil && x.Role != string(auth.RoleExpert):
		return ErrNoSuchExpert
	case err != nil:
		return fmt.Errorf("look up the expert: %w", err)
	}
	err = s.ring(ctx, x)
	if reason := neverRang(err); reason != "" {
		h.keepRefused(ctx, s.who, x, reason)
	}
	return err
}

// rings tells whether the tab's call to the expert rings already.
func (h *Hub) rings(s *Session, expert id.PersonID) bool {
	h.mu.Lock()
	c := h.byPerson[s.who.Person]
	h.mu.Unlock()
	if c == nil || c.people != [2]id.PersonID{s.who.Person, expert} {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state.AcceptedAt.IsZero() && c.state.Phase != session.Ended && c.state.Sides[session.Member].Socket == s.id
}

// ring rings an expert who takes calls from this person.
func (s *Session) ring(ctx context.Context, x meta.Person) error {
	blocked, err := s.hub.cfg.Store.Blocked(ctx, s.who.Person, x.ID) // always: how long it takes tells nothing
	switch {
	case err != nil:
		return fmt.Errorf("look for a block: %w", err)
	case blocked:
		return errBlocked
	case !x.Available:
		return ErrAway
	}
	return s.hub.startCall(ctx, s, x)
}

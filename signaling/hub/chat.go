package hub

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"parley/signaling/limit"
	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// Vault seals what people write; *envelope.Master is one.
type Vault interface {
	SealSecret(name string, secret []byte) ([]byte, error)
}

const (
	chatMost = 500 // messages of one side in one call
)

// chatRate is how fast one side may write.
func chatRate() limit.Rate { return limit.Rate{Count: 10, Per: 20 * time.Second} }

// chat is what the two people of a call write to each other. Its lock is held while
// a message is stored and handed out, so both see all messages in one order; the
// call itself does not wait for it.
type chat struct {
	turn  sync.Mutex
	sides [2]chatSide // guarded by turn
}

// chatSide bounds how much one side writes.
type chatSide struct {
	rate *limit.Meter
	left int
}

func newChat(now func() time.Time) *chat {
	c := &chat{}
	for s := range c.sides {
		c.sides[s] = chatSide{limit.NewMeter(limit.Rates{Person: chatRate()}, now), chatMost}
	}
	return c
}

// write keeps a message, sealed, and then shows it to both: who sees a message can
// be sure that it is part of the transcript.
func (s *Session) write(ctx context.Context, m *wire.MessageSend) error {
	c, err := s.talk(m.Call)
	if err != nil {
		return err
	}
	side := c.sideOf(s.who.Person)
	h, bound := s.hub, &c.chat.sides[side]
	if h.cfg.Vault == nil {
		return ErrForbidden
	}
	c.chat.turn.Lock()
	defer c.chat.turn.Unlock()
	now := h.cfg.Now().UTC()
	if bound.left == 0 || bound.rate.Person(s.who.Person) != nil {
		return ErrChatty
	}
	text := strings.TrimSpace(m.Text)
	t := meta.Text{
		ID: id.NewText(now), Call: c.id, Kind: meta.TextMessage, Author: s.who.Person, Part: side.String(), At: now,
	}
	if t.Sealed, err = h.cfg.Vault.SealSecret(t.SealName(), []byte(text)); err != nil {
		return fmt.Errorf("seal a message: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, ioTimeout)
	defer cancel()
	if err := h.cfg.Store.InsertText(ctx, t); err != nil {
		return fmt.Errorf("keep a message: %w", err)
	}
	bound.left--
	told := wire.Message{Call: string(c.id), ID: string(t.ID), From: string(t.Author), At: now, Text: text}
	for _, p := range c.people {
		for _, tab := range h.tabs(p) {
			tab.send(told)
		}
	}
	return nil
}

// talk is the person's live call once it was accepted: nobody writes to somebody
// who has not answered.
func (s *Session) talk(callID string) (*call, error) {
	s.hub.mu.Lock()
	c := s.hub.byPerson[s.who.Person]
	s.hub.mu.Unlock()
	if c == nil || string(c.id) != callID {
		return nil, ErrNoSuchCall
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state.AcceptedAt.IsZero() || c.state.Phase == session.Ended {
		return nil, session.ErrWrongPhase
	}
	return c, nil
}

package bridge

import (
	"context"
	"errors"
)

// spare is a connection that was made for a leg before it is known whether it will
// serve it: of one of the tabs in which a call rings. Whatever comes over it is
// dropped, and nothing is sent.
type spare struct {
	transport Transport
	source    *source
	answered  bool // its offer; guarded by the leg's mu
}

// Spare makes a connection beside others for a leg that none serves yet, and returns
// the server's SDP offer with the generation that answers must name. Who calls it
// bounds how many there are.
func (b *Bridge) Spare(ctx context.Context, n int) (generation int, sdp string, err error) {
	l := &b.legs[n]
	l.mu.Lock()
	defer l.mu.Unlock()
	if b.closed.Load() || l.transport != nil {
		return 0, "", errors.New("bridge: no spare connection for a leg that is served, or closed")
	}
	s, sdp, err := b.makeLocked(ctx, n)
	if err != nil {
		return 0, "", err
	}
	if l.spares == nil {
		l.spares = map[int]*spare{}
	}
	l.spares[s.source.generation] = s
	return s.source.generation, sdp, nil
}

// Take lets a spare connection serve its leg from now on and ends the others; state
// is how it stands, and what follows is reported. One that was not answered, or is
// lost, is not taken, and nothing has changed: Offer makes another.
func (b *Bridge) Take(n, generation int) (state State, taken bool) {
	l := &b.legs[n]
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.spares[generation]
	if s == nil || !s.answered || s.standing() == StateLost {
		return StateNone, false
	}
	delete(l.spares, generation)
	b.endSparesLocked(l)
	l.serveLocked(s)
	return s.standing(), true
}

// DropSpare ends a spare connection.
func (b *Bridge) DropSpare(n, generation int) {
	l := &b.legs[n]
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.spares[generation]; s != nil {
		delete(l.spares, generation)
		b.end(s)
	}
}

// endSparesLocked ends the spares of a leg.
func (b *Bridge) endSparesLocked(l *leg) {
	for generation, s := range l.spares {
		delete(l.spares, generation)
		b.end(s)
	}
}

// end closes a spare on a goroutine that Close waits for: nobody waits for what is
// not needed any more.
func (b *Bridge) end(s *spare) {
	b.ending.Go(func() { _ = s.transport.Close() }) // it is being thrown away
}

// answered takes down that a spare can be taken.
func (l *leg) answered(generation int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.spares[generation]; s != nil {
		s.answered = true
	}
}

// standing is the newest state that the spare's transport has reported.
func (s *spare) standing() State {
	if st := s.source.state.Load(); st != nil {
		return *st
	}
	return StateConnecting
}

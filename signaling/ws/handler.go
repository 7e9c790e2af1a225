package ws

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"

	"parley/recorder/consent"
	"parley/signaling/auth"
	"parley/signaling/hub"
	"parley/signaling/limit"
	"parley/signaling/problem"
	"parley/signaling/wire"
)

const (
	helloWithin   = 5 * time.Second
	pingEvery     = 4 * time.Second
	pongWithin    = 5 * time.Second
	writeWithin   = 5 * time.Second
	queueLength   = 64 // messages that may wait for a slow client; beyond that it is disconnected
	errorsAllowed = 20 // malformed messages a minute before the socket is closed
)

// Veil makes what stands for where somebody comes from, and tells nothing of it.
type Veil interface {
	Address(addr netip.Addr) string
	// Device is of what a browser says of itself; empty of nothing.
	Device(said string) string
}

// Handler serves GET /api/v1/socket.
type Handler struct {
	Hub    *hub.Hub
	Tokens *auth.Verifier
	Now    func() time.Time
	Log    zerolog.Logger
	// Cookie is where browsers of staff keep their token.
	Cookie auth.Cookie
	// Limits bound sign-ins, calls and messages.
	Limits limit.Meters
	// Origins are the origins, scheme://host, of other sites whose pages may
	// connect; the server's own origin always may.
	Origins []string
	// Locate tells a place from a network address, and whether the address
	// hides who is behind it; nil knows none. The address goes nowhere else.
	Locate func(addr netip.Addr) (code string, hidden bool)

	// Veil makes what stands for an address and a device in comparisons; nil: none
	// are made.
	Veil Veil

	open sync.WaitGroup // sockets

	mu     sync.Mutex // guards people
	people map[*socket]auth.Identity
}

// ServeHTTP runs one socket until it ends.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.open.Add(1)
	defer h.open.Done()
	from := limit.Remote(r)
	if err := h.Limits.SignIn.Address(from); err != nil {
		problem.Write(w, err, "")
		return
	}
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols:   []string{wire.Subprotocol},
		OriginPatterns: h.Origins,
	})
	if err != nil {
		return // Accept has answered
	}
	c.SetReadLimit(wire.MaxMessageBytes)
	s := newSocket(c)
	readerDone := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() { s.run(r.Context().Done(), readerDone) })
	end := h.serve(context.WithoutCancel(r.Context()), s, r, from)
	close(readerDone)
	writer.Wait()
	if end == byReader {
		end = ending{code: websocket.StatusNormalClosure}
	}
	_ = c.Close(end.code, end.reason) // nothing is left to do where it is closed already
}

// Wait waits for every socket to end. Sockets end when the context of their
// request does.
func (h *Handler) Wait() { h.open.Wait() }

// serve reads until the socket ends and tells how to close it.
func (h *Handler) serve(ctx context.Context, s *socket, r *http.Request, from netip.Addr) ending {
	who, tab, err := h.hello(ctx, s, r)
	if err != nil {
		return s.refuse(err)
	}
	who.Places = append(who.Places, h.seen(from)...)
	who.Address, who.Device = h.veiled(from, who.Device)
	h.enter(s, who)
	defer h.leave(s)
	if err := h.Tokens.Still(who); err != nil {
		return s.refuse(err) // it was taken back before it was entered
	}
	ses, err := h.Hub.Attach(ctx, who, tab, s)
	if err != nil && !problem.Internal(err) {
		return s.refuse(err)
	}
	if err != nil {
		h.Log.Error().Err(err).Msg("socket not attached")
		return tryAgain
	}
	defer ses.Detach(ctx)
	return h.read(ctx, s, ses, meters{h.Limits, who.Person, from})
}

// hello waits for the first message, which must sign in.
func (h *Handler) hello(ctx context.Context, s *socket, r *http.Request) (who auth.Identity, tab string, err error) {
	m, err := s.receive()
	if err != nil {
		return who, "", err
	}
	hello, ok := m.(*wire.Hello)
	if !ok {
		return who, "", problem.ErrUnauthenticated
	}
	who, err = h.Tokens.Verify(ctx, h.token(r, hello.Token))
	switch who.Role {
	case auth.RoleService:
		err = problem.ErrForbidden // a backend reads the feed
	}
	if err == nil {
		err = h.Limits.SignIn.Person(who.Person)
	}
	if err == nil {
		s.signedIn <- who.Expires.Sub(h.Now())
	}
	who.Device = hello.Device // veiled by the caller
	if hello.Place != "" {
		who.Places = append(who.Places, auth.Place{Code: hello.Place, Source: auth.SourceStated})
	}
	return who, hello.Tab, err
}

// token is what the first message said, or what the browser of staff keeps for
// this server's own pages: a page of another site cannot speak by a cookie.
func (h *Handler) token(r *http.Request, said string) string {
	if slices.Contains(h.Origins, r.Header.Get("Origin")) {
		return said
	}
	return h.Cookie.Token(r, said)
}

// veiled is what stands for where somebody comes from; nothing without a veil.
func (h *Handler) veiled(from netip.Addr, device string) (string, string) {
	if h.Veil == nil {
		return "", ""
	}
	return h.Veil.Address(from), h.Veil.Device(device)
}

// seen is the place of a connection's address, which is dropped here.
func (h *Handler) seen(from netip.Addr) []auth.Place {
	if h.Locate == nil || !from.IsValid() {
		return nil
	}
	code, hidden := h.Locate(from)
	if code == "" {
		return nil
	}
	return []auth.Place{{Code: code, Source: string(consent.SourceIP), Hidden: hidden}}
}

// read hands every message to the session until the socket ends.
func (h *Handler) read(ctx context.Context, s *socket, ses *hub.Session, may meters) ending {
	faults := faultCounter{now: h.Now}
	for {
		m, err := s.receive()
		var malformed *wire.DecodeError
		switch {
		case errors.Is(err, errClosed):
			return byReader
		case errors.As(err, &malformed):
			if faults.tooMany() {
				return brokeRule
			}
			h.answer(s, malformed.Ref, err)
			continue
		}
		if err := may.send(m); err != nil {
			if faults.tooMany() {
				return brokeRule
			}
			h.answer(s, m.Reference(), err)
			continue
		}
		if err := ses.Handle(ctx, m); err != nil {
			h.answer(s, m.Reference(), err)
		}
	}
}

// answer tells the client what was refused.
func (h *Handler) answer(s *socket, ref string, err error) {
	if problem.Internal(err) {
		h.Log.Error().Err(err).Msg("message not handled")
	}
	s.Send(wire.Error{Ref: ref, Problem: problem.From(err, "")})
}

// faultCounter counts malformed messages within the running minute.
type faultCounter struct {
	now   func() time.Time
	since time.Time
	count int
}

func (f *faultCounter) tooMany() bool {
	if now := f.now(); now.Sub(f.since) > time.Minute {
		f.since, f.count = now, 0
	}
	f.count++
	return f.count > errorsAllowed
}

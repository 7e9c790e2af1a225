package ws

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"

	"parley/signaling/auth"
	"parley/signaling/hub"
	"parley/signaling/problem"
	"parley/signaling/wire"
)

// Close codes beside those of RFC 6455.
const (
	closeSignedOut = websocket.StatusCode(4001)
	closeTooSlow   = websocket.StatusCode(4002)
)

const (
	helloWithin   = 5 * time.Second
	pingEvery     = 4 * time.Second
	pongWithin    = 5 * time.Second
	writeWithin   = 5 * time.Second
	queueLength   = 64 // messages that may wait for a slow client; beyond that it is disconnected
	errorsAllowed = 20 // malformed messages a minute before the socket is closed
)

// Handler serves GET /v1/socket.
type Handler struct {
	Hub    *hub.Hub
	Tokens *auth.Verifier
	Now    func() time.Time
	Log    zerolog.Logger
	// Origins are host patterns from which browsers of other sites may
	// connect; the server's own origin always may.
	Origins []string
}

// ServeHTTP runs one socket until it ends.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols:   []string{wire.Subprotocol},
		OriginPatterns: h.Origins,
	})
	if err != nil {
		return // Accept has answered
	}
	c.SetReadLimit(wire.MaxMessageBytes)
	s := &socket{conn: c, queue: make(chan wire.ServerMessage, queueLength), slow: make(chan struct{})}
	code, reason := h.serve(r.Context(), s)
	_ = c.Close(code, reason) // the peer may be gone already
}

// serve returns the code and reason to close with.
func (h *Handler) serve(ctx context.Context, s *socket) (websocket.StatusCode, string) {
	who, err := h.hello(ctx, s)
	if err != nil {
		return s.refuse(ctx, err)
	}
	ctx, cancel := context.WithDeadline(ctx, who.Expires)
	defer cancel()
	ses, err := h.Hub.Attach(ctx, who, s)
	if err != nil {
		h.Log.Error().Err(err).Msg("socket not attached")
		return websocket.StatusInternalError, "try again"
	}
	defer ses.Detach(context.WithoutCancel(ctx))

	ended := make(chan error, 1)
	go func() { ended <- s.write(ctx, cancel) }()
	readErr := h.read(ctx, s, ses)
	expired := !h.Now().Before(who.Expires)
	cancel()
	writeErr := <-ended
	return closing(readErr, writeErr, expired)
}

func closing(readErr, writeErr error, expired bool) (websocket.StatusCode, string) {
	switch {
	case errors.Is(writeErr, errTooSlow):
		return closeTooSlow, "reading too slowly"
	case errors.Is(readErr, errRules):
		return websocket.StatusPolicyViolation, "too many malformed messages"
	case expired:
		return closeSignedOut, "the token has expired"
	}
	return websocket.StatusNormalClosure, ""
}

// hello waits for the first message, which must sign in.
func (h *Handler) hello(ctx context.Context, s *socket) (auth.Identity, error) {
	ctx, cancel := context.WithTimeout(ctx, helloWithin)
	defer cancel()
	_, data, err := s.conn.Read(ctx)
	if err != nil {
		return auth.Identity{}, fmt.Errorf("wait for hello: %w", err)
	}
	m, err := wire.Decode(data)
	if err != nil {
		return auth.Identity{}, err
	}
	hello, ok := m.(*wire.Hello)
	if !ok {
		return auth.Identity{}, problem.ErrUnauthenticated
	}
	return h.Tokens.Verify(hello.Token)
}

var errRules = errors.New("ws: too many malformed messages")

// read hands every message to the session until the socket ends.
func (h *Handler) read(ctx context.Context, s *socket, ses *hub.Session) error {
	faults := faultCounter{now: h.Now}
	for {
		_, data, err := s.conn.Read(ctx)
		if err != nil {
			return err
		}
		m, err := wire.Decode(data)
		ref := ""
		if err == nil {
			ref = m.Reference()
			err = ses.Handle(ctx, m)
		} else {
			var d *wire.DecodeError
			if errors.As(err, &d) {
				ref = d.Ref
			}
			if faults.tooMany() {
				return errRules
			}
		}
		if err != nil {
			if problem.Internal(err) {
				h.Log.Error().Err(err).Msg("message not handled")
			}
			s.Send(wire.Error{Ref: ref, Problem: problem.From(err, "")})
		}
	}
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

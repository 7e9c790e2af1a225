package softphone

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/pion/webrtc/v4"

	"parley/signaling/auth"
	"parley/signaling/wire"
)

// Config says whom to be.
type Config struct {
	Server string // base URL, http or https
	Token  string
	Place  string       // where the person says to be; empty says nothing
	HTTP   *http.Client // nil: http.DefaultClient
	// Way is how the server is reached; empty is Direct.
	Way Way
	// Stamped sends the time in place of sound, so that the other phone can
	// tell how long each packet took.
	Stamped bool
	// Cold makes the connection of a call at the accept only, as a client may.
	Cold bool
	// Tab is the phone's name over several sockets, see wire.Hello; Redial needs it.
	Tab string
}

// Way is a way to the server's media; no other is tried.
type Way string

// The ways there are. The relayed ones go through the server's own TURN server.
const (
	Direct   Way = ""         // UDP
	ICETCP   Way = "ice-tcp"  // a TCP connection to the media port (RFC 6544)
	RelayUDP Way = "turn-udp" // to the relay by UDP
	RelayTCP Way = "turn-tcp" // to the relay by TCP
	Any      Way = "any"      // all of these and TURN over TLS, as a browser does
)

// relayed tells whether the way leads through the relay.
func (w Way) relayed() bool { return strings.HasPrefix(string(w), "turn") }

// takes tells whether a TURN URI (RFC 7065) is of the way.
func (w Way) takes(uri string) bool {
	switch w {
	case Any:
		return true
	case RelayUDP:
		return strings.HasPrefix(uri, "turn:") && strings.HasSuffix(uri, "transport=udp")
	case RelayTCP:
		return strings.HasPrefix(uri, "turn:") && strings.HasSuffix(uri, "transport=tcp")
	}
	return false
}

// State is what the phone knows at a moment.
type State struct {
	Welcome  *wire.Welcome
	Experts  []wire.Expert
	Presence *wire.Presence
	Call     *wire.CallView
	Ready    *wire.RecordingReady
	// Relayed tells that the newest connection may use the relay alone.
	Relayed bool
	// Warm is the ringing call for which a connection came up last.
	Warm string
	// Problem is the newest error that the server sent.
	Problem *wire.Problem
}

// Phone is one signed-in participant.
type Phone struct {
	cfg  Config
	conn *websocket.Conn
	ctx  context.Context
	end  context.CancelFunc
	work sync.WaitGroup

	reading sync.WaitGroup // of the present conn

	mu      sync.Mutex // guards conn and what follows
	state   State
	changed chan struct{} // closed and replaced at each change
	err     error         // why the socket ended
	media   *media
	warm    *media                           // for the time after the accept
	warmAt  wire.MediaOffer                  // what warm answered
	joined  wire.MediaOffer                  // what media answered
	renewed int                              // restarts of ICE that media answered
	changes map[string]wire.DirectoryChanged // the newest of each expert
}

// Dial signs in and returns once the server has said welcome.
func Dial(ctx context.Context, cfg Config) (*Phone, error) {
	conn, err := open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	p := &Phone{cfg: cfg, conn: conn, changed: make(chan struct{}), changes: map[string]wire.DirectoryChanged{}}
	p.ctx, p.end = context.WithCancel(context.WithoutCancel(ctx))
	if err := p.signIn(ctx, conn); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func open(ctx context.Context, cfg Config) (*websocket.Conn, error) {
	url := strings.Replace(strings.TrimSuffix(cfg.Server, "/"), "http", "ws", 1) + wire.Root + "/socket"
	conn, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{
		HTTPClient: cfg.HTTP, Subprotocols: []string{wire.Subprotocol},
	})
	if err != nil {
		return nil, fmt.Errorf("open the socket: %w", err)
	}
	conn.SetReadLimit(1 << 20)
	return conn, nil
}

func (p *Phone) signIn(ctx context.Context, conn *websocket.Conn) error {
	p.reading.Go(func() { p.read(conn) })
	if err := p.Send(ctx, &wire.Hello{Token: p.cfg.Token, Place: p.cfg.Place, Tab: p.cfg.Tab}); err != nil {
		return err
	}
	return p.Wait(ctx, "the welcome", func(s State) bool { return s.Welcome != nil })
}

// Cut loses the socket as a network does that goes away: nothing is said to the
// server. The media stay.
func (p *Phone) Cut() {
	_ = p.socket().CloseNow() // it is being lost
	p.reading.Wait()
}

// Redial opens a socket in the place of the one that was cut, and returns once the
// server has said welcome. Only one goroutine may use the phone meanwhile.
func (p *Phone) Redial(ctx context.Context) error {
	conn, err := open(ctx, p.cfg)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.conn, p.err, p.state.Welcome = conn, nil, nil
	p.mu.Unlock()
	return p.signIn(ctx, conn)
}

// Restart asks for a restart of ICE on the phone's connection. Restarts tells
// when it was answered.
func (p *Phone) Restart(ctx context.Context) error {
	p.mu.Lock()
	at := p.joined
	p.mu.Unlock()
	return p.Send(ctx, &wire.MediaRestart{Call: at.Call, Generation: at.Generation})
}

// Restarts is how many restarts of ICE the present media have answered.
func (p *Phone) Restarts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.renewed
}

func (p *Phone) socket() *websocket.Conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conn
}

// Close hangs the socket up and waits for everything.
func (p *Phone) Close() error {
	err := p.socket().Close(websocket.StatusNormalClosure, "")
	p.end()
	p.reading.Wait()
	p.work.Wait()
	p.mu.Lock()
	all := []*media{p.media, p.warm}
	p.media, p.warm = nil, nil
	p.mu.Unlock()
	for _, m := range all {
		if m != nil {
			m.close()
		}
	}
	if websocket.CloseStatus(err) != -1 {
		return nil // the server had closed it before
	}
	return err
}

// Send sends one message.
func (p *Phone) Send(ctx context.Context, m wire.ClientMessage) error {
	data, err := wire.EncodeClient(m)
	if err != nil {
		return err
	}
	return p.socket().Write(ctx, websocket.MessageText, data)
}

// State returns what the phone knows now.
func (p *Phone) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

// Wait waits until the state satisfies ok; what names it for the error.
func (p *Phone) Wait(ctx context.Context, what string, ok func(State) bool) error {
	for {
		p.mu.Lock()
		s, changed, err := p.state, p.changed, p.err
		p.mu.Unlock()
		if ok(s) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("wait for %s: the socket ended: %w", what, err)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w (%s)", what, ctx.Err(), s.describe())
		}
	}
}

// isLate tells whether a view is the last of a call that another has followed
// already.
func (s State) isLate(v wire.CallView) bool {
	return v.State == "ended" && s.Call != nil && s.Call.ID != v.ID && s.Call.State != "ended"
}

func (s State) describe() string {
	var parts []string
	if c := s.Call; c != nil {
		parts = append(parts, fmt.Sprintf("call is %s, media %s/%s, answer %s, light %s",
			c.State, c.Media.You, c.Media.Peer, c.Consent.Answer, c.Recording.State))
	}
	if s.Problem != nil {
		parts = append(parts, "the server said: "+s.Problem.Detail)
	}
	if len(parts) == 0 {
		return "nothing has happened"
	}
	return strings.Join(parts, "; ")
}

func (p *Phone) read(conn *websocket.Conn) {
	for {
		_, data, err := conn.Read(p.ctx)
		if err != nil {
			p.update(func(*State) { p.err = err })
			return
		}
		m, err := wire.DecodeServer(data)
		if err != nil {
			p.update(func(*State) { p.err = err })
			return
		}
		p.take(m)
	}
}

func (p *Phone) update(f func(*State)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(&p.state)
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *Phone) take(m wire.ServerMessage) {
	switch m := m.(type) {
	case wire.MediaOffer:
		p.answer(m)
		return
	case wire.Call:
		p.follow(m.Call)
	}
	p.update(func(s *State) {
		switch m := m.(type) {
		case wire.Welcome:
			s.Welcome = &m
			s.Call = m.Call
		case wire.Directory:
			s.Experts = m.Experts
			for _, c := range p.changes {
				if c.Version > m.Version {
					s.Experts = withExpert(s.Experts, c.Expert)
				}
			}
		case wire.DirectoryChanged:
			p.changes[m.Expert.ID] = m
			s.Experts = withExpert(s.Experts, m.Expert)
		case wire.Presence:
			s.Presence = &m
		case wire.Call:
			if !s.isLate(m.Call) {
				s.Call = &m.Call
			}
		case wire.RecordingReady:
			s.Ready = &m
		case wire.Error:
			s.Problem = &m.Problem
		}
	})
}

// withExpert is a list with the entry of one expert, new or changed.
func withExpert(list []wire.Expert, x wire.Expert) []wire.Expert {
	out := slices.Clone(list)
	if i := slices.IndexFunc(out, func(e wire.Expert) bool { return e.ID == x.ID }); i >= 0 {
		out[i] = x
		return out
	}
	return append(out, x)
}

// follow readies a connection when a call begins to ring here, and takes it or lets
// it go when it does not ring any more.
func (p *Phone) follow(v wire.CallView) {
	p.mu.Lock()
	was, warm, at := p.state.Call, p.warm, p.warmAt
	answered := warm != nil && at.Call == v.ID && v.State != "ringing"
	takes := answered && v.Here && v.State != "ended"
	over := answered && !takes
	if answered {
		p.warm = nil
	}
	begins := v.State == "ringing" && (was == nil || was.ID != v.ID)
	var old *media
	switch {
	case takes:
		old, p.media, p.joined, p.renewed = p.media, warm, at, 0
	case begins && p.joined.Call != v.ID: // of the call before
		old, p.media = p.media, nil
	}
	p.mu.Unlock()
	p.drop(old)
	switch {
	case takes:
		warm.begin(p.ctx)
	case over:
		p.drop(warm)
	case begins && v.Role == string(auth.RoleExpert) && !p.cfg.Cold:
		if err := p.Send(p.ctx, &wire.MediaWarm{Call: v.ID}); err != nil {
			p.update(func(*State) { p.err = err })
		}
	}
}

// drop ends media, which may wait for a relay that does not answer.
func (p *Phone) drop(m *media) {
	if m != nil {
		p.work.Go(m.close)
	}
}

// answer replaces the phone's media by one for the new offer, readies one for the
// time after the accept, or restarts ICE on the one there is.
func (p *Phone) answer(offer wire.MediaOffer) {
	if offer.Restart > 0 {
		p.restart(offer)
		return
	}
	p.mu.Lock()
	old, servers := p.warm, p.state.Welcome.ICEServers
	p.warm = nil
	if !offer.Warm {
		p.drop(p.media)
		p.media = nil
	}
	p.mu.Unlock()
	p.drop(old)
	cfg := p.cfg
	if offer.Relay && !cfg.Way.relayed() {
		cfg.Way = RelayUDP
	}
	if len(offer.ICEServers) > 0 {
		servers = offer.ICEServers
	}
	m, sdp, err := newMedia(p.ctx, cfg, offer.SDP, servers)
	if err != nil {
		p.update(func(*State) { p.err = err })
		return
	}
	if offer.Warm {
		m.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
			if s == webrtc.PeerConnectionStateConnected {
				p.update(func(s *State) { s.Warm = offer.Call })
			}
		})
	}
	err = p.Send(p.ctx, &wire.MediaAnswer{Call: offer.Call, Generation: offer.Generation, SDP: sdp})
	if err != nil { // the phone is being closed
		m.close()
		p.update(func(*State) { p.err = err })
		return
	}
	if offer.Warm {
		p.update(func(*State) { p.warm, p.warmAt = m, offer })
		return
	}
	m.begin(p.ctx)
	p.update(func(s *State) { p.media, p.joined, p.renewed, s.Relayed = m, offer, 0, offer.Relay })
}

func (p *Phone) restart(offer wire.MediaOffer) {
	p.mu.Lock()
	m, at := p.media, p.joined
	p.mu.Unlock()
	if m == nil || at.Call != offer.Call || at.Generation != offer.Generation {
		return
	}
	sdp, err := m.answer(p.ctx, offer.SDP, p.cfg.Way.relayed())
	if err == nil {
		err = p.Send(p.ctx, &wire.MediaAnswer{Call: offer.Call, Generation: offer.Generation, Restart: offer.Restart, SDP: sdp})
	}
	p.update(func(*State) {
		if p.renewed++; err != nil {
			p.err = err
		}
	})
}

// Media returns the phone's present media, nil before the first offer.
func (p *Phone) Media() Media {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.media == nil {
		return nil
	}
	return p.media
}

// Agree answers the recording question of the present call.
func (p *Phone) Agree(ctx context.Context, answer string) error {
	err := p.Wait(ctx, "the recording question", func(s State) bool {
		return s.Call != nil && s.Call.Consent.Question != nil
	})
	if err != nil {
		return err
	}
	c := p.State().Call
	q := c.Consent.Question
	if err := p.Send(ctx, &wire.ConsentShown{Call: c.ID, Hash: q.Hash}); err != nil {
		return err
	}
	if q.Kind == "none" {
		return nil
	}
	return p.Send(ctx, &wire.ConsentAnswer{Call: c.ID, Hash: q.Hash, Answer: answer})
}

// Media is what a phone says and hears.
type Media interface {
	// Say queues mono PCM at 48 kHz; silence is sent when the queue is empty.
	Say(pcm []int16)
	// SayNow says it from the next packet on, in place of what is queued.
	SayNow(pcm []int16)
	// Lose keeps so many of each ten packets back as if a network had lost them; ten:
	// nothing is sent.
	Lose(ofTen int)
	// Heard returns what has been heard since the connection came up.
	Heard() []int16
	// FirstSound is when the first packet that was not silent arrived; the
	// zero time before.
	FirstSound() time.Time
	// Path is how packets travel: by udp or tcp, and relay for the way through
	// TURN; empty while the connection is not up.
	Path() string
	// Delays are how long each packet of a stamped phone was under way.
	Delays() []time.Duration
}

package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
)

// udpBuffer is asked of the kernel for the UDP socket, which all clients share;
// the usual default holds a few milliseconds at full load.
const udpBuffer = 2 << 20

// ErrClosed is returned by Run on a server that was closed or has run before.
var ErrClosed = errors.New("relay: server closed")

// Server is a TURN server. All methods are safe for concurrent use.
type Server struct {
	cfg      Config
	log      zerolog.Logger
	policy   policy
	issuer   issuer
	quota    *quota
	throttle *throttle
	ports    *portPool
	counters *counters
	refused  atomic.Pointer[refusals]
	udp      *net.UDPConn     // nil when off
	tcp      *net.TCPListener // nil when off

	stopOnce sync.Once
	stop     chan struct{} // closed by Close
	ended    chan struct{} // closed when Run is over

	mu      sync.Mutex // guards started, closed, fronts
	started bool
	closed  bool
	fronts  map[*front]struct{}

	loops   sync.WaitGroup // read loops of fronts
	readers sync.WaitGroup // readers of relay sockets; added to by read loops only
}

// Addrs are the addresses a Server listens on; the zero AddrPort where it does
// not.
type Addrs struct {
	UDP, TCP netip.AddrPort
}

// New checks cfg and binds the listening sockets. It starts nothing; Run serves.
// A server that never runs is released by Close.
func New(cfg Config) (*Server, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("relay configuration: %w", err)
	}
	s := &Server{
		cfg:      cfg,
		log:      cfg.Log.With().Str("component", "relay").Logger(),
		policy:   newPolicy(cfg.reachable(), cfg.AllowedPeers),
		issuer:   newIssuer(cfg.Secret, cfg.Realm, cfg.CredentialTTL),
		quota:    newQuota(cfg.MaxAllocations, cfg.MaxAllocationsPerUser),
		throttle: newThrottle(),
		ports:    newPortPool(cfg.RelayPortMin, cfg.RelayPortMax),
		counters: newCounters(),
		stop:     make(chan struct{}),
		ended:    make(chan struct{}),
		fronts:   make(map[*front]struct{}),
	}
	s.refused.Store(&refusals{})
	s.cfg.Secret = nil // only what is derived from it is needed
	if err := s.listen(); err != nil {
		return nil, errors.Join(err, s.closeListeners())
	}
	return s, nil
}

func (s *Server) listen() error {
	if s.cfg.ListenUDP != "" {
		addr, err := net.ResolveUDPAddr("udp", s.cfg.ListenUDP)
		if err != nil {
			return fmt.Errorf("relay: resolve ListenUDP: %w", err)
		}
		if s.udp, err = net.ListenUDP("udp", addr); err != nil {
			return fmt.Errorf("relay: listen on UDP: %w", err)
		}
		if err := s.udp.SetReadBuffer(udpBuffer); err != nil {
			return fmt.Errorf("relay: size the UDP buffer: %w", err)
		}
	}
	if s.cfg.ListenTCP != "" {
		addr, err := net.ResolveTCPAddr("tcp", s.cfg.ListenTCP)
		if err != nil {
			return fmt.Errorf("relay: resolve ListenTCP: %w", err)
		}
		if s.tcp, err = net.ListenTCP("tcp", addr); err != nil {
			return fmt.Errorf("relay: listen on TCP: %w", err)
		}
	}
	return nil
}

// Run serves until ctx is done or Close is called, then closes every socket and
// waits for every goroutine. It returns nil after such an end, an error when the
// UDP socket or the TCP listener broke, and ErrClosed when it may not run.
func (s *Server) Run(ctx context.Context) error {
	if !s.start() {
		return ErrClosed
	}
	defer close(s.ended)

	listeners := s.listeners()
	broken := make(chan error, len(listeners))
	var accepting sync.WaitGroup
	udp, err := s.serveUDP()
	if err == nil {
		for _, l := range listeners {
			accepting.Go(func() {
				if err := s.accept(ctx, l); err != nil {
					broken <- err
				}
			})
		}
		s.log.Info().Bool("udp", s.udp != nil).Bool("tcp", s.tcp != nil).Bool("tls", s.cfg.Inner != nil).Msg("relay serves")
		err = s.wait(ctx, udp, broken)
	}

	err = errors.Join(err, s.closeListeners())
	accepting.Wait()
	s.closeFronts()
	s.loops.Wait()
	s.readers.Wait()
	s.log.Info().Msg("relay ended")
	return err
}

// listeners are those of connections.
func (s *Server) listeners() (out []net.Listener) {
	if s.tcp != nil {
		out = append(out, s.tcp)
	}
	if s.cfg.Inner != nil {
		out = append(out, s.cfg.Inner)
	}
	return out
}

// wait returns nil when the server shall end, and an error when it must. udp is
// nil when UDP is off.
func (s *Server) wait(ctx context.Context, udp *front, broken <-chan error) error {
	var udpEnded <-chan struct{}
	if udp != nil {
		udpEnded = udp.ended
	}
	select {
	case <-ctx.Done():
		return nil
	case <-s.stop:
		return nil
	case err := <-broken:
		return err
	case <-udpEnded:
		return fmt.Errorf("relay: read from UDP: %w", udp.err)
	}
}

func (s *Server) serveUDP() (*front, error) {
	if s.udp == nil {
		return nil, nil
	}
	f := newFront(s, s.udp)
	return f, s.launch(f)
}

// launch starts the read loop of f and counts it; on an error f is ended.
func (s *Server) launch(f *front) error {
	s.mu.Lock()
	s.fronts[f] = struct{}{}
	s.mu.Unlock()
	s.loops.Add(1)
	if err := f.serve(); err != nil {
		f.end(err)
		return fmt.Errorf("relay: start a TURN server: %w", err)
	}
	return nil
}

// forget is called once by each launched front, when it ended.
func (s *Server) forget(f *front) {
	s.mu.Lock()
	delete(s.fronts, f)
	s.mu.Unlock()
	if f.stream != nil {
		s.counters.connections.Add(-1)
	}
	s.loops.Done()
}

// start reports whether Run may go on.
func (s *Server) start() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.started || s.closed {
		return false
	}
	s.started = true
	return true
}

// Close ends Run and waits for it; without Run it closes the sockets. It may be
// called more than once.
func (s *Server) Close() error {
	s.mu.Lock()
	running := s.started
	s.closed = true
	s.mu.Unlock()
	if !running {
		return s.closeListeners()
	}
	s.stopOnce.Do(func() { close(s.stop) })
	<-s.ended
	return nil
}

// closeListeners closes the sockets of New, if they are open.
func (s *Server) closeListeners() error {
	var errs []error
	if s.udp != nil {
		errs = append(errs, s.udp.Close())
	}
	for _, l := range s.listeners() {
		errs = append(errs, l.Close())
	}
	for i, err := range errs {
		if errors.Is(err, net.ErrClosed) {
			errs[i] = nil
		}
	}
	return errors.Join(errs...)
}

// closeFronts makes every read loop end.
func (s *Server) closeFronts() {
	for _, f := range s.openFronts() {
		_ = f.PacketConn.Close() // the read loop sees it and ends the front
	}
}

func (s *Server) openFronts() []*front {
	s.mu.Lock()
	defer s.mu.Unlock()
	fronts := make([]*front, 0, len(s.fronts))
	for f := range s.fronts {
		fronts = append(fronts, f)
	}
	return fronts
}

// Addrs returns the addresses the server listens on.
func (s *Server) Addrs() Addrs {
	var a Addrs
	if s.udp != nil {
		a.UDP = addrPort(s.udp.LocalAddr())
	}
	if s.tcp != nil {
		a.TCP = addrPort(s.tcp.Addr())
	}
	return a
}

// URLs returns the TURN URIs (RFC 7065), UDP first because clients prefer it for
// audio, and TLS last; of each, IPv4 first.
func (s *Server) URLs() []string {
	var urls []string
	add := func(listens netip.AddrPort, transport string) {
		for _, ip := range []netip.Addr{s.cfg.PublicIP, s.cfg.PublicIP6} {
			if listens.IsValid() && ip.IsValid() {
				urls = append(urls, fmt.Sprintf("turn:%s?transport=%s", netip.AddrPortFrom(ip, listens.Port()), transport))
			}
		}
	}
	addrs := s.Addrs()
	add(addrs.UDP, "udp")
	add(addrs.TCP, "tcp")
	for _, host := range s.cfg.InnerHosts {
		urls = append(urls, "turns:"+host+"?transport=tcp")
	}
	return urls
}

// Issue makes credentials for one person. The ids enter the
// username only as keyed hashes. Every call gives other credentials; nothing is
// stored, and any server with the same Secret and Realm accepts them. A Since before
// 1970 counts as then.
func (s *Server) Issue(g Grant) Credentials {
	if g.Since.Unix() < 1 {
		g.Since = time.Unix(1, 0)
	}
	username, password, expires := s.issuer.issue(g, s.cfg.Now())
	return Credentials{Username: username, Password: password, Expires: expires, URLs: s.URLs()}
}

// Stats returns a snapshot of the counters.
func (s *Server) Stats() Stats { return s.counters.snapshot(s.quota.count()) }

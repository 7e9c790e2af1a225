package peer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/transport/v4"
	"github.com/pion/webrtc/v4"
	"github.com/rs/zerolog"

	"parley/media/bridge"
	"parley/media/reach"
)

// Config describes the media side of one node.
type Config struct {
	// Port is the one UDP port of all media, and the TCP port of those whose
	// network lets no UDP through (ICE-TCP, RFC 6544); 0 takes a free one.
	Port int
	// TCP brings further connections of ICE-TCP; nil: none. The factory closes it.
	TCP net.Listener
	// Loopback serves browsers on this machine by its loopback addresses, too, for
	// a server that nobody else reaches. To others they would be candidates that
	// never work, and ICE waits for each in turn: it costs them 200 ms.
	Loopback bool
	// PublicIPs are told to browsers instead of the interfaces' own
	// addresses, for a node behind one-to-one NAT. Empty: the interfaces'.
	PublicIPs []string
	// Net is the network; nil is the machine's. Tests give one in memory, with a
	// Port; it has no TCP.
	Net transport.Net
	Log zerolog.Logger
}

// How long a connection may be silent before it counts as lost, and how often
// an idle one proves that it lives (RFC 7675 asks for consent checks at least
// every 5 s on average). A page takes a connection that brought nothing for 500 ms
// for broken, and not all browsers tell it of consent checks: receiver reports
// come as often.
const (
	disconnectedAfter = 3 * time.Second
	failedAfter       = 20 * time.Second
	signOfLife        = 400 * time.Millisecond
	relayWait         = 200 * time.Millisecond
	replayWindow      = 128 // packets
)

// Factory makes the peers of one node.
type Factory struct {
	api   func(*sources) *webrtc.API // of one peer
	cert  webrtc.Certificate
	mux   ice.UDPMux
	tcp   ice.TCPMux // nil: none
	addrs []netip.AddrPort
	judge reach.Judge // of candidates that browsers name

	totals totals
}

// NewFactory opens the ports and makes the node's DTLS certificate.
func NewFactory(cfg Config) (*Factory, error) {
	f := &Factory{}
	var err error
	if f.cert, err = newCertificate(); err != nil {
		return nil, err
	}
	media, registry, err := codecs()
	if err != nil {
		return nil, err
	}
	engine, err := settings(cfg)
	if err != nil {
		return nil, err
	}
	if err := f.listen(cfg); err != nil {
		return nil, fmt.Errorf("open the media port: %w", err)
	}
	engine.SetICEUDPMux(f.mux)
	if f.tcp != nil {
		engine.SetICETCPMux(f.tcp)
	}
	f.api = func(from *sources) *webrtc.API {
		own := engine
		own.BufferFactory = from.buffer
		return webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(registry), webrtc.WithSettingEngine(own))
	}
	f.addrs = addrPorts(f.mux)
	f.judge = reach.For(told(cfg, f.addrs))
	return f, nil
}

// told are the addresses that browsers are told of.
func told(cfg Config, own []netip.AddrPort) []netip.AddrPort {
	if len(cfg.PublicIPs) == 0 {
		return own
	}
	var out []netip.AddrPort
	for _, text := range cfg.PublicIPs {
		if ip, err := netip.ParseAddr(text); err == nil { // settings has checked them
			out = append(out, netip.AddrPortFrom(ip, 0))
		}
	}
	return out
}

// Dial makes a peer that reports to h; it is a bridge.Dial.
func (f *Factory) Dial(h bridge.Handler) (bridge.Transport, error) { return f.New(h) }

// Addrs are the addresses on which media is received.
func (f *Factory) Addrs() []netip.AddrPort { return f.addrs }

// Close closes the ports. Peers must have been closed before.
func (f *Factory) Close() error {
	err := f.mux.Close()
	if f.tcp != nil {
		err = errors.Join(err, f.tcp.Close())
	}
	return err
}

func newCertificate() (webrtc.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return webrtc.Certificate{}, fmt.Errorf("make the DTLS key: %w", err)
	}
	cert, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return webrtc.Certificate{}, fmt.Errorf("make the DTLS certificate: %w", err)
	}
	return *cert, nil
}

// listen opens one port number of UDP on each address of the machine, so that
// an answer always leaves from the address that the browser wrote to, and the
// same number of TCP.
func (f *Factory) listen(cfg Config) error {
	const tries = 20
	var err error
	for range tries {
		p := cfg.Port
		if p == 0 {
			if p, err = freePort(); err != nil {
				return err
			}
		}
		if err = f.listenOn(p, cfg); err == nil || cfg.Port != 0 {
			return err
		}
	}
	return err
}

func (f *Factory) listenOn(port int, cfg Config) error {
	options := []ice.UDPMuxFromPortOption{ice.UDPMuxFromPortWithIPFilter(reachable)}
	if cfg.Loopback {
		options = append(options, ice.UDPMuxFromPortWithLoopback())
	}
	if cfg.Net != nil {
		options = append(options, ice.UDPMuxFromPortWithNet(cfg.Net))
	}
	mux, err := ice.NewMultiUDPMuxFromPort(port, options...)
	if err != nil {
		return err
	}
	if len(mux.GetListenAddresses()) == 0 && !cfg.Loopback {
		cfg.Loopback = true // a machine without a network serves itself
		return errors.Join(mux.Close(), f.listenOn(port, cfg))
	}
	if cfg.Net == nil {
		if f.tcp, err = listenTCP(port, cfg.TCP, cfg.Log); err != nil {
			return errors.Join(err, mux.Close())
		}
	}
	f.mux = mux
	return nil
}

// reachable leaves out link-local addresses: browsers name no zone, so none of
// them can be written to, and one that is being tried out cannot be opened.
func reachable(ip net.IP) bool { return !ip.IsLinkLocalUnicast() }

func freePort() (int, error) {
	c, err := net.ListenUDP("udp", &net.UDPAddr{})
	if err != nil {
		return 0, err
	}
	port := c.LocalAddr().(*net.UDPAddr).Port
	return port, c.Close()
}

func addrPorts(mux ice.UDPMux) []netip.AddrPort {
	var out []netip.AddrPort
	for _, a := range mux.GetListenAddresses() {
		if u, ok := a.(*net.UDPAddr); ok {
			ap := u.AddrPort()
			out = append(out, netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()))
		}
	}
	return out
}

func settings(cfg Config) (webrtc.SettingEngine, error) {
	var s webrtc.SettingEngine
	s.SetNetworkTypes([]webrtc.NetworkType{
		webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6,
	})
	s.DisableActiveTCP(true) // browsers connect, the server never does
	s.SetIncludeLoopbackCandidate(cfg.Loopback)
	s.SetIPFilter(reachable)
	s.SetICETimeouts(disconnectedAfter, failedAfter, signOfLife)
	// Browsers hide their addresses behind mDNS names, so what reaches us first
	// is usually peer-reflexive: take it at once. pion's default waits a second
	// for something better, and there is nothing better. A relay waits a
	// moment, for the direct way costs less.
	s.SetHostAcceptanceMinWait(0)
	s.SetPrflxAcceptanceMinWait(0)
	s.SetSrflxAcceptanceMinWait(0)
	s.SetRelayAcceptanceMinWait(relayWait)
	// The browser reaches us, so its mDNS names need not be looked up.
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	// The hello-verify round trip guards against spoofed sources; ICE has
	// checked the source before DTLS begins.
	s.SetDTLSInsecureSkipHelloVerify(true)
	s.SetSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	// The recorder takes packets that come two seconds late.
	s.SetSRTPReplayProtectionWindow(replayWindow)
	s.LoggerFactory = loggerFactory{cfg.Log}
	if cfg.Net != nil {
		s.SetNet(cfg.Net)
	}
	if len(cfg.PublicIPs) == 0 {
		return s, nil
	}
	err := s.SetICEAddressRewriteRules(webrtc.ICEAddressRewriteRule{
		External: cfg.PublicIPs, AsCandidateType: webrtc.ICECandidateTypeHost, Mode: webrtc.ICEAddressRewriteReplace,
	})
	if err != nil {
		return s, fmt.Errorf("public addresses: %w", err)
	}
	return s, nil
}

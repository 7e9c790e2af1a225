package relay

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"parley/media/reach"
)

// Bounds and defaults of Config.
const (
	minSecretBytes = 32

	defaultCredentialTTL = 10 * time.Minute
	minCredentialTTL     = 10 * time.Second
	maxCredentialTTL     = time.Hour

	defaultAllocationsPerUser = 18
	defaultAllocations        = 2000
	maxAllocations            = 50000

	// maxRealmBytes keeps the realm well under the 763 bytes of RFC 8489
	// §14.9, because every 401 carries it to an unproven source address.
	maxRealmBytes = 127

	lowestRelayPort = 1024
)

// Config says where the relay listens, what it may reach and how much of it.
type Config struct {
	// ListenUDP and ListenTCP are host:port as in net.Listen; "" is off, port 0
	// lets the kernel choose. At least one is needed.
	ListenUDP, ListenTCP string

	// Inner brings connections of clients that came by TLS, which has been ended
	// already; nil: none. The server closes it. InnerHosts are each a host:port at
	// which clients begin that TLS, of names that its certificate is good for.
	Inner      net.Listener
	InnerHosts []string

	// PublicIP is the IPv4 address told to clients: the host of the TURN URLs
	// and of relayed addresses. 127.0.0.1 serves a demo on one machine.
	PublicIP netip.Addr

	// PublicIP6 is the IPv6 address at which clients reach the same ports; the zero
	// value: none. What they are given is relayed from IPv4 all the same, for the
	// relay and the media are on one machine.
	PublicIP6 netip.Addr

	// Media are the only peers a client may reach, beside AllowedPeers: IPv4
	// address and port, both exact. Any address is legal here, loopback too.
	Media []netip.AddrPort

	// Told is what clients know Media[0] by, where that is not its address: behind
	// one-to-one NAT, which need not lead back to this machine. The zero value:
	// they know all by their addresses.
	Told netip.AddrPort

	// DirectFirst is how long after its making an allocation carries nothing to
	// media, so that a direct way that works is found first and kept: ICE takes the
	// first it finds. Clients send their checks again (RFC 8445 §14). Default 0.
	DirectFirst time.Duration

	// AllowedPeers are IPv4 networks the operator also lets clients reach, on
	// every port. A private network (RFC 1918, RFC 6598) counts only when the
	// prefix lies wholly inside it; a prefix that touches loopback, link-local,
	// multicast, metadata or reserved addresses is refused. Default none.
	AllowedPeers []netip.Prefix

	// Realm is the authentication realm, 1 to 127 printable ASCII bytes. A
	// credential counts only in the realm it was issued in.
	Realm string

	// Secret derives all credentials: at least 32 random bytes, the same on
	// every node whose credentials must be accepted here.
	Secret []byte

	// CredentialTTL is how long a credential may open allocations, 10 seconds to
	// 1 hour. Default 10 minutes.
	CredentialTTL time.Duration

	// MaxAllocationsPerUser bounds one person's live allocations, all legs
	// together, 1 to MaxAllocations. Default 18: UDP, TCP and TLS, by IPv4 and IPv6,
	// of three connections: before and after an ICE restart, or in the tabs in which a
	// call rings. At the bound one that is not used any more gives way.
	MaxAllocationsPerUser int

	// MaxAllocations bounds live allocations of the server, 1 to 50000.
	// Default 2000. TCP connections are bounded at twice this number.
	MaxAllocations int

	// Admit, if set, is asked before an allocation is made for a user whose
	// request comes from an address. The user is the tag that stands for one
	// person in all their credentials. It must not block.
	Admit func(user string, from netip.Addr) bool

	// RelayPortMin and RelayPortMax are the inclusive range of relayed ports,
	// from 1024 up; both 0 leaves the choice to the kernel.
	RelayPortMin, RelayPortMax uint16

	// Now is the clock that credentials and throttling go by. Default time.Now.
	Now func() time.Time

	// Log receives lifecycle lines at info and details at debug. No address, no
	// username and nothing per packet is written to it.
	Log zerolog.Logger
}

// withDefaults returns c with every unset optional field filled in.
func (c Config) withDefaults() Config {
	if c.CredentialTTL == 0 {
		c.CredentialTTL = defaultCredentialTTL
	}
	if c.MaxAllocations == 0 {
		c.MaxAllocations = defaultAllocations
	}
	if c.MaxAllocationsPerUser == 0 {
		c.MaxAllocationsPerUser = min(defaultAllocationsPerUser, c.MaxAllocations)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.PublicIP = c.PublicIP.Unmap()
	return c
}

// validate reports every fault of c at once, each with field and limit.
func (c Config) validate() error {
	return errors.Join(
		c.validateListen(),
		c.validateInner(),
		validatePublicIP(c.PublicIP),
		c.validatePublicIP6(),
		validateMedia(c.Media, c.AllowedPeers),
		c.validateTold(),
		validatePeers(c.AllowedPeers),
		validateRealm(c.Realm),
		c.validateLimits(),
		c.validatePorts(),
	)
}

func (c Config) validateListen() error {
	if c.ListenUDP == "" && c.ListenTCP == "" {
		return errors.New("ListenUDP, ListenTCP: at least one must be set")
	}
	var faults []error
	for _, listen := range []struct{ field, addr string }{{"ListenUDP", c.ListenUDP}, {"ListenTCP", c.ListenTCP}} {
		if listen.addr == "" {
			continue
		}
		if _, _, err := net.SplitHostPort(listen.addr); err != nil {
			faults = append(faults, fmt.Errorf("%s: want host:port: %w", listen.field, err))
		}
	}
	return errors.Join(faults...)
}

func (c Config) validateInner() error {
	if (c.Inner == nil) != (len(c.InnerHosts) == 0) {
		return errors.New("Inner, InnerHosts: one needs the other")
	}
	var faults []error
	for i, host := range c.InnerHosts {
		if _, _, err := net.SplitHostPort(host); err != nil {
			faults = append(faults, fmt.Errorf("InnerHosts[%d]: want host:port: %w", i, err))
		}
	}
	return errors.Join(faults...)
}

func validatePublicIP(ip netip.Addr) error {
	switch {
	case !ip.IsValid():
		return errors.New("PublicIP: must be set")
	case !ip.Is4():
		return fmt.Errorf("PublicIP: %s is not IPv4, and relayed addresses are", ip)
	case ip.IsUnspecified() || ip.IsMulticast():
		return fmt.Errorf("PublicIP: %s is no address of a host", ip)
	}
	return nil
}

func (c Config) validatePublicIP6() error {
	switch ip := c.PublicIP6; {
	case !ip.IsValid():
		return nil
	case !ip.Is6() || ip.Is4In6() || ip.Zone() != "":
		return fmt.Errorf("PublicIP6: %s is not IPv6 that clients can name", ip)
	case ip.IsUnspecified() || ip.IsMulticast():
		return fmt.Errorf("PublicIP6: %s is no address of a host", ip)
	}
	return nil
}

func validateMedia(media []netip.AddrPort, peers []netip.Prefix) error {
	if len(media) == 0 && len(peers) == 0 {
		return errors.New("Media: at least one address, or a relay reaches nothing")
	}
	var faults []error
	for i, m := range media {
		switch ip := m.Addr().Unmap(); {
		case !ip.Is4():
			faults = append(faults, fmt.Errorf("Media[%d]: %q is not IPv4, and relayed addresses are", i, m))
		case ip.IsUnspecified() || ip.IsMulticast():
			faults = append(faults, fmt.Errorf("Media[%d]: %s is no address of a host", i, ip))
		case m.Port() == 0:
			faults = append(faults, fmt.Errorf("Media[%d]: port must be 1 to 65535", i))
		}
	}
	return errors.Join(faults...)
}

// reachable are the media addresses as clients may name them.
func (c Config) reachable() []netip.AddrPort {
	if !c.Told.IsValid() {
		return c.Media
	}
	return append(slices.Clone(c.Media), c.Told)
}

// real is the media address that Told stands for.
func (c Config) real() netip.AddrPort {
	if !c.Told.IsValid() {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(c.Media[0].Addr().Unmap(), c.Media[0].Port())
}

func (c Config) validateTold() error {
	switch {
	case c.Told == netip.AddrPort{}:
		return nil
	case len(c.Media) == 0:
		return errors.New("Told: needs Media")
	case !c.Told.Addr().Is4() || c.Told.Port() == 0:
		return fmt.Errorf("Told: %q is no IPv4 address and port", c.Told)
	}
	return nil
}

func validatePeers(peers []netip.Prefix) error {
	var faults []error
	for i, p := range peers {
		if !p.IsValid() || !p.Addr().Is4() {
			faults = append(faults, fmt.Errorf("AllowedPeers[%d]: %q is not an IPv4 prefix, and relayed addresses are IPv4", i, p))
			continue
		}
		for _, r := range reach.Special() {
			if !r.Private && r.Prefix.Overlaps(p) {
				faults = append(faults, fmt.Errorf("AllowedPeers[%d]: %s includes %s (%s)", i, p, r.Prefix, r.Name))
			}
		}
	}
	return errors.Join(faults...)
}

func validateRealm(realm string) error {
	if len(realm) == 0 || len(realm) > maxRealmBytes {
		return fmt.Errorf("Realm: %d bytes, want 1 to %d", len(realm), maxRealmBytes)
	}
	for _, b := range []byte(realm) {
		// A colon would blur the border between the parts that the long-term
		// key hashes together (RFC 8489 §9.2.2).
		if b < 0x20 || b > 0x7e || b == ':' || b == '"' {
			return errors.New("Realm: want printable ASCII without colon and quote")
		}
	}
	return nil
}

func (c Config) validateLimits() error {
	var faults []error
	if len(c.Secret) < minSecretBytes {
		faults = append(faults, fmt.Errorf("Secret: %d bytes, want at least %d", len(c.Secret), minSecretBytes))
	}
	if c.CredentialTTL < minCredentialTTL || c.CredentialTTL > maxCredentialTTL {
		faults = append(faults, fmt.Errorf("CredentialTTL: %s, want %s to %s", c.CredentialTTL, minCredentialTTL, maxCredentialTTL))
	}
	if c.MaxAllocations < 1 || c.MaxAllocations > maxAllocations {
		faults = append(faults, fmt.Errorf("MaxAllocations: %d, want 1 to %d", c.MaxAllocations, maxAllocations))
	}
	if c.MaxAllocationsPerUser < 1 || c.MaxAllocationsPerUser > c.MaxAllocations {
		faults = append(faults, fmt.Errorf("MaxAllocationsPerUser: %d, want 1 to MaxAllocations (%d)", c.MaxAllocationsPerUser, c.MaxAllocations))
	}
	return errors.Join(faults...)
}

func (c Config) validatePorts() error {
	switch low, high := c.RelayPortMin, c.RelayPortMax; {
	case low == 0 && high == 0:
		return nil
	case low < lowestRelayPort:
		return fmt.Errorf("RelayPortMin: %d, want at least %d", low, lowestRelayPort)
	case high < low:
		return fmt.Errorf("RelayPortMax: %d, want at least RelayPortMin (%d)", high, low)
	}
	return nil
}

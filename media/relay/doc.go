// Package relay is the embedded TURN server (RFC 8656): it carries a browser's
// media over UDP, TCP or TLS to this server's own media sockets when the browser
// cannot reach them directly.
//
// It is not a general TURN service. Both legs of a call end at this server, so
// a client may reach exactly the configured media addresses, port included, and
// what the operator lists; everything else is denied, above all loopback,
// private, link-local, multicast and metadata addresses. Clients come by IPv4 and
// IPv6; relayed addresses are IPv4 only, TCP allocations (RFC 6062) do not exist, and EVEN-PORT is refused
// because RTP and RTCP share one port.
//
// The protocol itself is pion/turn v3; none of its types cross the border of
// this package. What it lacks is added at four seams, all of them around the
// sockets it is given:
//
//   - front is the socket towards clients. One pion server runs per front (one
//     for the UDP socket, one for each TCP connection), so requests of a front
//     are handled one after another on one goroutine. That is what lets the
//     request being handled, the user it belongs to and the allocation it makes
//     be put together without guessing.
//   - relaySocket is the socket towards peers. A permission of TURN names an IP
//     address only; the socket also compares the port, both ways, and drops and
//     counts what does not match.
//   - judge decides who may make a request: realm, form, expiry, owner of the
//     allocation. Credentials are derived, never stored.
//   - quota and throttle bound allocations and failed attempts.
//
// Relay sockets are bound to the IPv4 wildcard, not to Config.PublicIP. The
// kernel then picks the source address by route: a media socket on 127.0.0.1 is
// reached from 127.0.0.1, one on a public interface from that interface, and a
// public address that exists only on a NAT in front of the host is not needed
// for binding. What the wide binding lets in is dropped by the same address and
// port check.
//
// New binds the sockets and starts nothing. Run serves and owns every
// goroutine: one per front, one per allocation, one for each listener of
// connections. TLS is ended by whoever gives Config.Inner. Run returns when all sockets are closed and all readers have seen
// it; Close ends Run and waits for it.
//
//	srv, err := relay.New(relay.Config{
//		ListenUDP: ":3478",
//		PublicIP:  netip.MustParseAddr("192.0.2.10"),
//		Media:     []netip.AddrPort{netip.MustParseAddrPort("192.0.2.10:5004")},
//		Realm:     "parley.example",
//		Secret:    secret,
//		Log:       log,
//	})
//	if err != nil {
//		return err
//	}
//	group.Go(func() error { return srv.Run(ctx) })
//	credentials := srv.Issue(relay.Grant{Person: personID, Token: tokenID, Since: issued})
package relay

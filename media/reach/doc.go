// Package reach tells which addresses are hosts of the public internet, and
// which of them the media side may send to because a client named them.
//
// Whoever can make a server send to an address of the client's choosing can
// make it knock on what lies behind its firewall. Package relay lists what its
// clients may reach against Special; package peer asks a Judge about each ICE
// candidate that a client names. The package is pure: it resolves and sends
// nothing.
//
//	judge := reach.For(factory.Addrs())
//	judge.Allows(netip.MustParseAddr("169.254.169.254")) // false
package reach

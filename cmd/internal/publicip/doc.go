// Package publicip finds the address that browsers reach this server at: as it is
// configured, that of a network interface, or what a STUN server sees (RFC 8489).
package publicip

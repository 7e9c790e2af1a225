// Package certs gives the server's TLS certificate for each handshake: from
// files that are read again when they change, by ACME (RFC 8555) for configured
// domains, or self-signed for a try on a local network.
//
// A Source is made by Files, Auto or SelfSigned. Only Auto has something to run;
// Run of the others waits for the end of its context. certmagic, which does the
// work of Auto, starts goroutines of its own that end with Run or soon after it,
// but for one rate limiter for each authority.
package certs

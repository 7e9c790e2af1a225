// Package peer is the transport of one leg on a WebRTC PeerConnection: the
// server offers redundant audio (RED, RFC 2198) and Opus on one audio section,
// its candidates inside the first SDP, and takes the browser's by trickle. It
// asks for packets that are lost, and sends again what it is asked for (NACK). It
// sends checks only to addresses that a reach.Judge allows.
//
// A Factory holds what all connections of a process share: one port of UDP and
// the same of TCP (ICE-TCP, RFC 6544), one DTLS certificate, one lean set of
// interceptors. A Peer owns the goroutines that read its track and its RTCP; Close
// waits for them.
//
// The package knows nothing of calls, consent or recording.
package peer

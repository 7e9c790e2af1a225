// Package hub owns the live calls of a node. Each call has one goroutine that
// applies events to the pure state machine of signaling/session and carries
// out its commands: media, timers, the consent ledger, the recorder. Sockets
// and media report events to it; views of the call go out to the sockets of
// the two people.
//
// The hub knows nothing of WebSockets or HTTP (signaling/ws, signaling/api)
// and moves no packet (media/bridge). Run owns the calls' goroutines and
// waits for them.
package hub

// Package ws is the WebSocket transport of the signalling protocol: limits,
// deadlines, liveness, and what happens to a client that reads too slowly or
// breaks the rules. What the messages mean is the business of signaling/hub.
//
// Each socket has a reader (the HTTP handler's goroutine) and a writer that it
// waits for.
package ws

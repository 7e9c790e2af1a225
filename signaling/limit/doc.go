// Package limit bounds how often a person and a network address may do
// something: sign in, call, send messages, open TURN allocations, use the API.
// Each has a token bucket (golang.org/x/time/rate) that holds a period's worth,
// so that a burst after a dropped network passes.
//
// Memory is bounded: a set knows the keys that came last, and forgets the one
// that was silent longest. Nothing is kept of anybody but the id or address, in
// memory. The package starts no goroutine.
package limit

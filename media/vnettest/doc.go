// Package vnettest is for tests of media under bad networks: a network in
// memory (pion's vnet) that loses packets at random from a seed, and headless
// callers that speak real Opus over real PeerConnections, send redundant audio
// (RFC 2198) and retransmissions as Chromium does, and note what reaches them.
//
// Everything can run in a testing/synctest bubble, so that minutes of call pass
// in seconds and a busy machine changes nothing. A Network and a Caller end with
// their test; each Caller owns its goroutines and waits for them. vnet counts its
// hardware addresses without a lock, so two tests must not make networks at the
// same time.
package vnettest

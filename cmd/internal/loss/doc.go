// Package loss holds tests only: whole calls over a network that loses packets,
// from the callers' microphones through the server's transport, bridge and
// capture to the finished recording, in synthetic time. They measure what a
// listener had to guess at, and what the recording of the same call did.
package loss

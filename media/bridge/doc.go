// Package bridge joins the two legs of a call: each packet that one leg
// receives is renumbered and sent on the other leg, and shown to a tap while
// one is set.
//
// Redundant audio (RFC 2198) passes as it is to a leg that takes it. To one that
// does not, the frame of the packet itself goes as plain Opus, and copies of
// frames whose own packets were lost go under those packets' numbers. Nothing is
// decoded.
//
// It does not know what a tap does with the packets (recorder/capture is one)
// nor how a leg's transport works (media/peer is one), and it knows nothing of
// consent: whoever sets the tap has decided. It starts no goroutine of its
// own; packets are forwarded on the goroutine of the transport that received
// them, so two calls share no lock.
package bridge

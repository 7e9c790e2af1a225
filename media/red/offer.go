package red

import "fmt"

// Payload types under which this server offers audio. Transports use them for every packet
// that they hand on and take, whatever number the far side has chosen, so that the type of
// a packet tells what it is.
const (
	TypeOpus = 111
	TypeRED  = 63
)

// Check tells whether a payload is redundant audio that can be used: sound by RFC 2198,
// all of it Opus under the offered type, and with a primary block that is not empty. The
// error wraps [ErrMalformed]. Check allocates nothing for a payload that passes.
func Check(payload []byte) error {
	foreign, primary := -1, false
	err := Parse(payload, 0, func(payloadType uint8, ts uint32, _ []byte) {
		if payloadType != TypeOpus {
			foreign = int(payloadType)
		}
		primary = ts == 0
	})
	switch {
	case err != nil:
		return err
	case foreign >= 0:
		return fmt.Errorf("%w: a block of type %d", ErrMalformed, foreign)
	case !primary:
		return fmt.Errorf("%w: no primary block", ErrMalformed)
	}
	return nil
}

// Primary returns the primary block of a payload that [Check] has passed: what remains of
// it without copies. It is nil for a malformed one.
func Primary(payload []byte) (primary []byte) {
	// A malformed payload hands out nothing, and the primary block comes last.
	_ = Parse(payload, 0, func(_ uint8, _ uint32, data []byte) { primary = data })
	return primary
}

// reach is how far behind its packet the oldest copy of a payload lies, in ticks.
func reach(payload []byte) (oldest uint32) {
	_ = Parse(payload, 0, func(_ uint8, ts uint32, _ []byte) { oldest = max(oldest, -ts) })
	return oldest
}

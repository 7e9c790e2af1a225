// Package audiolevel reads the audio level that a browser states in the header of
// each packet (RFC 6464), so that silence is known without decoding anything.
package audiolevel

import "github.com/pion/rtp"

// Extension is the id under which this server offers the header extension: the
// first of an offer.
const Extension = 1

// Silence is the level, in -dBov, from which nothing was said: digital silence, as
// a microphone sends that is switched off. RFC 6464 has two values for it.
const Silence = 126

// Of is the level that a packet states, 0 (loudest) to 127, in -dBov.
func Of(h *rtp.Header) (level uint8, stated bool) {
	ext := h.GetExtension(Extension)
	if len(ext) == 0 {
		return 0, false
	}
	return ext[0] & 0x7f, true
}

// IsSound tells whether a packet is anything but digital silence. One that states
// no level counts as sound.
func IsSound(h *rtp.Header) bool {
	level, stated := Of(h)
	return !stated || level < Silence
}

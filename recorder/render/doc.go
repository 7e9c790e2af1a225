// Package render turns the captured packets of a call into its two voices:
// mono Ogg Opus streams on one grid of 20 ms, in lockstep, streamed out while
// the call goes on.
//
// Each voice's RTP time is mapped to the call's time (timeline.go, clock.go),
// packets are put in order and what was lost is taken from redundant copies
// (track.go, redundant.go). A voice is then either copied, packet by packet
// (copy.go), or decoded, mended and encoded again (encode.go). Sample N of a
// voice is N/48000 s after time 0 whatever was lost, muted or late.
//
// A Renderer belongs to one goroutine and starts none. The same input makes
// the same bytes, in however many steps it comes.
package render

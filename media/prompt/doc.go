// Package prompt holds what the server itself says into a call: short sound as
// Opus packets of 20 ms, ready to be sent.
//
// A prompt is read from an Ogg Opus or a WAV file, or made from PCM; it is
// encoded once, at the start of a server, and never while a call goes on. The
// package does not play: media/bridge puts the packets into a leg's stream.
package prompt

// Package playback opens stored recordings for listening. Only the chunks that
// a byte range needs are fetched and opened; plaintext exists in memory alone.
//
// It does not decide who may listen (signaling/api) and starts no goroutine.
package playback

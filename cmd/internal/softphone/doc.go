// Package softphone is a participant without a browser: it signs in over the
// WebSocket, answers media offers with a real PeerConnection, speaks given PCM
// and keeps what it hears. The health check (parley probe) and the tests use
// it; it knows the protocol and nothing of the server's inside.
//
// A Phone owns the goroutines that read its socket, send its audio and decode
// what arrives; Close waits for them.
package softphone

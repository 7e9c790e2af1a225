// Package integration holds tests only: signalling as its clients meet it, over
// a real HTTP server, real WebSockets, real databases and real media on
// the loopback. Only the recorder is a stand-in, so that the tests can see when
// its gate is open; the whole program is tested in cmd/parley.
//
// The tests stand here because softphones may be used by commands only.
package integration

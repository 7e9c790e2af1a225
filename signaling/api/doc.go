// Package api serves HTTP: the recordings and their playback, the demo's
// sign-in, health, and the web client with its security headers. Who may do
// what is decided here for each request anew; every access to a recording is
// written to the audit chain before the first byte.
//
// The package declares the few things that it needs of the stores. It starts
// no goroutine beyond those of net/http.
package api

// Package web carries the built browser client inside the binary and serves
// it: the page itself, its hashed assets and its icon.
//
// It is not the place of security headers (signaling/api sets them for every
// answer) and knows nothing of sign-in or calls; the TypeScript sources beside
// it do. It starts no goroutine and is safe for concurrent use.
//
//	mux.Handle("GET /", web.Handler())
package web

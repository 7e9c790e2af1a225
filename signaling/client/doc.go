// Package client is how a platform's backend in Go talks to a Parley server: every
// call of the REST API, the feed of events, webhooks that arrive, and tokens for the
// platform's people. It needs nothing but the standard library.
//
//	c, err := client.New(client.Config{Server: "https://calls.example.org", Token: client.Minted(key, client.Claims{Person: "backend", Role: "service", Name: "Backend"})})
//	for event, err := range c.EachEvent(ctx, client.EventQuery{After: stored, Types: []string{"call.ended"}}) {
//		…
//	}
//
// It is written by hand and held against the server's own description
// (/api/v1/openapi.json) by a test: every operation, parameter and field of the
// description is here, and nothing else. Left out is only how staff sign in with a
// browser.
//
// A refusal is a [*Problem]. A request that changes something carries an
// Idempotency-Key, so that it can be sent again without harm; the client does so
// after a lost connection, and after 429 and 503 when the server asks for it.
//
// The package starts no goroutine. A Client is safe for concurrent use.
package client

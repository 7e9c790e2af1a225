// Package layer holds what a [blob.Store] is wrapped in, whatever it is: [Retry]
// repeats what failed in passing, [Limit] bounds how much goes on at once, and
// [Measure] tells how long calls took and how they ended.
//
//	store = layer.Measure(store, observer, time.Now)
//	store = layer.Limit(store, layer.Limits{Puts: 16, Reads: 64})
//	store = layer.Retry(store, layer.DefaultPolicy())
//
// In this order each attempt is measured, and a call that waits for its next
// attempt takes up no place. The wrappers keep no content and start no goroutine;
// [blob.As] finds the abilities of the store inside.
package layer

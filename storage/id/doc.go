// Package id names the things that are stored: calls, legs, recordings, plays,
// events and people, each with a string type of its own, so that the compiler refuses
// a call's id where a recording's is meant.
//
// Ids that Parley mints are a kind, an underscore and 26 lower-case letters and
// digits, such as
//
//	rec_06eeodtmfdrkv5a2jj98bvamj4
//
// They hold no name, number or address, sort by the time they were minted, and
// stand unescaped in URLs, file names and object keys. People's ids are not
// minted here: the platform gives them, and they are opaque.
//
// The package does no I/O beyond reading random bytes, starts no goroutine and
// reads no clock; every function may be called concurrently.
package id

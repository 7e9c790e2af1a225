// Package drill proves that recordings can be restored from the off-site store: it
// takes some at random, restores their sealed objects to a folder, opens them from
// there alone, decodes all of their sound, and compares hashes and length with
// what the manifest says. Plaintext exists in memory only, and nobody hears it.
//
// The package starts no goroutine.
package drill

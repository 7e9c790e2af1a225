// Package journal is the sealed packet log of one recording: an append-only,
// self-checking file of batches, each sealed with age before it touches the
// disk. FORMAT.md beside this file tells every byte.
//
// The file has three lanes: the two voices, each sealed to that voice's own
// key, and the call's events, sealed to the call's key. Destroying a voice's
// key envelope therefore makes its part of the journal unreadable as well.
//
// A torn tail costs the batch that was being written and nothing else; a
// damaged batch in the middle is named and the rest is read. The package
// starts no goroutine; a Writer belongs to one goroutine.
package journal

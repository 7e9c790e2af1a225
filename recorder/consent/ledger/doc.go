// Package ledger is the vocabulary of the consent ledger: the kinds of its
// entries, their bodies, and what follows from them: the receipt of an answer and
// the proof by which a gate opens. The entries themselves are linked by
// storage/chain and kept by storage/meta.
//
// It decides and describes; it does no I/O, reads no clock and starts no goroutine.
package ledger

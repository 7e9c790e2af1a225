// Package coverage decides whether a recording was allowed, by what its manifest
// claims and what the consent ledger proves: every span must rest on a gate.open entry
// of its call, and on receipts and notices of the two people that were valid when it
// began and that nobody had taken back before it ended.
//
// It trusts neither side by itself. What was needed of whom comes from the verdict in
// the ledger, what was said from signed receipts, and the order of things from the
// numbers of the entries. The check is a pure function, used by the operator's
// command, by playback and by whoever is handed a recording with its proof: it does no
// I/O, reads no clock and starts no goroutine. That the entries themselves are whole is
// storage/notary's to say.
package coverage

// Package offsite keeps a copy of every object of a stored recording in a second
// object store, so that the loss of the first loses nothing.
//
// The queue is not a list of its own: what has to be copied, and what has to be
// removed because its key envelope was destroyed, follows from metadata (see
// [meta.Copies]). So it survives every crash, and an erasure cannot miss a copy,
// not even one that was on its way. The oldest recording goes first. A copy counts
// once it was read back and its hash matched. Nobody waits for it.
//
// [Copier.Run] is the one goroutine. What a store refuses for good makes no other
// object wait; a store that is away is asked again, ever more rarely.
package offsite

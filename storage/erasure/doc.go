// Package erasure keeps, outside of the database, the list of what was erased for
// ever. A voice is erased by destroying its key envelope, and the envelopes are
// in the database and so in its backups. Whoever restores a backup therefore
// destroys again what the list says ([Replay]); else the erased would be back.
//
// The list is one of package chainlog, in the object store: an entry that was
// changed, or is missing before the last, is found when the list is read. No
// entry holds personal data: recordings are named by their opaque ids.
//
// Erasing goes in this order ([Erase]): first the entry, which is durable when it
// was appended, then the envelope. A crash between leaves an entry whose envelope
// is still there; erasing or replaying again destroys it.
//
// The package starts no goroutine.
package erasure

// Package audit reads the audit log: the hash chain in which every access to a
// recording, and every other act that needs a reason, is written down before it is
// done. Entries about a recording have its id as their subject.
//
// Who writes an entry says what is in it; this package knows which entries tell of
// an access to what was said, and what of them the people who spoke may read. It
// starts no goroutine.
package audit

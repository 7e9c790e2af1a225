// Package holding keeps, outside of the database, which legal holds stand and
// which erasures wait: a hold that is younger than a backup would else be lost by
// restoring it, and what it keeps would be erased. Whoever restores a backup
// therefore puts in again what the list says ([Replay]).
//
// The list is one of package chainlog, in the object store. What has to be on it
// follows from the database ([List.Sync]): each hold, until its release, and each
// erasure that somebody has asked for, until it is done. So a store that is away
// keeps nobody from placing a hold; the list has it as soon as it is back.
//
// Entries name holds, erasures and recordings by their opaque ids and say how far
// they are. All else, such as the case and who placed a hold, is sealed to the
// master key. A hold that no key opens any more is placed without its words
// rather than lost.
//
// The expiries that a hold puts off are not listed: they follow from the age of
// the recording and are due again when the hold is released.
//
// [List.Run] is the one goroutine.
package holding

// Package backup writes and reads sealed snapshots of the metadata: everything in
// the database, key envelopes included, as of one instant. FORMAT.md says how one
// looks. It is sealed to the master key like the envelopes in it, so whoever has
// it and not the key has nothing.
//
//	summary, err := backup.Write(ctx, file, master, store, time.Now())
//
// A snapshot comes from either kind of database and goes into either. To restore
// one, read it twice: [Check] reads all of it and finds what is wrong before
// anything is changed; [Read] gives its records. What was erased since must then
// be erased again, which package erasure does.
//
// Objects are not in it: they lie in the object store, sealed, and are copied by
// its own means. Nor is the master key, without which a backup is of no use.
//
// The package starts no goroutine and holds one row in memory.
package backup

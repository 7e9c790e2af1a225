// Package sqlite keeps metadata in one SQLite database, the embedded default of
// the metadata store. It opens the database; the queries are in sqlmeta. It uses a
// driver in Go alone, so cgo stays out of it.
//
// All writes go through one connection, so they follow each other and none fails
// because another is under way; reads go beside them through a few more, which
// the write-ahead log allows. A write is synced to disk before it returns
// (synchronous=FULL). What is erased is overwritten with zeros (secure_delete).
// The database's files have mode 0600.
//
// It is for one process at a time; several nodes need a database server. The
// schema is in migrations/, numbered, each applied once in a transaction of its
// own when the store is opened. A database of a newer schema than this program
// knows is refused.
//
//	store, err := sqlite.Open(ctx, sqlite.Config{Path: "data/parley.db"})
//	if err != nil { … }
//	defer store.Close()
//
// The connection pools own goroutines, which end with Close.
package sqlite

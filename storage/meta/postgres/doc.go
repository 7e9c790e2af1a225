// Package postgres keeps metadata in a PostgreSQL database, which several nodes
// may share. It needs PostgreSQL 13 or newer and a database of its own (or a
// schema, by search_path in the URL), in which its user may create tables.
//
// Transactions run at the isolation level SERIALIZABLE and are begun anew when
// the database ends one because of another. Appends to a chain wait for each
// other by an advisory lock on its name, so its numbers have no gap. A
// connection that is lost is made anew by the next call; what was under way
// fails, and counts as not done.
//
// What is erased is no longer returned, and PostgreSQL overwrites it in its own
// time: old versions of rows go with VACUUM, its write-ahead log as that is
// recycled. Archives of that log and backups have it longer. A key envelope that
// is found there opens with the master key only.
//
//	store, err := postgres.Open(ctx, postgres.Config{URL: "postgres://parley@db/parley"})
//	if err != nil { … }
//	defer store.Close()
//
// The schema is in migrations/, numbered, applied when the store is opened; nodes
// that start at once wait for each other. A database of a newer schema than this
// program knows is refused. The connection pool owns goroutines, which end with
// Close.
package postgres

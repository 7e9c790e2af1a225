// Package pgtest runs a real PostgreSQL server for tests: on a Unix socket, with
// its data in a folder that goes with the test.
//
//	server := pgtest.Start(t)
//	store, err := postgres.Open(ctx, postgres.Config{URL: server.Schema(t)})
//
// The programs are those in the folder that PARLEY_POSTGRES names, else the
// newest that Debian's package put under /usr/lib/postgresql. PostgreSQL refuses
// to run as root: tests that do run it as the user postgres. A test that finds
// none fails and says how to get it; it never skips. One goroutine per server
// waits for the process to exit; it ends when the process does, which Cleanup
// waits for.
package pgtest

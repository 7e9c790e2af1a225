// Package chainlog keeps a list outside of the database, so that a backup of the
// database that is put back does not put the list back to its day.
//
// The list is a chain of entries (package chain), one object each in the object
// store, under keys that count up: objects are written once, so of two nodes that
// append at once one finds its place taken and goes on to the next. An entry that
// was changed, or is missing before the last, is found when the list is read.
//
// What the entries say is for the owner of a list: packages erasure and holding.
// The package starts no goroutine.
package chainlog

// Package revocation knows which tokens were taken back before they ran out. A
// list is in metadata, so that it outlives a restart and every node learns of
// it; each node holds it in memory and reads it again every second.
//
// The package ends nothing by itself: Config.Ended is told, and whoever holds
// sockets, calls and players asks Revoked. It starts no goroutine; Run is the
// caller's.
package revocation

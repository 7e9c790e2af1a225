// Package chain links entries of a log by hashes, so that a changed, missing,
// added or moved entry shows. It is pure: no I/O, no clock, no goroutine; the
// entries are kept by package meta.
//
// A chain is one sequence of entries with its own name. Its entries are numbered
// from 1 and each carries the hash of the one before. Whoever holds one hash of a
// chain can verify everything up to it; that entries were cut off at the end shows
// only against a hash noted elsewhere, such as in a receipt or in a signed head
// (storage/notary). Verify stops at the first entry that is wrong; Inspect names all
// of them and what is wrong with each.
//
// # What is hashed
//
// The hash of an entry is SHA-256 over these bytes, in this order:
//
//	"parley-chain-v1\n"     16 bytes of ASCII: the version of this layout
//	Prev                    32 bytes: the hash of the entry before; zeros for the first entry
//	Seq                      8 bytes, unsigned, big-endian
//	At                       8 bytes, signed, big-endian: microseconds since 1970-01-01T00:00:00Z
//	Chain                    8 bytes of length, unsigned, big-endian, then that many bytes of UTF-8
//	Kind                     likewise
//	Subject                  likewise
//	Actor                    likewise
//	Body                     likewise: the JSON text as the entry holds it, byte for byte
//
// The lengths make sure that no two entries have the same bytes. Hash and Prev are
// written as 64 lower-case hexadecimal digits everywhere else.
package chain

// Package notary vouches for hash chains: now and then it signs how far a chain has
// come (a head), and keeps each head in the store and, beside it, with witnesses. A
// chain that is changed and linked anew by somebody who can write the store, or cut
// off at its end, no longer fits its heads.
//
// A head is an entry of the chain "heads", which is linked like every other; its
// body holds a JWS of the type "ledger-head+jws" whose payload names a chain, the
// number and hash of its newest entry, and the time. A witness keeps the same entries
// where whoever can write the store cannot: in a file that is only appended to, or as
// objects of the object store.
//
// What comes after the newest head rests on the hash chain alone: that much, and no
// more, can be cut off unnoticed. Config says how much that is.
//
// A Notary has one goroutine, Run, which its caller owns; Verify needs none.
package notary

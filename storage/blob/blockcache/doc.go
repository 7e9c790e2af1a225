// Package blockcache puts a small cache between an object and those who read it
// in small pieces, so that decrypting a recording chunk by chunk does not send a
// request for every chunk.
//
//	object, err := store.Open(ctx, key)
//	cached, err := blockcache.New(object, blockcache.Config{})
//	plain, size, err := envelope.OpenReaderAt(cached, cached.Size(), identity)
//
// It holds sealed bytes only, in memory only, for one object that is open; it is
// not shared between objects and reads nothing ahead. It starts no goroutine:
// blocks are read by the callers that miss them.
package blockcache

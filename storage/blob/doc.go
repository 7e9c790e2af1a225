// Package blob is the contract of the object store: sealed bytes under opaque
// keys, written once and never changed.
//
// It holds the [Store] interface, the rule for keys, and the classes of error
// that callers branch on. Implementations are in fsblob (a directory) and s3blob
// (MinIO or any S3 store); both pass the suite in blobtest. The store encrypts
// nothing and knows nothing of recordings: what goes in was sealed before, by
// package envelope.
//
// A typical use:
//
//	err := store.Put(ctx, "rec_0f/member.opus.age", sealed, size)
//	switch {
//	case errors.Is(err, blob.ErrExist): // an earlier attempt got through: compare
//	case blob.IsTransient(err): // try again later
//	}
//
// The package itself starts no goroutine and does no I/O.
package blob

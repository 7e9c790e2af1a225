// Package s3blob keeps objects in a bucket of MinIO or of any S3 store, through
// minio-go.
//
// An object goes up in one conditional PUT of known size (If-None-Match: *), so
// it appears at once or not at all, an existing one is never replaced, and no
// half of a multipart upload can stay behind. The price is S3's limit of 5 GiB
// for one PUT, which is about two weeks of voice at 32 kbit/s. A read is a ranged
// GET that names the object's ETag; wrap an object with package blockcache when
// many small reads are due.
//
// The bucket must exist, except that [Store.EnsureBucket] makes it when asked. In
// a bucket with versioning, Delete removes every version of an object. In one with
// Object Lock (see [blob.Locker]) it is refused with [blob.ErrLocked] as long as a
// retention or a hold keeps the object; what makes erasure certain is that its key
// is destroyed.
//
// Requests are sent once: package layer repeats them, and longer outages are the
// caller's to wait out (see [blob.IsTransient]). The HTTP connections of a [Store] own goroutines, which
// end soon after Close.
package s3blob

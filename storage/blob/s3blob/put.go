package s3blob

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/minio/minio-go/v7"

	"parley/storage/blob"
)

// Put implements [blob.Store].
func (s *Store) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	options := putOptions()
	options.SetMatchETagExcept("*") // only if there is no object yet (RFC 9110, section 13.1.2)
	return s.send(ctx, key, r, size, options)
}

// Replace implements [blob.Replacer].
func (s *Store) Replace(ctx context.Context, key string, r io.Reader, size int64) error {
	return s.send(ctx, key, r, size, putOptions())
}

// putOptions send an object in one request, from its reader to the connection:
// there are no parts that would have to be kept in memory.
func putOptions() minio.PutObjectOptions {
	return minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true}
}

func (s *Store) send(ctx context.Context, key string, r io.Reader, size int64, options minio.PutObjectOptions) error {
	if err := blob.ValidateKey(key); err != nil {
		return err
	}
	content := blob.NewExactReader(r, size)
	if size <= 0 {
		// A request without content never reads its body, so whether there is
		// none is found out here.
		_, _ = io.Copy(io.Discard, content)
	}
	if content.Err() == nil {
		err := s.put(ctx, key, content, size, options)
		if content.Err() == nil {
			return classify(ctx, "put", key, err)
		}
	}
	return fmt.Errorf("put object %s: read its content: %w", key, content.Err())
}

func (s *Store) put(ctx context.Context, key string, r io.Reader, size int64, options minio.PutObjectOptions) error {
	body := &body{r: r}
	// The store may answer before it has read all, for instance that the key
	// is taken; the connection then goes on reading behind our back.
	defer body.detach()
	_, err := s.core.Client.PutObject(ctx, s.bucket, s.prefix+key, body, size, options)
	return err
}

// body parts the content from the connection that sends it.
type body struct {
	// mu is held across reads of the content on purpose: detach must not
	// return while the caller's reader is in use.
	mu       sync.Mutex
	r        io.Reader
	detached bool
}

func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.detached {
		return 0, os.ErrClosed
	}
	return b.r.Read(p)
}

// detach waits for a read under way and lets no other one begin.
func (b *body) detach() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.detached = true
}

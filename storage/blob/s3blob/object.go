package s3blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/minio/minio-go/v7"

	"parley/storage/blob"
)

// object reads ranges of one version of an object. It keeps a context, which the
// contract of [blob.Store] asks for: that of Open, ended by Close.
type object struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	store  *Store
	key    string
	etag   string
	size   int64
}

var _ blob.Object = (*object)(nil)

func (o *object) Size() int64 { return o.size }

func (o *object) Close() error {
	o.cancel(os.ErrClosed)
	return nil
}

// ReadAt implements [io.ReaderAt] with one ranged GET.
func (o *object) ReadAt(p []byte, off int64) (int, error) {
	switch {
	case off < 0:
		return 0, fmt.Errorf("read object %s: offset %d is negative", o.key, off)
	case len(p) == 0:
		return 0, nil
	case o.ctx.Err() != nil:
		return 0, o.failure(o.ctx.Err())
	case off >= o.size:
		return 0, io.EOF
	}
	want := int(min(int64(len(p)), o.size-off))
	n, err := o.get(p[:want], off)
	if err != nil {
		return n, o.failure(err)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// get fills p, which is not empty, from offset off on.
func (o *object) get(p []byte, off int64) (int, error) {
	var options minio.GetObjectOptions
	if err := options.SetRange(off, off+int64(len(p))-1); err != nil {
		return 0, err
	}
	// A key that was deleted and put again holds another object.
	if err := options.SetMatchETag(o.etag); err != nil {
		return 0, err
	}
	content, _, _, err := o.store.core.GetObject(o.ctx, o.store.bucket, o.store.prefix+o.key, options)
	if err != nil {
		return 0, err
	}
	n, err := io.ReadFull(content, p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF // the end is known, and it is not here
	}
	return n, errors.Join(err, content.Close())
}

func (o *object) failure(err error) error {
	if cause := context.Cause(o.ctx); cause != nil {
		return fmt.Errorf("read object %s: %w", o.key, cause)
	}
	if code(err) == minio.PreconditionFailed {
		return fmt.Errorf("read object %s: it was replaced: %w", o.key, blob.ErrNotExist)
	}
	return classify(o.ctx, "read", o.key, err)
}

package fsblob

import (
	"context"
	"errors"
	"io"
	"os"

	"parley/storage/blob"
)

// object is an open file. It keeps the context of [Store.Open], which the
// contract gives all its reads.
type object struct {
	ctx  context.Context
	key  string
	file *os.File
	size int64
}

var _ blob.Object = (*object)(nil)

func (o *object) Size() int64 { return o.size }

func (o *object) Close() error { return o.file.Close() }

func (o *object) ReadAt(p []byte, off int64) (int, error) {
	if err := o.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := o.file.ReadAt(p, off)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	return n, classify("read", o.key, err)
}

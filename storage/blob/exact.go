package blob

import (
	"errors"
	"fmt"
	"io"
)

// ExactReader reads the announced number of bytes of a source, for
// implementations of [Store.Put]. If the source holds fewer or more, a read fails
// with an error that matches [ErrSize] before the last byte is handed on, so
// whoever consumes it never has a whole object to publish. It is not safe for
// concurrent use.
type ExactReader struct {
	src  io.Reader
	size int64
	left int64
	err  error
}

// NewExactReader returns a reader of the size bytes that r holds. Whether an
// empty r is empty is found in the first read. No source holds fewer than zero
// bytes, so a negative size makes every read fail with [ErrSize].
func NewExactReader(r io.Reader, size int64) *ExactReader {
	e := &ExactReader{src: r, size: size, left: size}
	if size < 0 {
		e.err = fmt.Errorf("%w: announced are %d bytes", ErrSize, size)
	}
	return e
}

// Err returns the error that the source gave or caused, nil if it was read well
// so far. It tells a failing source from a failing store.
func (e *ExactReader) Err() error {
	if e.err == io.EOF {
		return nil
	}
	return e.err
}

// Read implements [io.Reader].
func (e *ExactReader) Read(p []byte) (int, error) {
	if e.err != nil {
		return 0, e.err
	}
	if len(p) == 0 {
		return 0, nil
	}
	if int64(len(p)) > e.left {
		p = p[:e.left]
	}
	n, err := e.fill(p)
	e.left -= int64(n)
	e.err = e.verdict(err)
	if e.Err() != nil {
		return 0, e.err
	}
	return n, e.err
}

func (e *ExactReader) fill(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	return e.src.Read(p)
}

// verdict turns the outcome of one read of the source into that of this reader.
func (e *ExactReader) verdict(err error) error {
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case e.left > 0 && err != nil:
		return fmt.Errorf("%w: %d bytes, want %d", ErrSize, e.size-e.left, e.size)
	case e.left > 0:
		return nil
	case err != nil:
		return io.EOF
	}
	return e.probe()
}

// probe tells whether the source ends here.
func (e *ExactReader) probe() error {
	var one [1]byte
	switch n, err := io.ReadFull(e.src, one[:]); {
	case n > 0:
		return fmt.Errorf("%w: more than %d bytes", ErrSize, e.size)
	case err == io.EOF:
		return io.EOF
	default:
		return err
	}
}

package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// readAhead is what one request to the store reads, in bytes, where an object is
// read from its beginning to its end. It is all the memory that takes.
const readAhead = 256 << 10

// Reader reads an object in order, with one request for many small reads. It can
// be sought, so that whoever sends it can send it again. It is not safe for
// concurrent use.
type Reader struct {
	object Object
	at     int64  // of the next byte
	ahead  []byte // what was read and not given yet
	buffer []byte
}

// NewReader returns a reader of the whole object.
func NewReader(o Object) *Reader { return &Reader{object: o} }

// Read implements [io.Reader].
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(r.ahead) == 0 {
		if err := r.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.ahead)
	r.ahead, r.at = r.ahead[n:], r.at+int64(n)
	return n, nil
}

func (r *Reader) fill() error {
	left := r.object.Size() - r.at
	if left <= 0 {
		return io.EOF
	}
	if r.buffer == nil {
		r.buffer = make([]byte, min(readAhead, r.object.Size()))
	}
	want := r.buffer[:min(left, int64(len(r.buffer)))]
	n, err := r.object.ReadAt(want, r.at)
	if n == len(want) {
		r.ahead = want
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // the end is known, and it is not here
	}
	return err
}

// Seek implements [io.Seeker].
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.object.Size()
	}
	if offset < 0 {
		return r.at, fmt.Errorf("seek to %d: it is before the beginning", offset)
	}
	if offset != r.at {
		r.at, r.ahead = offset, nil
	}
	return offset, nil
}

// Sum reads the object under key and returns its SHA-256 hash in hexadecimal
// digits. Errors are those of Open and of reading.
func Sum(ctx context.Context, s Store, key string) (string, error) {
	o, err := s.Open(ctx, key)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(h, NewReader(o))
	if err = errors.Join(err, o.Close()); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

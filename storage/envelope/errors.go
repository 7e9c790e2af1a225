package envelope

import (
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

var (
	// ErrNoMatchingKey is matched when something sealed cannot be opened with
	// the key at hand, because it was sealed to another one.
	ErrNoMatchingKey = errors.New("sealed to another key")
	// ErrCorrupt is matched when something sealed was cut off, extended or
	// changed, or never was sealed.
	ErrCorrupt = errors.New("sealed data is damaged")
	// ErrBinding is matched when a key envelope or secret is sound but belongs
	// to something else than was asked for.
	ErrBinding = errors.New("sealed for something else")
	// ErrFormat is matched when what was sealed is not of a form this version
	// knows.
	ErrFormat = errors.New("unknown form of sealed content")
	// ErrNoKey is matched when a zero Recipient, Sealer, Master or Identity is
	// used.
	ErrNoKey = errors.New("no key")
	// ErrKeyAway is matched when what holds the private half of a master key, a
	// device or a key server, does not answer or refuses.
	ErrKeyAway = errors.New("master key cannot be reached")
	// ErrKeyExposed is matched when a master key file can be read by others
	// than its owner.
	ErrKeyExposed = errors.New("master key file is exposed")
)

// sourceError marks what the source of sealed bytes failed with, so that an
// object store that is away is not taken for damage.
type sourceError struct{ err error }

func (e *sourceError) Error() string { return e.err.Error() }

// explain sorts an error of age: a failing source, a wrong key, or damage.
func explain(err error) error {
	var (
		source  *sourceError
		noMatch *age.NoIdentityMatchError
	)
	switch {
	case err == nil, err == io.EOF:
		return err
	case errors.As(err, &source):
		return source.err
	case errors.As(err, &noMatch):
		return ErrNoMatchingKey
	}
	// The cause is told but not wrapped: it may be io.EOF, and nobody must take
	// a truncated file for one that was read to its end.
	return fmt.Errorf("%w: %v", ErrCorrupt, err)
}

// markedReader marks the errors of a reader.
type markedReader struct{ r io.Reader }

func (m markedReader) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	return n, mark(err)
}

// markedReaderAt marks the errors of a reader at offsets.
type markedReaderAt struct{ r io.ReaderAt }

func (m markedReaderAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := m.r.ReadAt(p, off)
	return n, mark(err)
}

func mark(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &sourceError{err}
}

package envelope

import (
	"bytes"
	"fmt"
	"io"

	"filippo.io/age"
)

// OpenBytes returns what was sealed for identity. Errors match
// [ErrNoMatchingKey] or [ErrCorrupt], or [ErrNoKey] for a zero identity.
func OpenBytes(sealed []byte, identity *Identity) ([]byte, error) {
	r, err := OpenReader(bytes.NewReader(sealed), identity)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// OpenReader returns a reader of what was sealed for identity and is read from
// src. Every byte it yields is authentic, but that the end is missing shows only
// there: until it returns [io.EOF], what was read may be a part. Errors match
// [ErrNoMatchingKey] or [ErrCorrupt], or are those of src.
func OpenReader(src io.Reader, identity *Identity) (io.Reader, error) {
	identities, err := identity.ages()
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	return openWith(src, identities)
}

func openWith(src io.Reader, identities []age.Identity) (io.Reader, error) {
	plain, err := age.Decrypt(markedReader{src}, identities...)
	if err != nil {
		return nil, fmt.Errorf("open: %w", explain(err))
	}
	return opened{plain}, nil
}

// opened explains the errors of a decrypting reader.
type opened struct{ plain io.Reader }

func (o opened) Read(p []byte) (int, error) {
	n, err := o.plain.Read(p)
	if err == nil || err == io.EOF {
		return n, err
	}
	return n, fmt.Errorf("open: %w", explain(err))
}

// OpenReaderAt returns what was sealed for identity for reading at any offset,
// and its length in bytes. The sealed data has size bytes and is read from src,
// in pieces of at most 64 KiB and 16 bytes; its end is read and verified at once,
// so the length is authentic. The result may be used concurrently if src may be;
// an offset beyond the end yields [io.EOF]. Each read takes a buffer of a chunk, so
// read in pieces of some KiB at least. Errors match [ErrNoMatchingKey] or
// [ErrCorrupt], or are those of src.
func OpenReaderAt(src io.ReaderAt, size int64, identity *Identity) (io.ReaderAt, int64, error) {
	identities, err := identity.ages()
	if err != nil {
		return nil, 0, fmt.Errorf("open: %w", err)
	}
	plain, length, err := age.DecryptReaderAt(markedReaderAt{src}, size, identities...)
	if err != nil {
		return nil, 0, fmt.Errorf("open: %w", explain(err))
	}
	return &openedAt{plain: plain, length: length}, length, nil
}

// openedAt explains the errors of a decrypting reader at offsets.
type openedAt struct {
	plain  io.ReaderAt
	length int64
}

func (o *openedAt) ReadAt(p []byte, off int64) (int, error) {
	switch {
	case off < 0:
		return 0, fmt.Errorf("open: offset %d is negative", off)
	case len(p) == 0:
		return 0, nil
	case off >= o.length:
		return 0, io.EOF
	}
	n, err := o.plain.ReadAt(p, off)
	if err == nil || err == io.EOF {
		return n, err
	}
	return n, fmt.Errorf("open: %w", explain(err))
}

package envelope

import (
	"bytes"
	"fmt"
	"io"

	"filippo.io/age"
)

// SealWriter returns a writer that seals what is written to it for r and writes
// the result to dst. Close must be called and its error heeded: it writes the
// last chunk, without which nobody can open the end. It does not close dst. Up to
// 64 KiB of plaintext are held in memory until a chunk is full.
func SealWriter(dst io.Writer, r Recipient) (io.WriteCloser, error) {
	if r.public == nil {
		return nil, fmt.Errorf("seal: %w", ErrNoKey)
	}
	w, err := newStreamWriter(dst, r.public)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return w, nil
}

// SealBytes returns plain sealed for r.
func SealBytes(r Recipient, plain []byte) ([]byte, error) {
	if r.public == nil {
		return nil, fmt.Errorf("seal: %w", ErrNoKey)
	}
	return sealTo([]age.Recipient{r.public}, plain)
}

func sealTo(recipients []age.Recipient, plain []byte) ([]byte, error) {
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipients...)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return sealed.Bytes(), nil
}

package envelope

import (
	"fmt"
	"io"

	"filippo.io/age"
)

// SealWriter returns a writer that seals what is written to it to the master key,
// as [SealWriter] does to another one.
func (m *Master) SealWriter(dst io.Writer) (io.WriteCloser, error) {
	recipients := m.recipients()
	if len(recipients) == 0 {
		return nil, fmt.Errorf("seal: %w", ErrNoKey)
	}
	w, err := age.Encrypt(dst, recipients...)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return w, nil
}

// OpenReader returns what was sealed to the master key, as [OpenReader] does for
// another one: it gives nothing that was changed, and ends with an error where
// something is missing.
func (m *Master) OpenReader(src io.Reader) (io.Reader, error) {
	if m == nil || len(m.private) == 0 {
		return nil, fmt.Errorf("open: %w", ErrNoKey)
	}
	var identities []age.Identity
	for _, private := range m.private {
		identities = append(identities, private)
	}
	plain, err := openWith(src, identities)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	return plain, nil
}

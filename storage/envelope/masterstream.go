package envelope

import (
	"fmt"
	"io"

	"filippo.io/age"
)

// SealWriter returns a writer that seals what is written to it to the master key,
// as [SealWriter] does to another one.
func (m *Master) SealWriter(dst io.Writer) (io.WriteCloser, error) {
	rs, err := m.recipients()
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	w, err := age.Encrypt(dst, ageRecipients(rs)...)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return w, nil
}

// OpenReader returns what was sealed to the master key, as [OpenReader] does for
// another one: it gives nothing that was changed, and ends with an error where
// something is missing.
func (m *Master) OpenReader(src io.Reader) (io.Reader, error) {
	plain, err := m.reader(src)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	return plain, nil
}

package envelope

import (
	"fmt"
	"slices"
)

// Current tells whether something says that it is sealed to exactly the keys
// that m seals to now.
func (m *Master) Current(sealed []byte) bool {
	rs, err := m.recipients()
	return err == nil && slices.Equal(SealedTo(sealed), masterRecipients(rs).ids())
}

// Reseal returns what a key envelope or secret holds, sealed anew to the keys
// that m seals to now. What is inside stays as it is and is not looked at. Errors
// are those of [Master.OpenKey], except [ErrBinding].
func (m *Master) Reseal(sealed []byte) ([]byte, error) {
	rs, err := m.recipients()
	if err != nil {
		return nil, fmt.Errorf("seal anew: %w", err)
	}
	plain, err := m.open(sealed, maxSecretPlain)
	if err != nil {
		return nil, fmt.Errorf("seal anew: %w", err)
	}
	defer clear(plain)
	if int64(len(plain)) > maxSecretPlain {
		return nil, fmt.Errorf("seal anew: %w: it is longer than %d bytes", ErrFormat, maxSecretPlain)
	}
	again, err := sealTo(ageRecipients(rs), plain)
	if err != nil {
		return nil, fmt.Errorf("seal anew: %w", err)
	}
	return again, nil
}

// Opens tells whether m opens a key envelope or secret: the error says why not.
func (m *Master) Opens(sealed []byte) error {
	plain, err := m.open(sealed, maxSecretPlain)
	clear(plain)
	return err
}

package envelope

import (
	"fmt"

	"filippo.io/age"
)

// Sealer makes keys. It holds only public halves of the master key, so it can be
// given to a process that must not open anything.
type Sealer struct {
	recipients func() ([]MasterRecipient, error)
}

// NewSealer returns a Sealer to these recipients, at least one, whose private
// halves need not be on this machine.
func NewSealer(recipients ...MasterRecipient) *Sealer {
	return &Sealer{func() ([]MasterRecipient, error) {
		if len(recipients) == 0 {
			return nil, ErrNoKey
		}
		return recipients, nil
	}}
}

// NewKey makes a fresh key for b. Its private half is in the envelope only and
// cannot be had from the Sealer again. Errors match [ErrFormat] for a binding
// that is none, and [ErrNoKey] for a zero Sealer.
func (s *Sealer) NewKey(b Binding) (Key, error) {
	if s == nil || s.recipients == nil {
		return Key{}, fmt.Errorf("make key: %w", ErrNoKey)
	}
	masters, err := s.recipients()
	if err != nil {
		return Key{}, fmt.Errorf("make key: %w", err)
	}
	if err := b.validate(); err != nil {
		return Key{}, fmt.Errorf("make key: %w", err)
	}
	private, err := age.GenerateX25519Identity()
	if err != nil {
		return Key{}, fmt.Errorf("make key: %w", err)
	}
	sealed, err := sealTo(ageRecipients(masters), note{binding: b, private: private}.encode())
	if err != nil {
		return Key{}, fmt.Errorf("make key: %w", err)
	}
	return Key{Recipient: Recipient{private.Recipient()}, Envelope: sealed}, nil
}

// SealNote returns plain sealed to the Sealer's recipients.
func (s *Sealer) SealNote(plain []byte) ([]byte, error) {
	if s == nil || s.recipients == nil {
		return nil, fmt.Errorf("seal: %w", ErrNoKey)
	}
	masters, err := s.recipients()
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return sealTo(ageRecipients(masters), plain)
}

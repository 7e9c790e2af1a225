package envelope

import (
	"fmt"

	"filippo.io/age"
)

// Sealer makes keys. It holds only public halves of the master key, so it can be
// given to a process that must not open anything.
type Sealer struct {
	masters []age.Recipient
}

// NewKey makes a fresh key for b. Its private half is in the envelope only and
// cannot be had from the Sealer again. Errors match [ErrFormat] for a binding
// that is none, and [ErrNoKey] for a zero Sealer.
func (s *Sealer) NewKey(b Binding) (Key, error) {
	if s == nil || len(s.masters) == 0 {
		return Key{}, fmt.Errorf("make key: %w", ErrNoKey)
	}
	if err := b.validate(); err != nil {
		return Key{}, fmt.Errorf("make key: %w", err)
	}
	private, err := age.GenerateX25519Identity()
	if err != nil {
		return Key{}, fmt.Errorf("make key: %w", err)
	}
	sealed, err := sealTo(s.masters, note{binding: b, private: private}.encode())
	if err != nil {
		return Key{}, fmt.Errorf("make key: %w", err)
	}
	return Key{Recipient: Recipient{private.Recipient()}, Envelope: sealed}, nil
}

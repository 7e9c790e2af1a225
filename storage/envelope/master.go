package envelope

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
)

// Master opens key envelopes and server secrets. It holds private keys and
// prints as their public halves.
type Master struct {
	private []*age.X25519Identity
}

// ParseMaster returns the master key that text holds: an age identity file with
// one or more X25519 identities ("AGE-SECRET-KEY-1…"), a line each; empty lines
// and lines that begin with # are passed over. Everything is sealed to all of
// them and can be opened with each. Errors match [ErrFormat] and hold nothing of
// the text.
func ParseMaster(text string) (*Master, error) {
	m := &Master{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		private, err := parsePrivate(line)
		if err != nil {
			return nil, fmt.Errorf("read master key: %w", err)
		}
		m.private = append(m.private, private)
	}
	if len(m.private) == 0 {
		return nil, fmt.Errorf("read master key: %w: no identity in it", ErrFormat)
	}
	return m, nil
}

// Sealer returns the half of m that makes keys and opens nothing.
func (m *Master) Sealer() *Sealer {
	return &Sealer{masters: m.recipients()}
}

// OpenKey opens a key envelope and checks that it was made for b. Errors match
// [ErrNoMatchingKey] if it was sealed to another master key, [ErrCorrupt],
// [ErrFormat], or [ErrBinding] if it is for something else.
func (m *Master) OpenKey(envelope []byte, b Binding) (*Identity, error) {
	plain, err := m.open(envelope, maxNoteLen)
	if err != nil {
		return nil, fmt.Errorf("open key of %s of %s: %w", b.Part, b.Recording, err)
	}
	n, err := parseNote(plain)
	if err == nil {
		err = n.matches(b)
	}
	if err != nil {
		return nil, fmt.Errorf("open key of %s of %s: %w", b.Part, b.Recording, err)
	}
	return &Identity{n.private}, nil
}

// String names the master key by its public halves.
func (m *Master) String() string {
	var public []string
	if m != nil {
		for _, private := range m.private {
			public = append(public, private.Recipient().String())
		}
	}
	return "master key of " + strings.Join(public, ", ")
}

// Format implements [fmt.Formatter] with the text of String for every verb.
func (m *Master) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, m.String()) }

func (m *Master) recipients() []age.Recipient {
	var recipients []age.Recipient
	if m != nil {
		for _, private := range m.private {
			recipients = append(recipients, private.Recipient())
		}
	}
	return recipients
}

// open returns what was sealed to the master key, and at most one byte more than
// limit of it.
func (m *Master) open(sealed []byte, limit int64) ([]byte, error) {
	if m == nil || len(m.private) == 0 {
		return nil, ErrNoKey
	}
	var identities []age.Identity
	for _, private := range m.private {
		identities = append(identities, private)
	}
	plain, err := openWith(bytes.NewReader(sealed), identities)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(plain, limit+1))
}

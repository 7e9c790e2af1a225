package envelope

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"filippo.io/age"
)

// MasterSource is where master keys come from: a file, a secret of the
// environment, a device, a key server.
type MasterSource interface {
	// MasterKeys returns the keys as they are now. It is called whenever
	// something is sealed or opened, and must be quick.
	MasterKeys() []MasterKey
}

// MasterKeys is a source whose keys stay as they are.
type MasterKeys []MasterKey

// MasterKeys implements [MasterSource].
func (k MasterKeys) MasterKeys() []MasterKey { return k }

// Master opens key envelopes and server secrets. It holds private keys and
// prints as their public halves.
type Master struct {
	sources []MasterSource
	escrow  []MasterRecipient
	without string // id of a key that is passed over
}

// NewMaster returns the master of everything that the sources have. What is
// sealed from then on can be opened with each of their keys, and with each of the
// escrow's, whose private halves are elsewhere. Errors match [ErrNoKey] if the
// sources have no key to seal to.
func NewMaster(escrow []MasterRecipient, sources ...MasterSource) (*Master, error) {
	m := &Master{sources: sources, escrow: escrow}
	if _, err := m.recipients(); err != nil {
		return nil, err
	}
	return m, nil
}

// ParseMaster returns the master key that text holds: an age identity file with
// one or more identities, X25519 ("AGE-SECRET-KEY-1…") or post-quantum
// ("AGE-SECRET-KEY-PQ-1…"), a line each; empty lines and lines that begin with #
// are passed over. Errors match [ErrFormat] and hold nothing of the text.
func ParseMaster(text string) (*Master, error) {
	keys, err := ParseMasterKeys(text)
	if err != nil {
		return nil, err
	}
	return NewMaster(nil, keys)
}

// Keys returns the keys as they are now, each once.
func (m *Master) Keys() []MasterKey {
	var keys []MasterKey
	if m == nil {
		return nil
	}
	for _, s := range m.sources {
		for _, k := range s.MasterKeys() {
			same := func(o MasterKey) bool { return o.recipient.text == k.recipient.text }
			if k.recipient.ID() != m.without && !slices.ContainsFunc(keys, same) {
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// Escrow returns the recipients whose private halves are elsewhere.
func (m *Master) Escrow() []MasterRecipient { return slices.Clone(m.escrow) }

// Recipients returns what is sealed to now, each once.
func (m *Master) Recipients() []MasterRecipient {
	rs, err := m.recipients()
	if err != nil {
		return nil
	}
	return rs
}

// Without returns a master that neither seals to the key of an id nor opens
// with it.
func (m *Master) Without(id string) *Master {
	return &Master{sources: m.sources, escrow: m.escrow, without: id}
}

// Sealer returns the half of m that makes keys and opens nothing.
func (m *Master) Sealer() *Sealer { return &Sealer{recipients: m.recipients} }

// OpenKey opens a key envelope and checks that it was made for b. Errors match
// [ErrNoMatchingKey] if it was sealed to another master key, [ErrKeyAway] if the
// one that opens it cannot be reached, [ErrCorrupt], [ErrFormat], or [ErrBinding]
// if it is for something else.
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
	for _, k := range m.Keys() {
		public = append(public, k.recipient.String())
	}
	return "master key of " + strings.Join(public, ", ")
}

// Format implements [fmt.Formatter] with the text of String for every verb.
func (m *Master) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, m.String()) }

// recipients returns what is sealed to: at least one whose private half is here.
func (m *Master) recipients() ([]MasterRecipient, error) {
	var rs []MasterRecipient
	for _, k := range m.Keys() {
		if !k.opensOnly {
			rs = append(rs, k.recipient)
		}
	}
	if len(rs) == 0 {
		return nil, ErrNoKey
	}
	for _, e := range m.escrow {
		if e.ID() != m.without && !slices.ContainsFunc(rs, func(r MasterRecipient) bool { return r.text == e.text }) {
			rs = append(rs, e)
		}
	}
	return rs, nil
}

// ageRecipients returns the recipients as age wants them.
func ageRecipients(rs []MasterRecipient) []age.Recipient {
	return []age.Recipient{masterRecipients(rs)}
}

// open returns what was sealed to the master key, and at most one byte more than
// limit of it.
func (m *Master) open(sealed []byte, limit int64) ([]byte, error) {
	plain, err := m.reader(bytes.NewReader(sealed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(plain, limit+1))
}

// reader opens what was sealed to the master key. If none of the keys here opens
// it, the error names those that do.
func (m *Master) reader(src io.Reader) (io.Reader, error) {
	keys := m.Keys()
	if len(keys) == 0 {
		return nil, ErrNoKey
	}
	identity := &masterIdentity{keys: keys}
	plain, err := openWith(src, []age.Identity{identity})
	if errors.Is(err, ErrNoMatchingKey) {
		err = fmt.Errorf("%w: it opens with %s, and here is %s", err, named(identity.sealedTo), namedKeys(keys))
	}
	return plain, err
}

func named(ids []string) string {
	if len(ids) == 0 {
		return "a master key that it does not name"
	}
	return "master key " + strings.Join(ids, " or ")
}

func namedKeys(keys []MasterKey) string {
	var ids []string
	for _, k := range keys {
		ids = append(ids, k.recipient.ID())
	}
	return strings.Join(ids, " and ")
}

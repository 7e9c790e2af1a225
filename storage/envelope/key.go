package envelope

import (
	"fmt"
	"io"

	"filippo.io/age"

	"parley/storage/id"
)

// Binding says what a key is for. It is sealed into the key's envelope, so that
// envelopes cannot be exchanged unnoticed.
type Binding struct {
	// Recording is the recording that the key belongs to.
	Recording id.RecordingID
	// Part is one of [id.Parts].
	Part string
}

func (b Binding) validate() error {
	if _, err := id.ParseRecording(string(b.Recording)); err != nil {
		return fmt.Errorf("%w: recording: %w", ErrFormat, err)
	}
	if !id.ValidPart(b.Part) {
		return fmt.Errorf("%w: part is %q, want one of %q", ErrFormat, b.Part, id.Parts())
	}
	return nil
}

// Recipient is the public half of a key: it seals and cannot open. Its text is
// no secret. The zero Recipient is refused everywhere.
type Recipient struct {
	public *age.X25519Recipient
}

// ParseRecipient returns the recipient whose String is s ("age1…"), or an error
// that matches [ErrFormat].
func ParseRecipient(s string) (Recipient, error) {
	public, err := age.ParseX25519Recipient(s)
	if err != nil {
		// The cause would repeat s, which may be a private key by mistake.
		return Recipient{}, fmt.Errorf("%w: not an X25519 age recipient", ErrFormat)
	}
	return Recipient{public}, nil
}

// String returns the recipient in age's form, "age1…", and the empty text for
// the zero Recipient.
func (r Recipient) String() string {
	if r.public == nil {
		return ""
	}
	return r.public.String()
}

// Key is a fresh key for one part of a recording. It holds no secret in the
// clear.
type Key struct {
	// Recipient seals the part.
	Recipient Recipient
	// Envelope is the private half, sealed to the master key. It is an age
	// file of well under 1 KiB.
	Envelope []byte
}

// String names the key by its public half.
func (k Key) String() string {
	return fmt.Sprintf("key for %s (envelope of %d bytes)", k.Recipient, len(k.Envelope))
}

// Format implements [fmt.Formatter] with the text of String for every verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// Identity is the private half of a key: it opens. It prints as its public half.
type Identity struct {
	private *age.X25519Identity
}

// Recipient returns the public half.
func (i *Identity) Recipient() Recipient {
	if i == nil || i.private == nil {
		return Recipient{}
	}
	return Recipient{i.private.Recipient()}
}

// String names the identity by its public half.
func (i *Identity) String() string {
	return fmt.Sprintf("identity of %s", i.Recipient())
}

// Format implements [fmt.Formatter] with the text of String for every verb.
func (i *Identity) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, i.String()) }

// ages returns the identity as age wants it.
func (i *Identity) ages() ([]age.Identity, error) {
	if i == nil || i.private == nil {
		return nil, ErrNoKey
	}
	return []age.Identity{i.private, batchIdentity{i.private}}, nil
}

package envelope

import (
	"crypto"
	"crypto/ecdh"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
	"strings"

	"filippo.io/age"
	"filippo.io/age/tag"
)

// The kinds of master keys.
const (
	// KindX25519 is age's classic kind, "age1…".
	KindX25519 = "X25519"
	// KindHybrid is age's kind that withstands quantum computers, "age1pq1…".
	KindHybrid = "post-quantum"
	// KindP256 is age's kind for keys that stay in a device, "age1tag1…".
	KindP256 = "P-256"
	// KindRSA is a kind of our own for keys that stay in a key server,
	// "rsa-oaep:…". docs/format.md has it.
	KindRSA = "RSA"
)

// MasterRecipient is the public half of a master key. Its text is no secret.
// The zero MasterRecipient is refused everywhere.
type MasterRecipient struct {
	kind, text string
	wrap       age.Recipient
}

// ParseMasterRecipient returns the recipient whose String is s, of one of the
// kinds above, or an error that matches [ErrFormat] and does not repeat s.
func ParseMasterRecipient(s string) (MasterRecipient, error) {
	r := MasterRecipient{text: s}
	var err error
	switch {
	case strings.HasPrefix(s, "age1pq1"):
		r.kind = KindHybrid
		r.wrap, err = age.ParseHybridRecipient(s)
	case strings.HasPrefix(s, "age1tag1"):
		r.kind = KindP256
		r.wrap, err = tag.ParseRecipient(s)
	case strings.HasPrefix(s, "age1"):
		r.kind = KindX25519
		r.wrap, err = age.ParseX25519Recipient(s)
	case strings.HasPrefix(s, rsaPrefix):
		r.kind = KindRSA
		r.wrap, err = parseRSARecipient(s)
	default:
		err = ErrFormat
	}
	if err != nil {
		// The cause would repeat s, which may be a private key by mistake.
		return MasterRecipient{}, fmt.Errorf("%w: not a public master key (age1…, age1pq1…, age1tag1… or %s…)", ErrFormat, rsaPrefix)
	}
	return r, nil
}

// String returns the recipient's text, empty for the zero MasterRecipient.
func (r MasterRecipient) String() string { return r.text }

// Kind is one of the kinds above.
func (r MasterRecipient) Kind() string { return r.kind }

// PostQuantum tells whether what is sealed to it alone withstands quantum
// computers.
func (r MasterRecipient) PostQuantum() bool { return r.kind == KindHybrid }

// ID is the name by which sealed things say which master keys open them: 16 hex
// digits, the beginning of the SHA-256 of the text.
func (r MasterRecipient) ID() string {
	sum := sha256.Sum256([]byte(r.text))
	return hex.EncodeToString(sum[:8])
}

// MasterKey is a master key with its private half, or with what reaches it. It
// prints as its public half.
type MasterKey struct {
	recipient MasterRecipient
	private   age.Identity
	opensOnly bool
}

// Recipient returns the public half.
func (k MasterKey) Recipient() MasterRecipient { return k.recipient }

// OpensOnly tells whether nothing new is sealed to the key.
func (k MasterKey) OpensOnly() bool { return k.opensOnly }

// String names the key by its public half.
func (k MasterKey) String() string { return "master key " + k.recipient.ID() }

// Format implements [fmt.Formatter] with the text of String for every verb.
func (k MasterKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// ParseMasterKey returns the master key whose private half text is, in age's
// form: "AGE-SECRET-KEY-1…" or "AGE-SECRET-KEY-PQ-1…". Errors match [ErrFormat]
// and hold nothing of the text.
func ParseMasterKey(text string) (MasterKey, error) {
	if strings.HasPrefix(text, "AGE-SECRET-KEY-PQ-1") {
		private, err := age.ParseHybridIdentity(text)
		if err != nil || private.String() != text {
			return MasterKey{}, fmt.Errorf("%w: not a post-quantum age identity", ErrFormat)
		}
		r := private.Recipient()
		return MasterKey{recipient: MasterRecipient{KindHybrid, r.String(), r}, private: private}, nil
	}
	private, err := parsePrivate(text)
	if err != nil {
		return MasterKey{}, err
	}
	r := private.Recipient()
	return MasterKey{recipient: MasterRecipient{KindX25519, r.String(), r}, private: private}, nil
}

// GenerateMasterKey makes a fresh private half of [KindX25519] or [KindHybrid],
// in age's form.
func GenerateMasterKey(kind string) (string, error) {
	var (
		private fmt.Stringer
		err     error
	)
	switch kind {
	case KindX25519:
		private, err = age.GenerateX25519Identity()
	case KindHybrid:
		private, err = age.GenerateHybridIdentity()
	default:
		return "", fmt.Errorf("make master key: %w: no keys of kind %q are made here", ErrFormat, kind)
	}
	if err != nil {
		return "", fmt.Errorf("make master key: %w", err)
	}
	return private.String(), nil
}

// DeviceKey returns the master key whose private half is a P-256 key in a device
// that derives shared secrets with it. The key is of age's "p256tag" kind, so the
// age command can seal to it. Errors match [ErrFormat] for another curve.
func DeviceKey(device ecdh.KeyExchanger) (MasterKey, error) {
	if device.Curve() != ecdh.P256() {
		return MasterKey{}, fmt.Errorf("%w: the device's key is not on the curve P-256", ErrFormat)
	}
	point := device.PublicKey().Bytes() // 4, x, y
	x, y := new(big.Int).SetBytes(point[1:33]), new(big.Int).SetBytes(point[33:])
	r, err := tag.NewClassicRecipient(elliptic.MarshalCompressed(elliptic.P256(), x, y))
	if err != nil {
		return MasterKey{}, fmt.Errorf("%w: the device's key: %w", ErrFormat, err)
	}
	return MasterKey{recipient: MasterRecipient{KindP256, r.String(), r}, private: deviceIdentity{device, r}}, nil
}

// ServerKey returns the master key whose private half is an RSA key of 2048 bits
// or more that d decrypts with (RSAES-OAEP, SHA-256, no label). Errors match
// [ErrFormat] for another key.
func ServerKey(d crypto.Decrypter) (MasterKey, error) {
	public, ok := d.Public().(*rsa.PublicKey)
	if !ok {
		return MasterKey{}, fmt.Errorf("%w: the key server's key is not RSA", ErrFormat)
	}
	text, err := rsaText(public)
	if err != nil {
		return MasterKey{}, err
	}
	r, err := ParseMasterRecipient(text)
	if err != nil {
		return MasterKey{}, fmt.Errorf("%w: the key server's key has %d bits, want %d or more", ErrFormat, public.Size()*8, minRSABits)
	}
	return MasterKey{recipient: r, private: rsaIdentity{d, r.ID()}}, nil
}

// OpeningOnly returns the key as one to which nothing new is sealed.
func (k MasterKey) OpeningOnly() MasterKey {
	k.opensOnly = true
	return k
}

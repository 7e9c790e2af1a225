package signing

import (
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

// SeedLen is the length of a private key's seed in bytes.
const SeedLen = ed25519.SeedSize

// Errors of Verify and ParseKeys.
var (
	// ErrSignature says that a text was not signed like this by one of the keys.
	ErrSignature = errors.New("signing: the signature does not hold")
	// ErrUnknownKey says that a text was signed by a key that is not in the set.
	ErrUnknownKey = errors.New("signing: signed by an unknown key")
	// ErrFormat says that something is not what its reader expects.
	ErrFormat = errors.New("signing: malformed")
)

// Key is the private half of a deployment's key. It never prints itself.
type Key struct {
	private ed25519.PrivateKey
	id      string
}

// FromSeed makes the key of a seed of [SeedLen] random bytes.
func FromSeed(seed []byte) (*Key, error) {
	if len(seed) != SeedLen {
		return nil, fmt.Errorf("%w: a seed of %d bytes, want %d", ErrFormat, len(seed), SeedLen)
	}
	private := ed25519.NewKeyFromSeed(seed)
	id, err := thumbprint(private.Public())
	if err != nil {
		return nil, err
	}
	return &Key{private: private, id: id}, nil
}

func thumbprint(public crypto.PublicKey) (string, error) {
	jwk := jose.JSONWebKey{Key: public}
	sum, err := jwk.Thumbprint(crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("name the key: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(sum), nil
}

// String implements fmt.Stringer: the private half must not get into a log.
func (k *Key) String() string { return "signing key " + k.id }

// GoString implements fmt.GoStringer.
func (k *Key) GoString() string { return k.String() }

// ID is the key's name: its JWK thumbprint.
func (k *Key) ID() string { return k.id }

// Public is the set that holds the key's public half and nothing else.
func (k *Key) Public() KeySet {
	return KeySet{k.id: k.private.Public().(ed25519.PublicKey)}
}

// Sign returns payload as a compact JWS of a type, which must not be empty. The
// same payload gives the same bytes each time (Ed25519 is deterministic).
func (k *Key) Sign(typ string, payload []byte) (string, error) {
	if typ == "" {
		return "", fmt.Errorf("%w: no type", ErrFormat)
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: k.private, KeyID: k.id}},
		(&jose.SignerOptions{}).WithType(jose.ContentType(typ)),
	)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return signed.CompactSerialize()
}

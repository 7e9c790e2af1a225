package envelope

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"
)

// A batch stanza is a recipient stanza of age (C2SP age.md) with a type of its
// own, "parley.batch/v1". It wraps the file key, which is fresh for every file as
// age demands, with a batch key by ChaCha20-Poly1305; the batch key, of 16
// bytes, is wrapped by age's X25519 recipient type. Its arguments are the
// ephemeral share of that X25519 stanza and a salt; its body is the X25519
// stanza's body and the wrapped file key.
const (
	batchStanza = "parley.batch/v1"
	batchInfo   = "parley.batch/v1 file key"
	batchKey    = 16 // bytes, the size that age's recipients wrap
	x25519Body  = batchKey + chacha20poly1305.Overhead
)

// maxBatches is how many batches one batch key serves: some ten seconds of a
// journal.
const maxBatches = 16

// BatchSealer seals many small pieces for one recipient, each as an age file
// that opens by itself. X25519 costs more than all the rest of sealing a small
// piece, and is done once for sixteen of them; so long, and no longer, does the
// process hold what could open them. Not safe for concurrent use.
type BatchSealer struct {
	recipient Recipient
	left      int // batches that the key may still serve
	key       []byte
	wrapped   *age.Stanza
}

// NewBatchSealer returns a sealer of batches for r.
func NewBatchSealer(r Recipient) *BatchSealer { return &BatchSealer{recipient: r} }

// Seal returns plain sealed. [OpenBytes] and the others open it.
func (s *BatchSealer) Seal(plain []byte) ([]byte, error) {
	if s.recipient.public == nil {
		return nil, fmt.Errorf("seal: %w", ErrNoKey)
	}
	if s.left == 0 {
		if err := s.renew(); err != nil {
			return nil, fmt.Errorf("seal: %w", err)
		}
	}
	s.left--
	return sealTo([]age.Recipient{s}, plain)
}

// renew makes a new batch key and forgets the last one.
func (s *BatchSealer) renew() error {
	clear(s.key)
	key := make([]byte, batchKey)
	_, _ = rand.Read(key) // crypto/rand never fails (Go 1.24)
	stanzas, err := s.recipient.public.Wrap(key)
	if err != nil {
		return err
	}
	s.key, s.wrapped, s.left = key, stanzas[0], maxBatches
	return nil
}

// Wrap implements [age.Recipient] for Seal.
func (s *BatchSealer) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	salt := make([]byte, sha256.Size)
	_, _ = rand.Read(salt) // as above
	body, err := wrapFileKey(s.key, salt, fileKey)
	if err != nil {
		return nil, err
	}
	return []*age.Stanza{{
		Type: batchStanza,
		Args: []string{s.wrapped.Args[0], base64.RawStdEncoding.EncodeToString(salt)},
		Body: append(bytes.Clone(s.wrapped.Body), body...),
	}}, nil
}

// wrapFileKey seals a file key under a key of its own, derived from the batch
// key and a random salt of 32 bytes, so that the AEAD's nonce may be fixed.
func wrapFileKey(key, salt, fileKey []byte) ([]byte, error) {
	derived, err := hkdf.Key(sha256.New, key, salt, batchInfo, chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.New(derived)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, make([]byte, chacha20poly1305.NonceSize), fileKey, nil), nil
}

// batchIdentity opens what a BatchSealer sealed.
type batchIdentity struct{ private *age.X25519Identity }

var errBatchStanza = errors.New("malformed batch stanza")

// Unwrap implements [age.Identity].
func (i batchIdentity) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	for _, s := range stanzas {
		if s.Type != batchStanza {
			continue
		}
		if len(stanzas) != 1 || len(s.Args) != 2 || len(s.Body) != x25519Body+batchKey+chacha20poly1305.Overhead {
			return nil, errBatchStanza
		}
		key, err := i.private.Unwrap([]*age.Stanza{{Type: "X25519", Args: s.Args[:1], Body: s.Body[:x25519Body]}})
		if err != nil {
			return nil, err
		}
		return unwrapFileKey(key, s.Args[1], s.Body[x25519Body:])
	}
	return nil, age.ErrIncorrectIdentity
}

func unwrapFileKey(key []byte, salt string, body []byte) ([]byte, error) {
	raw, err := base64.RawStdEncoding.Strict().DecodeString(salt)
	if err != nil || len(raw) != sha256.Size {
		return nil, errBatchStanza
	}
	derived, err := hkdf.Key(sha256.New, key, raw, batchInfo, chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.New(derived)
	if err != nil {
		return nil, err
	}
	fileKey, err := aead.Open(nil, make([]byte, chacha20poly1305.NonceSize), body, nil)
	if err != nil {
		return nil, errBatchStanza
	}
	return fileKey, nil
}

package envelope

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"filippo.io/age"
)

// An RSA stanza wraps the file key with RSAES-OAEP (RFC 8017, section 7.1) with
// SHA-256 for the hash and for MGF1 and an empty label, which is what Vault's
// Transit engine decrypts. Its argument is the id of the key.
const (
	rsaStanza  = "parley.rsa-oaep/v1"
	rsaPrefix  = "rsa-oaep:"
	minRSABits = 2048
)

// rsaRecipient seals to an RSA key.
type rsaRecipient struct {
	public *rsa.PublicKey
	id     string
}

// rsaText is the public half as text: the SubjectPublicKeyInfo (RFC 5280) in
// unpadded base64url after a prefix.
func rsaText(public *rsa.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return "", fmt.Errorf("%w: RSA key: %w", ErrFormat, err)
	}
	return rsaPrefix + base64.RawURLEncoding.EncodeToString(der), nil
}

func parseRSARecipient(text string) (rsaRecipient, error) {
	der, err := base64.RawURLEncoding.Strict().DecodeString(strings.TrimPrefix(text, rsaPrefix))
	if err != nil {
		return rsaRecipient{}, err
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return rsaRecipient{}, err
	}
	public, ok := key.(*rsa.PublicKey)
	if !ok || public.N.BitLen() < minRSABits {
		return rsaRecipient{}, ErrFormat
	}
	return rsaRecipient{public: public, id: MasterRecipient{text: text}.ID()}, nil
}

// Wrap implements [age.Recipient].
func (r rsaRecipient) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	body, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, r.public, fileKey, nil)
	if err != nil {
		return nil, fmt.Errorf("RSA-OAEP: %w", err)
	}
	return []*age.Stanza{{Type: rsaStanza, Args: []string{r.id}, Body: body}}, nil
}

// rsaIdentity opens what was sealed to an RSA key that something else holds.
type rsaIdentity struct {
	key crypto.Decrypter
	id  string
}

var errRSAStanza = errors.New("malformed RSA stanza")

// Unwrap implements [age.Identity].
func (i rsaIdentity) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	for _, s := range stanzas {
		if s.Type != rsaStanza || len(s.Args) != 1 || s.Args[0] != i.id {
			continue
		}
		fileKey, err := i.key.Decrypt(rand.Reader, s.Body, &rsa.OAEPOptions{Hash: crypto.SHA256})
		if errors.Is(err, rsa.ErrDecryption) {
			return nil, errRSAStanza
		}
		if err != nil {
			return nil, away(err)
		}
		return fileKey, nil
	}
	return nil, age.ErrIncorrectIdentity
}

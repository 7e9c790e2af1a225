package staff

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

// attempt is what must be remembered while somebody is at the provider.
type attempt struct {
	State    string    `json:"s"`
	Nonce    string    `json:"n"`
	Verifier string    `json:"v"` // of PKCE
	Return   string    `json:"r"`
	Fresh    bool      `json:"f"`
	At       time.Time `json:"t"`
}

// sealer seals attempts with AES-256-GCM; each has a random nonce, so one key is
// good for 2³² of them (NIST SP 800-38D section 8.3).
type sealer struct{ aead cipher.AEAD }

const keyBytes = 32

func newSealer(key []byte) (sealer, error) {
	if len(key) != keyBytes {
		return sealer{}, fmt.Errorf("staff: a key of %d bytes, want %d", len(key), keyBytes)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealer{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return sealer{aead}, err
}

func (s sealer) seal(a attempt) (string, error) {
	plain, err := json.Marshal(a)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, plain, nil)), nil
}

func (s sealer) open(text string) (a attempt, err error) {
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return a, err
	}
	plain, err := s.aead.Open(nil, nil, sealed, nil)
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(plain, &a)
}

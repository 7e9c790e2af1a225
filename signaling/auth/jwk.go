package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

const (
	maxSetBytes = 256 << 10
	maxSetKeys  = 64
	minRSABits  = 2048 // RFC 7518 section 3.3
)

// publicKey is a key of the platform with the one algorithm that it is good
// for, whatever the header of a token says.
type publicKey struct {
	alg string
	key crypto.PublicKey
}

// parseKeySet reads a JSON Web Key Set (RFC 7517 section 5) and returns the
// keys that may sign tokens, by id. Keys for other uses and of types and
// algorithms that are not taken here are left out, as the section says. A
// secret in the set, an id that comes twice, a key without an id, a weak one
// and a set without any key are errors.
func parseKeySet(data []byte) (map[string]publicKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(data, &set); err != nil {
		return nil, fmt.Errorf("not a JSON Web Key Set: %w", err)
	}
	if len(set.Keys) > maxSetKeys {
		return nil, fmt.Errorf("%d keys; at most %d are taken", len(set.Keys), maxSetKeys)
	}
	keys := map[string]publicKey{}
	for i, raw := range set.Keys {
		id, k, err := parseKey(raw)
		switch {
		case err != nil:
			return nil, fmt.Errorf("key %d of the set: %w", i+1, err)
		case k.alg == "":
			continue
		case keys[id].alg != "":
			return nil, fmt.Errorf("key %d of the set: the id %.40q came before", i+1, id)
		}
		keys[id] = k
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no key for signatures with ES256, EdDSA or RS256 in the set")
	}
	return keys, nil
}

// parseKey reads one key; the zero key is one to leave out.
func parseKey(raw json.RawMessage) (id string, _ publicKey, _ error) {
	var k jose.JSONWebKey
	err := k.UnmarshalJSON(raw)
	if errors.Is(err, jose.ErrUnsupportedKeyType) {
		return "", publicKey{}, nil
	}
	if err != nil {
		return "", publicKey{}, err
	}
	alg, err := algorithmOf(k.Key)
	switch {
	case err != nil:
		return "", publicKey{}, err
	case alg == "", k.Use != "" && k.Use != "sig", k.Algorithm != "" && k.Algorithm != alg:
		return "", publicKey{}, nil
	case k.KeyID == "" || len(k.KeyID) > MaxIDBytes:
		return "", publicKey{}, fmt.Errorf("it needs an id (kid) of 1 to %d bytes", MaxIDBytes)
	}
	return k.KeyID, publicKey{alg: alg, key: k.Key}, nil
}

// algorithmOf is the algorithm that a key is good for, empty if none.
func algorithmOf(key any) (string, error) {
	switch key := key.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < minRSABits {
			return "", fmt.Errorf("an RSA key of %d bits; at least %d are needed", key.N.BitLen(), minRSABits)
		}
		return jwt.SigningMethodRS256.Alg(), nil
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			return jwt.SigningMethodES256.Alg(), nil
		}
		return "", nil
	case ed25519.PublicKey:
		return jwt.SigningMethodEdDSA.Alg(), nil
	case []byte, *rsa.PrivateKey, *ecdsa.PrivateKey, ed25519.PrivateKey:
		return "", errors.New("it is a secret, which belongs in no set that others read; change it")
	}
	return "", nil
}

package signing

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"slices"

	"github.com/go-jose/go-jose/v4"
)

// KeySet holds public keys by their ids.
type KeySet map[string]ed25519.PublicKey

// Verify returns the payload of a compact JWS of a type. Errors match
// [ErrFormat], [ErrUnknownKey] or [ErrSignature].
func (s KeySet) Verify(typ, jws string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(jws, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	header := signed.Signatures[0].Protected
	if got, _ := header.ExtraHeaders[jose.HeaderType].(string); got != typ {
		return nil, fmt.Errorf("%w: it is of type %q, want %q", ErrSignature, got, typ)
	}
	key, known := s[header.KeyID]
	if !known {
		return nil, fmt.Errorf("%w: %q", ErrUnknownKey, header.KeyID)
	}
	payload, err := signed.Verify(key)
	if err != nil {
		return nil, ErrSignature
	}
	return payload, nil
}

// JWKS is the set as a JSON Web Key Set (RFC 7517 section 5), sorted by id.
func (s KeySet) JWKS() ([]byte, error) {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, id := range slices.Sorted(maps.Keys(s)) {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: s[id], KeyID: id, Algorithm: string(jose.EdDSA), Use: "sig"})
	}
	return json.Marshal(set)
}

// PEM is the set as PEM blocks of SubjectPublicKeyInfo (RFC 8410), sorted by id,
// as OpenSSL reads them.
func (s KeySet) PEM() ([]byte, error) {
	var out bytes.Buffer
	for _, id := range slices.Sorted(maps.Keys(s)) {
		der, err := x509.MarshalPKIXPublicKey(s[id])
		if err != nil {
			return nil, fmt.Errorf("encode key %s: %w", id, err)
		}
		if err := pem.Encode(&out, &pem.Block{Type: pemType, Bytes: der}); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

const pemType = "PUBLIC KEY"

// ParseKeys reads public keys in any of the forms in which they are handed out:
// a JSON Web Key Set, a single JSON Web Key, or PEM blocks. Each is named by its
// own thumbprint, whatever the file calls it. Errors match [ErrFormat]: there is
// none, or one that is no public Ed25519 key.
func ParseKeys(data []byte) (KeySet, error) {
	data = bytes.TrimSpace(data)
	var keys []any
	var err error
	if bytes.HasPrefix(data, []byte("{")) {
		keys, err = parseJSON(data)
	} else {
		keys, err = parsePEM(data)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	set := KeySet{}
	for _, k := range keys {
		public, ok := k.(ed25519.PublicKey)
		if !ok {
			return nil, fmt.Errorf("%w: a %T, want public Ed25519 keys only", ErrFormat, k)
		}
		id, err := thumbprint(public)
		if err != nil {
			return nil, err
		}
		set[id] = public
	}
	if len(set) == 0 {
		return nil, fmt.Errorf("%w: there is no key in it", ErrFormat)
	}
	return set, nil
}

func parseJSON(data []byte) ([]any, error) {
	var several struct {
		Keys []jose.JSONWebKey `json:"keys"`
	}
	if err := json.Unmarshal(data, &several); err != nil {
		return nil, err
	}
	if several.Keys == nil {
		var one jose.JSONWebKey
		if err := one.UnmarshalJSON(data); err != nil {
			return nil, err
		}
		return []any{one.Key}, nil
	}
	var keys []any
	for _, k := range several.Keys {
		keys = append(keys, k.Key)
	}
	return keys, nil
}

func parsePEM(data []byte) ([]any, error) {
	var keys []any
	for len(data) > 0 {
		block, rest := pem.Decode(data)
		if block == nil {
			return nil, fmt.Errorf("neither a JSON Web Key nor PEM")
		}
		if block.Type != pemType {
			return nil, fmt.Errorf("a PEM block %q, want %q", block.Type, pemType)
		}
		k, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
		data = bytes.TrimSpace(rest)
	}
	return keys, nil
}

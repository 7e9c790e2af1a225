package receipt

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// JWSType is the type in the header of a receipt's signature.
const JWSType = "consent-receipt+jws"

// Signer signs a payload as a compact JWS; *signing.Key is one.
type Signer interface {
	Sign(typ string, payload []byte) (jws string, err error)
}

// Verifier returns the payload of a compact JWS whose signature holds;
// signing.KeySet is one.
type Verifier interface {
	Verify(typ, jws string) ([]byte, error)
}

// ErrFile says that a file is not a signed receipt.
var ErrFile = errors.New("receipt: not the file of a receipt")

// Sign returns the receipt as a compact JWS.
func (r Receipt) Sign(s Signer) (string, error) {
	jws, err := s.Sign(JWSType, r.encoded)
	if err != nil {
		return "", fmt.Errorf("receipt: %w", err)
	}
	return jws, nil
}

// Open returns the receipt in a compact JWS if its signature holds.
func Open(jws string, keys Verifier) (Receipt, error) {
	payload, err := keys.Verify(JWSType, jws)
	if err != nil {
		return Receipt{}, fmt.Errorf("receipt: %w", err)
	}
	return Decode(payload)
}

// file is the flattened JSON serialization of a JWS (RFC 7515 section 7.2.2). Its
// last member is none of the standard's, which has readers of JWS pass over it: the
// same receipt as people can read it.
type file struct {
	Payload   string          `json:"payload"`
	Protected string          `json:"protected"`
	Signature string          `json:"signature"`
	Receipt   json.RawMessage `json:"receipt"`
}

// File is a signed receipt as it is handed out. The same JWS gives the same bytes.
func File(jws string) ([]byte, error) {
	parts := strings.Split(jws, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("%w: a JWS of %d parts", ErrFile, len(parts))
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(file{Payload: parts[1], Protected: parts[0], Signature: parts[2], Receipt: payload}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	return out.Bytes(), nil
}

// OpenFile reads what [File] wrote, or a bare compact JWS, and verifies it. What
// people read in the file must be what was signed. Errors match ErrFile, ErrForm
// or those of the verifier.
func OpenFile(data []byte, keys Verifier) (Receipt, error) {
	data = bytes.TrimSpace(data)
	if !bytes.HasPrefix(data, []byte("{")) {
		return Open(string(data), keys)
	}
	var f file
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return Receipt{}, fmt.Errorf("%w: %w", ErrFile, err)
	}
	if dec.More() {
		return Receipt{}, fmt.Errorf("%w: more after the end", ErrFile)
	}
	r, err := Open(f.Protected+"."+f.Payload+"."+f.Signature, keys)
	if err != nil {
		return Receipt{}, err
	}
	if f.Receipt != nil && !sameJSON(f.Receipt, r.encoded) {
		return Receipt{}, fmt.Errorf("%w: what can be read in it is not what was signed", ErrFile)
	}
	return r, nil
}

// sameJSON tells whether a text is, but for white space, the canonical one: a
// doubled or escaped key could be read as something else.
func sameJSON(text, encoded []byte) bool {
	var compact bytes.Buffer
	return json.Compact(&compact, text) == nil && bytes.Equal(compact.Bytes(), encoded)
}

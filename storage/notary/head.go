package notary

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parley/storage/chain"
	"parley/storage/signing"
)

// Chain is the name of the chain of heads; the subject of its entries is the chain
// that is signed, their actor the key that signs.
const Chain = "heads"

// KindHead is the kind of the entries of heads.
const KindHead = "head"

// JWSType is the type in the header of a head's signature.
const JWSType = "ledger-head+jws"

// Head says how far a chain has come.
type Head struct {
	Chain string    `json:"chain"`
	Seq   uint64    `json:"seq"`
	Hash  string    `json:"hash"`
	At    time.Time `json:"at"`
}

// body is the body of an entry of heads.
type body struct {
	JWS string `json:"jws"`
}

// ErrHead says that an entry of the chain of heads holds no head that stands.
var ErrHead = errors.New("notary: not a signed head")

// sign returns the body of the entry of a head.
func (h Head) sign(key *signing.Key) (body, error) {
	payload, err := json.Marshal(h)
	if err != nil {
		return body{}, fmt.Errorf("encode head: %w", err)
	}
	jws, err := key.Sign(JWSType, payload)
	return body{JWS: jws}, err
}

// headOf returns the head in an entry of heads if its signature holds.
func headOf(e chain.Entry, keys signing.KeySet) (Head, error) {
	var b body
	if err := json.Unmarshal(e.Body, &b); err != nil {
		return Head{}, fmt.Errorf("%w: %w", ErrHead, err)
	}
	payload, err := keys.Verify(JWSType, b.JWS)
	if err != nil {
		return Head{}, fmt.Errorf("%w: %w", ErrHead, err)
	}
	var h Head
	if err := json.Unmarshal(payload, &h); err != nil {
		return Head{}, fmt.Errorf("%w: %w", ErrHead, err)
	}
	if h.Chain != e.Subject {
		return Head{}, fmt.Errorf("%w: it is of chain %s, its entry of %s", ErrHead, h.Chain, e.Subject)
	}
	return h, nil
}

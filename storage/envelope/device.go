package envelope

import (
	"bytes"
	"crypto/ecdh"
	"encoding/base64"
	"errors"
	"fmt"

	"filippo.io/age"
	"filippo.io/age/tag"
	"filippo.io/hpke"
)

// The stanza of a device's key is age's own: type "p256tag", the tag and the
// encapsulated key as arguments, the sealed file key as body (C2SP age.md, "The
// tagged recipient types").
const (
	deviceStanza = "p256tag"
	deviceInfo   = "age-encryption.org/p256tag"
)

var errDeviceStanza = errors.New("malformed p256tag stanza")

// deviceIdentity opens what was sealed to a P-256 key in a device.
type deviceIdentity struct {
	device ecdh.KeyExchanger
	public *tag.Recipient
}

// Unwrap implements [age.Identity].
func (i deviceIdentity) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	for _, s := range stanzas {
		if s.Type != deviceStanza {
			continue
		}
		enc, mine, err := i.parse(s)
		if err != nil {
			return nil, err
		}
		if mine {
			return i.open(enc, s.Body)
		}
	}
	return nil, age.ErrIncorrectIdentity
}

// parse returns the encapsulated key of a stanza, and whether its tag is that of
// this device's key, which spares the device the others.
func (i deviceIdentity) parse(s *age.Stanza) (enc []byte, mine bool, err error) {
	if len(s.Args) != 2 {
		return nil, false, errDeviceStanza
	}
	got, err := base64.RawStdEncoding.Strict().DecodeString(s.Args[0])
	if err != nil {
		return nil, false, errDeviceStanza
	}
	if enc, err = base64.RawStdEncoding.Strict().DecodeString(s.Args[1]); err != nil {
		return nil, false, errDeviceStanza
	}
	want, err := i.public.Tag(enc)
	if err != nil {
		return nil, false, errDeviceStanza
	}
	return enc, bytes.Equal(got, want), nil
}

func (i deviceIdentity) open(enc, body []byte) ([]byte, error) {
	exchange := &exchange{KeyExchanger: i.device}
	private, err := hpke.NewDHKEMPrivateKey(exchange)
	if err != nil {
		return nil, err
	}
	r, err := hpke.NewRecipient(enc, private, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(deviceInfo))
	if exchange.err != nil {
		return nil, away(exchange.err)
	}
	if err != nil {
		return nil, errDeviceStanza
	}
	fileKey, err := r.Open(nil, body)
	if err != nil { // four bytes of tag may be the same by chance
		return nil, age.ErrIncorrectIdentity
	}
	return fileKey, nil
}

// exchange keeps the device's own error apart from those of the algorithm.
type exchange struct {
	ecdh.KeyExchanger
	err error
}

func (e *exchange) ECDH(public *ecdh.PublicKey) (secret []byte, err error) {
	secret, e.err = e.KeyExchanger.ECDH(public)
	return secret, e.err
}

// away marks that what holds a private half failed, so that it is not taken for
// damage or for a wrong key.
func away(err error) error {
	return &sourceError{fmt.Errorf("%w: %w", ErrKeyAway, err)}
}

package hsm

import (
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/miekg/pkcs11"
)

// Generate makes the key pair that [Open] then finds: on P-256, kept in the token,
// and never to be read out. Errors match [ErrNoKey] if there is no such token, or
// a key of the label is there already.
func Generate(cfg Config) error {
	module, err := load(cfg.Module)
	if err != nil {
		return fmt.Errorf("open hardware security module: %w", err)
	}
	k := &Key{cfg: cfg, module: module}
	err = k.connect()
	switch {
	case err == nil:
		err = fmt.Errorf("%w: there is one of that label already", ErrNoKey)
	case k.session != 0 && k.private == 0 && errors.Is(err, ErrNoKey):
		err = k.generate()
	}
	if err = errors.Join(err, k.Close()); err != nil {
		return fmt.Errorf("make key %s of token %s: %w", cfg.Key, cfg.Token, err)
	}
	return nil
}

func (k *Key) generate() error {
	curve, err := asn1.Marshal(asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}) // P-256 (RFC 5480)
	if err != nil {
		return err
	}
	id := []byte(k.cfg.Key)
	public := []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_EC_PARAMS, curve),
		pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, k.cfg.Key),
		pkcs11.NewAttribute(pkcs11.CKA_ID, id),
	}
	private := []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
		pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, true),
		pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, true),
		pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, false),
		pkcs11.NewAttribute(pkcs11.CKA_DERIVE, true),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, k.cfg.Key),
		pkcs11.NewAttribute(pkcs11.CKA_ID, id),
	}
	mechanism := []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_EC_KEY_PAIR_GEN, nil)}
	_, _, err = k.module.GenerateKeyPair(k.session, mechanism, public, private)
	return err
}

package hsm

import (
	"crypto/ecdh"
	"errors"
	"fmt"
	"sync"

	"github.com/miekg/pkcs11"
)

// Config says where the key is.
type Config struct {
	// Module is the path of the PKCS#11 library.
	Module string
	// Token is the label of the token, Key that of the key pair in it.
	Token, Key string
	// PIN is the user's.
	PIN string
}

// ErrNoKey is matched when the token or the key pair is not there, or there is
// more than one of the label.
var ErrNoKey = errors.New("no such key in the hardware security module")

// Key is a P-256 key pair in a module. It implements [ecdh.KeyExchanger].
type Key struct {
	cfg    Config
	module *pkcs11.Ctx
	public *ecdh.PublicKey

	mu      sync.Mutex
	session pkcs11.SessionHandle
	private pkcs11.ObjectHandle
}

var _ ecdh.KeyExchanger = (*Key)(nil)

// Open logs in and looks the key pair up. Errors match [ErrNoKey], or are the
// module's.
func Open(cfg Config) (*Key, error) {
	module, err := load(cfg.Module)
	if err != nil {
		return nil, fmt.Errorf("open hardware security module: %w", err)
	}
	k := &Key{cfg: cfg, module: module}
	if err = k.connect(); err == nil {
		k.public, err = k.readPublic()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open key %s of token %s: %w", cfg.Key, cfg.Token, err), k.Close())
	}
	return k, nil
}

// load loads the library. It stays loaded: the sessions of a process share it,
// and none may end it for the others.
func load(path string) (*pkcs11.Ctx, error) {
	module := pkcs11.New(path)
	if module == nil {
		return nil, fmt.Errorf("%s is no PKCS#11 library", path)
	}
	if err := module.Initialize(); err != nil && !is(err, pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED) {
		return nil, fmt.Errorf("initialize %s: %w", path, err)
	}
	return module, nil
}

func is(err error, codes ...pkcs11.Error) bool {
	for _, code := range codes {
		if errors.Is(err, code) {
			return true
		}
	}
	return false
}

// connect opens a session, logs in and finds the private half.
func (k *Key) connect() error {
	slot, err := k.slot()
	if err != nil {
		return err
	}
	if k.session, err = k.module.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION); err != nil {
		return err
	}
	err = k.module.Login(k.session, pkcs11.CKU_USER, k.cfg.PIN)
	if err != nil && !is(err, pkcs11.CKR_USER_ALREADY_LOGGED_IN) {
		return err
	}
	k.private, err = k.find(pkcs11.CKO_PRIVATE_KEY)
	return err
}

func (k *Key) slot() (uint, error) {
	slots, err := k.module.GetSlotList(true)
	if err != nil {
		return 0, err
	}
	for _, slot := range slots {
		info, err := k.module.GetTokenInfo(slot)
		if err == nil && info.Label == k.cfg.Token {
			return slot, nil
		}
	}
	return 0, fmt.Errorf("%w: no token with that label", ErrNoKey)
}

// find returns the one object of a class with the key's label.
func (k *Key) find(class uint) (pkcs11.ObjectHandle, error) {
	err := k.module.FindObjectsInit(k.session, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, class),
		pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_EC),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, k.cfg.Key),
	})
	if err != nil {
		return 0, err
	}
	found, _, err := k.module.FindObjects(k.session, 2)
	err = errors.Join(err, k.module.FindObjectsFinal(k.session))
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("%w: %d elliptic-curve keys of class %d with that label, want one", ErrNoKey, len(found), class)
	}
	if err != nil {
		return 0, err
	}
	return found[0], nil
}

// readPublic reads the point, an OCTET STRING of 65 bytes; some modules leave
// the string's two bytes of DER out.
func (k *Key) readPublic() (*ecdh.PublicKey, error) {
	object, err := k.find(pkcs11.CKO_PUBLIC_KEY)
	if err != nil {
		return nil, err
	}
	got, err := k.module.GetAttributeValue(k.session, object, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_EC_POINT, nil)})
	if err != nil {
		return nil, err
	}
	point := got[0].Value
	if len(point) == pointLen+2 && point[0] == 4 && point[1] == pointLen {
		point = point[2:]
	}
	public, err := ecdh.P256().NewPublicKey(point)
	if err != nil {
		return nil, fmt.Errorf("%w: it is not on the curve P-256", ErrNoKey)
	}
	return public, nil
}

// pointLen is the length of an uncompressed point of P-256 in bytes.
const pointLen = 65

// PublicKey implements [ecdh.KeyExchanger].
func (k *Key) PublicKey() *ecdh.PublicKey { return k.public }

// Curve implements [ecdh.KeyExchanger].
func (k *Key) Curve() ecdh.Curve { return ecdh.P256() }

// ECDH implements [ecdh.KeyExchanger] in the module. A session that has ended,
// because the module was restarted, is opened anew once.
func (k *Key) ECDH(public *ecdh.PublicKey) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	secret, err := k.derive(public)
	if is(err, pkcs11.CKR_SESSION_HANDLE_INVALID, pkcs11.CKR_SESSION_CLOSED, pkcs11.CKR_USER_NOT_LOGGED_IN,
		pkcs11.CKR_DEVICE_REMOVED, pkcs11.CKR_KEY_HANDLE_INVALID) {
		if err = k.connect(); err == nil {
			secret, err = k.derive(public)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("derive with key %s of token %s: %w", k.cfg.Key, k.cfg.Token, err)
	}
	return secret, nil
}

// derive gives the shared secret of one exchange out, and lets the module forget
// it.
func (k *Key) derive(public *ecdh.PublicKey) ([]byte, error) {
	const secretLen = 32
	mechanism := pkcs11.NewMechanism(pkcs11.CKM_ECDH1_DERIVE,
		pkcs11.NewECDH1DeriveParams(pkcs11.CKD_NULL, nil, public.Bytes()))
	object, err := k.module.DeriveKey(k.session, []*pkcs11.Mechanism{mechanism}, k.private, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_SECRET_KEY),
		pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_GENERIC_SECRET),
		pkcs11.NewAttribute(pkcs11.CKA_TOKEN, false),
		pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, false),
		pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, true),
		pkcs11.NewAttribute(pkcs11.CKA_VALUE_LEN, secretLen),
	})
	if err != nil {
		return nil, err
	}
	got, err := k.module.GetAttributeValue(k.session, object, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_VALUE, nil)})
	err = errors.Join(err, k.module.DestroyObject(k.session, object))
	if err != nil {
		return nil, err
	}
	if len(got[0].Value) != secretLen {
		return nil, fmt.Errorf("the shared secret has %d bytes, want %d", len(got[0].Value), secretLen)
	}
	return got[0].Value, nil
}

// Close ends the session.
func (k *Key) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.session == 0 {
		return nil
	}
	session := k.session
	k.session = 0
	return k.module.CloseSession(session)
}

package transit

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
)

// Version is one version of a key. It implements [crypto.Decrypter].
type Version struct {
	client *client
	number int
	public *rsa.PublicKey
}

var _ crypto.Decrypter = (*Version)(nil)

// Open reads the versions of the key that can decrypt, the newest first. Errors
// match [ErrRefused] or [ErrNoKey], or say that the server is away.
func Open(ctx context.Context, cfg Config) ([]*Version, error) {
	c, err := newClient(cfg)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Keys      map[string]keyVersion `json:"keys"`
		Decrypts  bool                  `json:"supports_decryption"`
		Decrypted int                   `json:"min_decryption_version"`
	}
	if err := c.call(ctx, http.MethodGet, "keys", nil, &answer); err != nil {
		return nil, fmt.Errorf("read key %s: %w", cfg.Key, err)
	}
	var versions []*Version
	for number, k := range answer.Keys {
		n, err := strconv.Atoi(number)
		if err != nil || n < answer.Decrypted {
			continue
		}
		public, err := k.parse()
		if err != nil || !answer.Decrypts {
			return nil, fmt.Errorf("read key %s: %w: version %d is of another type, or does not decrypt", cfg.Key, ErrNoKey, n)
		}
		versions = append(versions, &Version{client: c, number: n, public: public})
	}
	if len(versions) == 0 {
		return nil, fmt.Errorf("read key %s: %w: it has no public half", cfg.Key, ErrNoKey)
	}
	slices.SortFunc(versions, func(a, b *Version) int { return b.number - a.number })
	return versions, nil
}

// keyVersion is a version as the server tells it: of a symmetric key, a number.
type keyVersion struct {
	PublicKey string
}

// UnmarshalJSON takes what is not an object for a version without a public half.
func (k *keyVersion) UnmarshalJSON(text []byte) error {
	if len(text) == 0 || text[0] != '{' {
		return nil
	}
	var object struct {
		PublicKey string `json:"public_key"`
	}
	err := json.Unmarshal(text, &object)
	k.PublicKey = object.PublicKey
	return err
}

func (k keyVersion) parse() (*rsa.PublicKey, error) {
	block, _ := pem.Decode([]byte(k.PublicKey))
	if block == nil {
		return nil, errors.New("no PEM")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	public, ok := key.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("not RSA")
	}
	return public, nil
}

// Number is the version, from 1.
func (v *Version) Number() int { return v.number }

// Public implements [crypto.Decrypter].
func (v *Version) Public() crypto.PublicKey { return v.public }

// Decrypt implements [crypto.Decrypter] at the server, for RSAES-OAEP with SHA-256
// and no label, which is all that it does. What the server cannot decrypt is
// [rsa.ErrDecryption]; other errors say that it is away or refuses.
func (v *Version) Decrypt(_ io.Reader, sealed []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	oaep, ok := opts.(*rsa.OAEPOptions)
	if !ok || oaep.Hash != crypto.SHA256 || len(oaep.Label) > 0 {
		return nil, errors.New("the key server decrypts RSAES-OAEP with SHA-256 and no label only")
	}
	request := map[string]string{"ciphertext": fmt.Sprintf("vault:v%d:%s", v.number, base64.StdEncoding.EncodeToString(sealed))}
	var answer struct {
		Plaintext []byte `json:"plaintext"`
	}
	err := v.client.call(context.Background(), http.MethodPost, "decrypt", request, &answer)
	if errors.Is(err, ErrInput) {
		return nil, rsa.ErrDecryption
	}
	if err != nil {
		return nil, fmt.Errorf("decrypt with key %s: %w", v.client.cfg.Key, err)
	}
	return answer.Plaintext, nil
}

package auth

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"parley/storage/id"
)

// Audience is the aud claim of every token for this server.
const Audience = "parley"

// Errors of Verify. Neither tells more than the holder may know.
var (
	ErrExpired = errors.New("auth: the token has expired")
	ErrInvalid = errors.New("auth: the token is not valid")
)

// leeway is how far the platform's clock may be off.
const leeway = 30 * time.Second

// Key is an API key pair: a public id and a secret of at least 32 bytes.
type Key struct {
	ID     string
	Secret Secret
}

// Secret is key material that never prints itself.
type Secret []byte

// Format implements fmt.Formatter: String alone would leave %d and its like.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

func (Secret) String() string               { return "[redacted]" }
func (Secret) GoString() string             { return "[redacted]" }
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"[redacted]"`), nil }

const minSecretBytes = 32

func (k Key) validate() error {
	if k.ID == "" || len(k.Secret) < minSecretBytes {
		return fmt.Errorf("auth: API key %q needs an id and a secret of at least %d bytes", k.ID, minSecretBytes)
	}
	return nil
}

// claims is the token's body.
type claims struct {
	jwt.RegisteredClaims
	Role      Role     `json:"role"`
	Name      string   `json:"name"`
	Headline  string   `json:"headline,omitempty"`
	Languages []string `json:"languages,omitempty"`
	Places    []Place  `json:"places,omitempty"`
	Age       *int     `json:"age,omitempty"`
	Adult     bool     `json:"adult,omitempty"`
}

// Mint makes a token for a person that is good until who.Expires.
func Mint(k Key, who Identity, now time.Time) (string, error) {
	if err := errors.Join(k.validate(), who.validate()); err != nil {
		return "", fmt.Errorf("mint token: %w", err)
	}
	t := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Subject:   string(who.Person),
			Audience:  jwt.ClaimStrings{Audience},
			IssuedAt:  jwt.NewNumericDate(now),
			NotBefore: jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(who.Expires),
		},
		Role: who.Role, Name: who.Name, Headline: who.Headline, Languages: who.Languages,
		Places: who.Places, Age: who.Age, Adult: who.Adult,
	})
	t.Header["kid"] = k.ID
	signed, err := t.SignedString([]byte(k.Secret))
	if err != nil {
		return "", fmt.Errorf("mint token: %w", err)
	}
	return signed, nil
}

// Verifier checks tokens against a set of API keys.
type Verifier struct {
	keys   map[string]Secret
	parser *jwt.Parser
}

// NewVerifier takes the keys whose tokens are accepted; now is the clock.
func NewVerifier(now func() time.Time, keys ...Key) (*Verifier, error) {
	v := &Verifier{keys: make(map[string]Secret, len(keys))}
	for _, k := range keys {
		if err := k.validate(); err != nil {
			return nil, err
		}
		v.keys[k.ID] = k.Secret
	}
	v.parser = jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithAudience(Audience),
		jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(),
		jwt.WithLeeway(leeway),
		jwt.WithTimeFunc(now),
	)
	return v, nil
}

// Verify returns who the token names, ErrExpired or ErrInvalid.
func (v *Verifier) Verify(token string) (Identity, error) {
	var c claims
	_, err := v.parser.ParseWithClaims(token, &c, func(t *jwt.Token) (any, error) {
		kid, _ := t.Header["kid"].(string)
		secret, ok := v.keys[kid]
		if !ok {
			return nil, errors.New("unknown key")
		}
		return []byte(secret), nil
	})
	switch {
	case errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return Identity{}, ErrExpired
	case err != nil:
		return Identity{}, ErrInvalid
	}
	who := Identity{
		Person: id.PersonID(c.Subject), Role: c.Role, Name: c.Name, Headline: c.Headline,
		Languages: c.Languages, Places: c.Places, Age: c.Age, Adult: c.Adult, Expires: c.ExpiresAt.Time,
	}
	if who.validate() != nil {
		return Identity{}, ErrInvalid
	}
	return who, nil
}

package auth

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Audience is the aud claim of tokens for this server where nothing else is
// configured.
const Audience = "parley"

// Errors of Verify. None tells more than the holder may know.
var (
	ErrExpired = errors.New("auth: the token has expired")
	ErrInvalid = errors.New("auth: the token is not valid")
	ErrRevoked = errors.New("auth: the token was revoked")
)

// What holds where nothing else is configured.
const (
	DefaultLeeway  = 30 * time.Second    // by which the platform's clock may be off
	DefaultMaxLife = 30 * 24 * time.Hour // for which a token may be good
)

// maxTokenBytes bounds what is parsed at all.
const maxTokenBytes = 16 << 10

// Key is an API key pair: a public id and a secret of at least 32 bytes.
type Key struct {
	ID     string
	Secret Secret
	// Audience is the aud of what is minted with the pair; empty: [Audience].
	Audience string
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
	Human     string   `json:"person_id,omitempty"`
	Cluster   string   `json:"cluster,omitempty"`
	// AuthTime as in OpenID Connect Core 1.0 section 2.
	AuthTime *jwt.NumericDate `json:"auth_time,omitempty"`
}

// Mint makes a token for a person that is good from now until who.Expires. It
// gets an id of its own where who has none.
func Mint(k Key, who Identity, now time.Time) (string, error) {
	if err := errors.Join(k.validate(), who.validate()); err != nil {
		return "", fmt.Errorf("mint token: %w", err)
	}
	if who.Token == "" {
		who.Token = rand.Text()
	}
	var proved *jwt.NumericDate
	if !who.AuthTime.IsZero() {
		proved = jwt.NewNumericDate(who.AuthTime)
	}
	t := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			ID:        who.Token,
			Subject:   string(who.Person),
			Audience:  jwt.ClaimStrings{cmp.Or(k.Audience, Audience)},
			IssuedAt:  jwt.NewNumericDate(now),
			NotBefore: jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(who.Expires),
		},
		Role: who.Role, Name: who.Name, Headline: who.Headline, Languages: who.Languages,
		Places: who.Places, Age: who.Age, Adult: who.Adult, Human: who.Human, Cluster: who.Cluster, AuthTime: proved,
	})
	t.Header["kid"] = k.ID
	signed, err := t.SignedString([]byte(k.Secret))
	if err != nil {
		return "", fmt.Errorf("mint token: %w", err)
	}
	return signed, nil
}

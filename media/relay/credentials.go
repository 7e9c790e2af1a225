package relay

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// Grant says whom credentials are for.
type Grant struct {
	Person string
	// Token is the id of what the person signed in with, and Since when that was issued:
	// by them credentials are taken back ([Server.Refuse]).
	Token string
	Since time.Time
}

// Credentials let one person open allocations until Expires. They
// are what an RTCIceServer takes. Printing them shows nothing.
type Credentials struct {
	Username string
	Password string
	Expires  time.Time // UTC, whole seconds
	URLs     []string  // RFC 7065, UDP before TCP
}

// String implements fmt.Stringer without the secret.
func (Credentials) String() string { return "turn credentials (redacted)" }

// GoString implements fmt.GoStringer without the secret.
func (c Credentials) GoString() string { return c.String() }

// A username is five parts joined by dots: when it expires and since when its holder
// was signed in, both in Unix seconds, who (an opaque tag of the person), by which
// token (likewise), and a random part that makes two credentials of one second differ. The tags are keyed hashes,
// so that a username tells an observer nothing about a person.
const (
	tagBytes = 12
	tagChars = 16 // tagBytes in base64url: no padding, no spare bits, one spelling
	// maxExpiryDigits ends in the year 33658, and keeps int64 far from overflow.
	maxExpiryDigits = 12
)

var errUsername = errors.New("not a username of this relay")

// identity is a parsed username.
type identity struct {
	expires time.Time
	since   time.Time
	user    string
	token   string
	random  string
}

func (id identity) String() string {
	return strings.Join([]string{strconv.FormatInt(id.expires.Unix(), 10), strconv.FormatInt(id.since.Unix(), 10), id.user, id.token, id.random}, ".")
}

// parseUsername accepts exactly what identity.String writes; anything else is
// errUsername. It proves nothing: only the password does.
func parseUsername(s string) (identity, error) {
	parts := strings.Split(s, ".")
	if len(parts) != 5 || !isDecimal(parts[0]) || !isDecimal(parts[1]) {
		return identity{}, errUsername
	}
	for _, tag := range parts[2:] {
		if !isTag(tag) {
			return identity{}, errUsername
		}
	}
	expires, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return identity{}, errUsername
	}
	since, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return identity{}, errUsername
	}
	return identity{time.Unix(expires, 0).UTC(), time.Unix(since, 0).UTC(), parts[2], parts[3], parts[4]}, nil
}

// isDecimal reports whether s is a positive number in its one spelling.
func isDecimal(s string) bool {
	if len(s) == 0 || len(s) > maxExpiryDigits || s[0] == '0' {
		return false
	}
	for _, b := range []byte(s) {
		if b < '0' || b > '9' {
			return false
		}
	}
	return true
}

// isTag checks the alphabet itself because the decoder skips line breaks.
func isTag(s string) bool {
	if len(s) != tagChars {
		return false
	}
	for _, b := range []byte(s) {
		switch {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9', b == '-', b == '_':
		default:
			return false
		}
	}
	return true
}

// issuer derives credentials from the secret. Nothing is stored: a password is
// a function of realm and username, so any node with the secret can check it,
// and a changed username or realm has another password. Safe for concurrent use.
type issuer struct {
	realm       string
	ttl         time.Duration
	passwordKey []byte
	tagKey      []byte
}

func newIssuer(secret []byte, realm string, ttl time.Duration) issuer {
	return issuer{
		realm:       realm,
		ttl:         ttl,
		passwordKey: keyedHash(secret, "parley relay v1 password"),
		tagKey:      keyedHash(secret, "parley relay v1 tag"),
	}
}

// issue returns the username, its password and when they expire.
func (i issuer) issue(g Grant, now time.Time) (username, password string, expires time.Time) {
	random := make([]byte, tagBytes)
	rand.Read(random) // never fails: crypto/rand ends the program first
	id := identity{
		expires: now.Add(i.ttl).Truncate(time.Second).UTC(),
		since:   g.Since.Truncate(time.Second).UTC(),
		user:    i.tag("person", g.Person),
		token:   i.tag("token", g.Token),
		random:  base64.RawURLEncoding.EncodeToString(random),
	}
	username = id.String()
	return username, i.password(username), id.expires
}

// password derives the password of username in the issuer's realm. A realm has
// no colon and a username no zero byte, so the parts cannot run together.
func (i issuer) password(username string) string {
	return base64.RawURLEncoding.EncodeToString(keyedHash(i.passwordKey, i.realm+"\x00"+username))
}

func (i issuer) tag(kind, value string) string {
	sum := keyedHash(i.tagKey, kind+"\x00"+value)
	return base64.RawURLEncoding.EncodeToString(sum[:tagBytes])
}

// keyedHash is HMAC-SHA-256 (RFC 2104).
func keyedHash(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

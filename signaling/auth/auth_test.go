package auth

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

var clock = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

const (
	keyText   = "0123456789abcdef0123456789abcdef"
	otherText = "fedcba9876543210fedcba9876543210"
)

func testKey() Key { return Key{ID: "local", Secret: Secret(keyText)} }

func maya() Identity {
	age := 34
	return Identity{
		Person: "maya", Role: RoleMember, Name: "Maya Torres", Headline: "h", Languages: []string{"en", "de"},
		Places: []Place{{Code: "US-CA", Source: "declared"}}, Age: &age, Adult: true, Human: "h-7", Cluster: "tax", Expires: clock.Add(time.Hour),
	}
}

func verifier(t testing.TB, now time.Time) *Verifier {
	t.Helper()
	v, err := NewVerifier(Config{Now: func() time.Time { return now }, Keys: []Key{testKey(), {ID: "other", Secret: Secret(otherText)}}})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func mint(t testing.TB, k Key, who Identity) string {
	t.Helper()
	token, err := Mint(k, who, clock)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestMintVerify(t *testing.T) {
	got, err := verifier(t, clock).Verify(t.Context(), mint(t, testKey(), maya()))
	if err != nil {
		t.Fatal(err)
	}
	got.Expires = got.Expires.UTC()
	want := maya()
	want.Token, want.Issued = got.Token, clock
	if got.Issued = got.Issued.UTC(); got.Token == "" || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestTimes(t *testing.T) {
	token := mint(t, testKey(), maya())
	tests := []struct {
		name string
		now  time.Time
		want error
	}{
		{"when minted", clock, nil},
		{"our clock is behind, within the leeway", clock.Add(-29 * time.Second), nil},
		{"our clock is behind, beyond it", clock.Add(-31 * time.Second), ErrInvalid},
		{"just before the end", clock.Add(time.Hour - time.Second), nil},
		{"past the end, within the leeway", clock.Add(time.Hour + 29*time.Second), nil},
		{"past the end, beyond it", clock.Add(time.Hour + 31*time.Second), ErrExpired},
		{"long past", clock.Add(1000 * time.Hour), ErrExpired},
	}
	for _, tt := range tests {
		if _, err := verifier(t, tt.now).Verify(t.Context(), token); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

// body is a good token's claims.
func body() jwt.MapClaims {
	return jwt.MapClaims{
		"sub": "maya", "aud": "parley", "iat": clock.Unix(), "nbf": clock.Unix(),
		"exp": clock.Add(time.Hour).Unix(), "role": "member", "name": "Maya",
	}
}

func sign(t testing.TB, method jwt.SigningMethod, kid any, claims jwt.Claims, key any) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	if kid != nil {
		token.Header["kid"] = kid
	}
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func hs256(t testing.TB, change func(jwt.MapClaims)) string {
	t.Helper()
	c := body()
	change(c)
	return sign(t, jwt.SigningMethodHS256, "local", c, []byte(keyText))
}

func TestClaims(t *testing.T) {
	set := func(name string, value any) func(jwt.MapClaims) {
		return func(c jwt.MapClaims) { c[name] = value }
	}
	unset := func(name string) func(jwt.MapClaims) {
		return func(c jwt.MapClaims) { delete(c, name) }
	}
	many := make([]string, maxListEntries+1)
	tests := []struct {
		name   string
		change func(jwt.MapClaims)
		want   error
	}{
		{"good", func(jwt.MapClaims) {}, nil},
		{"several audiences", set("aud", []string{"billing", "parley"}), nil},
		{"other audience", set("aud", "billing"), ErrInvalid},
		{"audience prefix", set("aud", "parley-staging"), ErrInvalid},
		{"no audience", unset("aud"), ErrInvalid},
		{"no expiry", unset("exp"), ErrInvalid},
		{"expiry a word", set("exp", "tomorrow"), ErrInvalid},
		{"not yet valid", set("nbf", clock.Add(time.Minute).Unix()), ErrInvalid},
		{"issued in the future", set("iat", clock.Add(time.Minute).Unix()), ErrInvalid},
		{"expired", set("exp", clock.Add(-time.Minute).Unix()), ErrExpired},
		{"expired and for somebody else", func(c jwt.MapClaims) {
			c["exp"], c["aud"] = clock.Add(-time.Minute).Unix(), "billing"
		}, ErrExpired},
		{"no subject", unset("sub"), ErrInvalid},
		{"subject with a space", set("sub", "ma ya"), ErrInvalid},
		{"subject too long", set("sub", strings.Repeat("m", 129)), ErrInvalid},
		{"unknown role", set("role", "boss"), ErrInvalid},
		{"role in capitals", set("role", "QA"), ErrInvalid},
		{"no role", unset("role"), ErrInvalid},
		{"no name", unset("name"), ErrInvalid},
		{"name too long", set("name", strings.Repeat("m", maxNameBytes+1)), ErrInvalid},
		{"headline too long", set("headline", strings.Repeat("m", maxHeadlineBytes+1)), ErrInvalid},
		{"too many languages", set("languages", many), ErrInvalid},
		{"too many places", set("places", make([]Place, maxListEntries+1)), ErrInvalid},
		{"negative age", set("age", -1), ErrInvalid},
		{"age of a tree", set("age", 151), ErrInvalid},
		{"age a word", set("age", "old"), ErrInvalid},
		{"good for longer than may be", set("exp", clock.Add(DefaultMaxLife+time.Minute).Unix()), ErrInvalid},
		{"no time of issue", unset("iat"), ErrInvalid},
		{"an id of the token that is too long", set("jti", strings.Repeat("j", MaxIDBytes+1)), ErrInvalid},
		{"a human with a space", set("person_id", "h 7"), ErrInvalid},
		{"a cluster that is too long", set("cluster", strings.Repeat("c", 129)), ErrInvalid},
		{"claims of others", set("scope", "x"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			who, err := verifier(t, clock).Verify(t.Context(), hs256(t, tt.change))
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if err != nil && !reflect.DeepEqual(who, Identity{}) {
				t.Errorf("got %+v beside an error, want nobody", who)
			}
		})
	}
}

func TestForgeries(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good := hs256(t, func(jwt.MapClaims) {})
	parts := strings.Split(good, ".")
	qa := body()
	qa["role"] = "qa"
	raised := base64.RawURLEncoding.EncodeToString(mustJSON(t, qa))
	expired := body()
	expired["exp"] = clock.Add(-time.Hour).Unix()
	tests := []struct{ name, token string }{
		{"empty", ""},
		{"not a token", "hello"},
		{"two parts", parts[0] + "." + parts[1]},
		{"no signature", parts[0] + "." + parts[1] + "."},
		{"claims exchanged", parts[0] + "." + raised + "." + parts[2]},
		{"signature of another token", parts[0] + "." + parts[1] + "." + strings.Split(mint(t, testKey(), maya()), ".")[2]},
		{"other secret", sign(t, jwt.SigningMethodHS256, "local", body(), []byte(strings.Repeat("x", 32)))},
		{"secret of another key", sign(t, jwt.SigningMethodHS256, "local", body(), []byte(otherText))},
		{"forged and expired", sign(t, jwt.SigningMethodHS256, "local", expired, []byte(strings.Repeat("x", 32)))},
		{"alg none", sign(t, jwt.SigningMethodNone, "local", body(), jwt.UnsafeAllowNoneSignatureType)},
		{"alg none without kid", sign(t, jwt.SigningMethodNone, nil, body(), jwt.UnsafeAllowNoneSignatureType)},
		{"alg None", spoofAlg(t, "None", "")},
		{"alg RS256", sign(t, jwt.SigningMethodRS256, "local", body(), rsaKey)},
		{"RS256 in the header, HMAC by the secret", spoofAlg(t, "RS256", keyText)},
		{"alg HS512", sign(t, jwt.SigningMethodHS512, "local", body(), []byte(keyText))},
		{"no kid", sign(t, jwt.SigningMethodHS256, nil, body(), []byte(keyText))},
		{"unknown kid", sign(t, jwt.SigningMethodHS256, "nobody", body(), []byte(keyText))},
		{"unknown kid and an empty secret", sign(t, jwt.SigningMethodHS256, "nobody", body(), []byte{})},
		{"kid is a number", sign(t, jwt.SigningMethodHS256, 7, body(), []byte(keyText))},
		{"a line end in the signature", good[:len(good)-4] + "\n" + good[len(good)-4:]},
		{"critical extension", critical(t)},
		{"longer than anybody needs", hs256(t, func(c jwt.MapClaims) { c["scope"] = strings.Repeat("x", maxTokenBytes) })},
		{"kid is a path", sign(t, jwt.SigningMethodHS256, "../../dev/null", body(), []byte{})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			who, err := verifier(t, clock).Verify(t.Context(), tt.token)
			if !errors.Is(err, ErrInvalid) || !reflect.DeepEqual(who, Identity{}) {
				t.Errorf("got %+v and %v, want nobody and ErrInvalid", who, err)
			}
			if err != nil && err.Error() != ErrInvalid.Error() {
				t.Errorf("the error tells more than it may: %v", err)
			}
		})
	}
}

// critical is a token whose header asks for what is not understood.
func critical(t testing.TB) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, body())
	token.Header["kid"], token.Header["crit"] = "local", []string{"b64"}
	text, err := token.SignedString([]byte(keyText))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// spoofAlg signs with HS256 under a header that names another algorithm.
func spoofAlg(t testing.TB, alg, secret string) string {
	t.Helper()
	head := base64.RawURLEncoding.EncodeToString(mustJSON(t, map[string]string{"alg": alg, "typ": "JWT", "kid": "local"}))
	signed := head + "." + base64.RawURLEncoding.EncodeToString(mustJSON(t, body()))
	if secret == "" {
		return signed + "."
	}
	sum, err := jwt.SigningMethodHS256.Sign(signed, []byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(sum)
}

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestMintRefuses(t *testing.T) {
	long := maya()
	long.Name = strings.Repeat("m", maxNameBytes+1)
	tests := []struct {
		name string
		key  Key
		who  Identity
		want string
	}{
		{"short secret", Key{ID: "local", Secret: Secret(keyText[:31])}, maya(), "at least 32 bytes"},
		{"no key id", Key{Secret: Secret(keyText)}, maya(), "needs an id"},
		{"nobody", testKey(), Identity{}, "sub:"},
		{"name too long", testKey(), long, "name must have"},
	}
	twice := Config{Now: time.Now, Keys: []Key{testKey(), testKey()}}
	if _, err := NewVerifier(twice); err == nil || !strings.Contains(err.Error(), "two API keys") {
		t.Errorf("two keys of one id: got %v, want them refused", err)
	}
	for _, tt := range tests {
		if _, err := Mint(tt.key, tt.who, clock); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want an error that says %q", tt.name, err, tt.want)
		}
	}
	if _, err := NewVerifier(Config{Now: time.Now, Keys: []Key{{ID: "weak", Secret: Secret("short")}}}); err == nil || strings.Contains(err.Error(), "short") {
		t.Errorf("verifier with a weak key: got %v, want an error without the secret", err)
	}
}

func TestSecretsNeverPrint(t *testing.T) {
	k := testKey()
	forms := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%c", "%U"} {
		forms[verb+" of the key"] = fmt.Sprintf(verb, k)
		forms[verb+" of the secret"] = fmt.Sprintf(verb, k.Secret)
		forms[verb+" of a pointer"] = fmt.Sprintf(verb, &k)
	}
	forms["JSON"] = string(mustJSON(t, k))
	forms["JSON of a map"] = string(mustJSON(t, map[string]Secret{"k": k.Secret}))
	for name, text := range forms {
		for _, leak := range []string{keyText, fmt.Sprintf("%x", keyText), fmt.Sprintf("%X", keyText), base64.StdEncoding.EncodeToString([]byte(keyText)), "48 49 50", "'0' '1'", "[0 1 2", "60 61 62", "U+0030"} {
			if strings.Contains(text, leak) {
				t.Errorf("%s: %q shows the secret", name, text)
			}
		}
	}
}

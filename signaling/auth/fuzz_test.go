package auth

import (
	"reflect"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// FuzzVerify: whatever comes, the answer is a whole identity or nobody; and only
// who knows a key makes a token that is taken.
func FuzzVerify(f *testing.F) {
	s := newSigners(f)
	keys, err := parseKeySet(mustJSON(f, s.set()))
	if err != nil {
		f.Fatal(err)
	}
	now := func() time.Time { return clock }
	platform := &PlatformKeys{cfg: PlatformConfig{Now: now}, turn: make(chan struct{}, 1), keys: keys, read: clock, tried: clock}
	v, err := NewVerifier(Config{Now: now, Keys: []Key{testKey()}, Platform: platform})
	if err != nil {
		f.Fatal(err)
	}
	for _, token := range []string{
		mint(f, testKey(), maya()), sign(f, jwt.SigningMethodES256, "es", body(), s.es),
		sign(f, jwt.SigningMethodEdDSA, "ed", body(), s.ed), sign(f, jwt.SigningMethodRS256, "rsa", body(), s.rsa),
		critical(f), spoofAlg(f, "none", ""), "..",
	} {
		f.Add(token)
	}
	minted, signed := maya(), Identity{Person: "maya", Role: RoleMember, Name: "Maya", Issued: clock, Expires: clock.Add(time.Hour)}
	f.Fuzz(func(t *testing.T, token string) {
		who, err := v.Verify(t.Context(), token)
		if err != nil {
			if !reflect.DeepEqual(who, Identity{}) {
				t.Errorf("got %+v beside %v, want nobody", who, err)
			}
			return
		}
		who.Issued, who.Expires = who.Issued.UTC(), who.Expires.UTC()
		want := minted
		want.Token, want.Issued = who.Token, clock // an id of its own each time
		if !reflect.DeepEqual(who, want) && !reflect.DeepEqual(who, signed) {
			t.Errorf("%q was taken for %+v, and none of the keys says so", token, who)
		}
	})
}

// FuzzKeySet: what is taken from a set of keys is good for one algorithm each.
func FuzzKeySet(f *testing.F) {
	f.Add(mustJSON(f, newSigners(f).set()))
	f.Add([]byte(`{"keys":[{"kty":"oct","k":"AA","kid":"s"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"e"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		keys, err := parseKeySet(data)
		if err != nil && keys != nil || err == nil && len(keys) == 0 {
			t.Fatalf("got %d keys and %v", len(keys), err)
		}
		for id, k := range keys {
			if alg, err := algorithmOf(k.key); id == "" || err != nil || alg != k.alg || alg == "" {
				t.Errorf("key %q is for %q, want %q (%v)", id, k.alg, alg, err)
			}
		}
	})
}

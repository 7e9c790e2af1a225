package signing

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const typ = "test+jws"

func key(t testing.TB, seed string) *Key {
	t.Helper()
	sum := sha256.Sum256([]byte(seed))
	k, err := FromSeed(sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sign(t testing.TB, k *Key, payload string) string {
	t.Helper()
	jws, err := k.Sign(typ, []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return jws
}

// TestVectorOfRFC8037 holds the key of RFC 8037 appendix A: its thumbprint is
// the id, and the signature of its text is the one printed there but for the
// header, so the signing input is signed anew with the standard library.
func TestVectorOfRFC8037(t *testing.T) {
	seed, err := base64.RawURLEncoding.DecodeString("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
	if err != nil {
		t.Fatal(err)
	}
	k, err := FromSeed(seed)
	if err != nil {
		t.Fatal(err)
	}
	if want := "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"; k.ID() != want {
		t.Errorf("id: got %s, want the thumbprint %s", k.ID(), want)
	}
	jws := sign(t, k, "Example of Ed25519 signing")
	parts := strings.Split(jws, ".")
	header, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"alg":"EdDSA","kid":"` + k.ID() + `","typ":"test+jws"}`; string(header) != want {
		t.Errorf("header: got %s, want %s", header, want)
	}
	signature := ed25519.Sign(ed25519.NewKeyFromSeed(seed), []byte(parts[0]+"."+parts[1]))
	if want := base64.RawURLEncoding.EncodeToString(signature); parts[2] != want {
		t.Errorf("signature: got %s, want %s", parts[2], want)
	}
	if again := sign(t, k, "Example of Ed25519 signing"); again != jws {
		t.Errorf("signed again: got %s, want the same bytes %s", again, jws)
	}
}

func TestVerify(t *testing.T) {
	k, other := key(t, "one"), key(t, "two")
	jws := sign(t, k, `{"a":1}`)
	parts := strings.Split(jws, ".")
	forged := base64.RawURLEncoding.EncodeToString([]byte(`{"a":2}`))
	unsecured := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"` + k.ID() + `","typ":"test+jws"}`))
	rows := []struct {
		name string
		set  KeySet
		typ  string
		jws  string
		want error
	}{
		{"as signed", k.Public(), typ, jws, nil},
		{"another payload", k.Public(), typ, parts[0] + "." + forged + "." + parts[2], ErrSignature},
		{"another type", k.Public(), "other+jws", jws, ErrSignature},
		{"another key", other.Public(), typ, jws, ErrUnknownKey},
		{"another key under the same name", KeySet{k.ID(): other.Public()[other.ID()]}, typ, jws, ErrSignature},
		{"no signature asked for", k.Public(), typ, unsecured + "." + parts[1] + ".", ErrFormat},
		{"cut", k.Public(), typ, jws[:len(jws)-4], ErrSignature},
		{"nothing", k.Public(), typ, "", ErrFormat},
	}
	for _, r := range rows {
		payload, err := r.set.Verify(r.typ, r.jws)
		if !errors.Is(err, r.want) || r.want == nil && string(payload) != `{"a":1}` {
			t.Errorf("%s: got %q and %v, want %v", r.name, payload, err, r.want)
		}
	}
	if _, err := k.Sign("", nil); !errors.Is(err, ErrFormat) {
		t.Errorf("signed without a type: got %v, want ErrFormat", err)
	}
	if _, err := FromSeed(make([]byte, 31)); !errors.Is(err, ErrFormat) {
		t.Errorf("a short seed: got %v, want ErrFormat", err)
	}
}

func TestKeysComeThroughEveryForm(t *testing.T) {
	k, other := key(t, "one"), key(t, "two")
	both := KeySet{k.ID(): k.Public()[k.ID()], other.ID(): other.Public()[other.ID()]}
	jwks, err := both.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	pems, err := both.PEM()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(jwks), `"d"`) {
		t.Errorf("JWKS: got %s, want no private half", jwks)
	}
	for name, data := range map[string][]byte{"JWKS": jwks, "PEM": pems} {
		got, err := ParseKeys(data)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(both) {
			t.Errorf("%s: got %v and %v, want both keys", name, got, err)
		}
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(jwks, &set); err != nil {
		t.Fatal(err)
	}
	one, err := ParseKeys(set.Keys[0])
	if err != nil || len(one) != 1 {
		t.Errorf("one JWK: got %v and %v, want one key", one, err)
	}
}

func TestParseKeysRefuses(t *testing.T) {
	for name, data := range map[string]string{
		"nothing":     "",
		"text":        "hello",
		"no keys":     `{"keys":[]}`,
		"broken JSON": `{"keys":`,
		"a secret":    `{"kty":"oct","k":"AAAA"}`,
		"a private key": `{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",` +
			`"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`,
	} {
		if got, err := ParseKeys([]byte(data)); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: got %v and %v, want ErrFormat", name, got, err)
		}
	}
}

// TestOpenSSLVerifies: a program that knows nothing of this one holds a
// signature true by the PEM that is handed out.
func TestOpenSSLVerifies(t *testing.T) {
	k := key(t, "one")
	parts := strings.Split(sign(t, k, "a text"), ".")
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	pem, err := k.Public().PEM()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, data := range map[string][]byte{"key.pem": pem, "sig": signature, "text": []byte(parts[0] + "." + parts[1])} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "text", "-sigfile", "sig")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("openssl: %v\n%s", err, out)
	}
}

func TestKeyNeverPrintsItself(t *testing.T) {
	k := key(t, "one")
	for _, text := range []string{fmt.Sprint(k), fmt.Sprintf("%v %+v %#v", k, k, k)} {
		if strings.Contains(text, fmt.Sprint([]byte(k.private)[:4])[1:8]) || !strings.Contains(text, k.ID()) {
			t.Errorf("printed: got %s, want its name only", text)
		}
	}
}

func FuzzParseKeys(f *testing.F) {
	jwks, err := key(f, "one").Public().JWKS()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(jwks)
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := ParseKeys(data)
		if err == nil && len(set) == 0 {
			t.Error("an empty set without an error")
		}
	})
}

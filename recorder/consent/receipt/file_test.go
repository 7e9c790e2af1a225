package receipt

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"parley/recorder/consent"
	"parley/recorder/consent/table"
	"parley/storage/signing"
)

func signer(t testing.TB) *signing.Key {
	t.Helper()
	k, err := signing.FromSeed(make([]byte, signing.SeedLen))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// signed is the sample's receipt, its JWS and its file.
func signed(t testing.TB) (r Receipt, jws string, file []byte) {
	t.Helper()
	r, err := New(sample(t), noon)
	if err != nil {
		t.Fatal(err)
	}
	if jws, err = r.Sign(signer(t)); err != nil {
		t.Fatal(err)
	}
	if file, err = File(jws); err != nil {
		t.Fatal(err)
	}
	return r, jws, file
}

// TestFileIsAJWS: the file is what RFC 7515 calls flattened, so that any JOSE
// library verifies it, and the payload is the canonical text, byte for byte.
func TestFileIsAJWS(t *testing.T) {
	r, jws, file := signed(t)
	var f struct{ Payload, Protected, Signature string }
	if err := json.Unmarshal(file, &f); err != nil {
		t.Fatal(err)
	}
	if got := f.Protected + "." + f.Payload + "." + f.Signature; got != jws {
		t.Errorf("parts of the file: got %s, want %s", got, jws)
	}
	payload, err := base64.RawURLEncoding.DecodeString(f.Payload)
	if err != nil || string(payload) != string(r.Encode()) || hash(string(payload)) != r.Hash() {
		t.Errorf("payload: got %s and %v, want the receipt", payload, err)
	}
	if !strings.Contains(string(file), `"purpose": "quality <review>"`) {
		t.Errorf("file: got\n%s\nwant it to be readable", file)
	}
	for name, data := range map[string][]byte{"file": file, "compact": []byte(jws + "\n")} {
		back, err := OpenFile(data, signer(t).Public())
		if err != nil || back.Hash() != r.Hash() {
			t.Errorf("OpenFile of the %s: got %v, want the receipt", name, err)
		}
	}
}

func TestOpenFileRefuses(t *testing.T) {
	_, jws, file := signed(t)
	other, err := signing.FromSeed(append(make([]byte, signing.SeedLen-1), 1))
	if err != nil {
		t.Fatal(err)
	}
	head, err := signer(t).Sign("ledger-head+jws", []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(file)
	rows := []struct {
		name string
		data string
		keys Verifier
		want error
	}{
		{"another key", text, other.Public(), signing.ErrUnknownKey},
		{"an answer changed for readers", strings.Replace(text, string(StateGiven), string(StateRefused), 1), signer(t).Public(), ErrFile},
		{"a time changed for readers", strings.Replace(text, "12:00:00.123", "12:00:00.124", 1), signer(t).Public(), ErrFile},
		{"the readable text left blank", text[:strings.Index(text, `"receipt"`)] + `"receipt": null}`, signer(t).Public(), ErrFile},
		{"more after the end", text + text, signer(t).Public(), ErrFile},
		{"a member added", strings.Replace(text, "{", `{"x":1,`, 1), signer(t).Public(), ErrFile},
		{"a signature of another kind", head, signer(t).Public(), signing.ErrSignature},
		{"a signature cut", jws[:len(jws)-8], signer(t).Public(), signing.ErrSignature},
		{"nothing", "", signer(t).Public(), signing.ErrFormat},
	}
	for _, r := range rows {
		if r.data == text && r.want == ErrFile {
			t.Fatalf("%s changes nothing", r.name)
		}
		if _, err := OpenFile([]byte(r.data), r.keys); !errors.Is(err, r.want) {
			t.Errorf("%s: got %v, want %v", r.name, err, r.want)
		}
	}
	for _, jws := range []string{"", "a.b", "a.$.c"} {
		if _, err := File(jws); !errors.Is(err, ErrFile) {
			t.Errorf("File of %q: got %v, want ErrFile", jws, err)
		}
	}
}

// TestJudgementForOneParty: of the other person a receipt tells no more than the
// rule that decided.
func TestJudgementForOneParty(t *testing.T) {
	tab, err := table.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	signals := func(places ...string) (out []consent.Signal) {
		for _, p := range places {
			out = append(out, consent.Signal{Place: p, Source: consent.SourceIP})
		}
		return out
	}
	j := Judged(tab.Judge(consent.Policy{}, consent.Facts{Parties: []consent.PartyFacts{
		{Party: consent.Caller, Signals: signals("US-TX")},
		{Party: consent.Callee, Signals: signals("DE", "US-NY")},
	}}))
	mine, theirs := j.For(consent.Caller), j.For(consent.Callee)
	text, err := json.Marshal(mine)
	if err != nil {
		t.Fatal(err)
	}
	if len(mine.Places) != 2 || strings.Contains(string(text), "US-NY") || strings.Contains(string(text), "New York") {
		t.Errorf("the caller's: got %s, want Texas and Germany, whose rule decided", text)
	}
	for _, p := range mine.Places {
		if p.Party == consent.Callee && (len(p.Said) > 0 || len(p.Sources) > 0 || len(p.Rules) > 0) {
			t.Errorf("the other's place: got %+v, want no trace of how it was found", p)
		}
	}
	if len(theirs.Places) != 2 || len(j.Places) != 3 {
		t.Errorf("the callee's: got %+v of %+v, want both own places and nothing of Texas", theirs.Places, j.Places)
	}
	if len(mine.Rules) == 0 || mine.TableVersion == "" || mine.Rule != j.Rule || len(mine.ExpressFrom) != 2 {
		t.Errorf("got %+v, want rules, version and who must agree", mine)
	}
}

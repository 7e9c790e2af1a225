package envelope_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"parley/storage/envelope"
	"parley/storage/id"
)

// secretPrefix begins every private key.
const secretPrefix = "AGE-SECRET-KEY-1"

func newMasterText(t testing.TB) string {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return identity.String()
}

func parseMaster(t testing.TB, text string) *envelope.Master {
	t.Helper()
	m, err := envelope.ParseMaster(text)
	if err != nil {
		t.Fatalf("ParseMaster: got %v, want no error", err)
	}
	return m
}

func newMaster(t testing.TB) *envelope.Master {
	t.Helper()
	return parseMaster(t, newMasterText(t))
}

func newBinding(part string) envelope.Binding {
	return envelope.Binding{Recording: id.NewRecording(time.Now()), Part: part}
}

func newKey(t testing.TB, m *envelope.Master, b envelope.Binding) envelope.Key {
	t.Helper()
	key, err := m.Sealer().NewKey(b)
	if err != nil {
		t.Fatalf("NewKey(%+v): got %v, want no error", b, err)
	}
	return key
}

// newPair returns both halves of a fresh key.
func newPair(t testing.TB) (envelope.Recipient, *envelope.Identity) {
	t.Helper()
	m, b := newMaster(t), newBinding(id.PartMember)
	key := newKey(t, m, b)
	identity, err := m.OpenKey(key.Envelope, b)
	if err != nil {
		t.Fatalf("OpenKey: got %v, want no error", err)
	}
	return key.Recipient, identity
}

func TestKeyOpensWhatItsRecipientSealed(t *testing.T) {
	recipient, identity := newPair(t)
	if identity.Recipient() != recipient && identity.Recipient().String() != recipient.String() {
		t.Errorf("recipient of the opened key: got %s, want %s", identity.Recipient(), recipient)
	}
	sealed, err := envelope.SealBytes(recipient, []byte("what was said"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("what was said")) {
		t.Error("sealed bytes: got the plaintext in them, want none of it")
	}
	got, err := envelope.OpenBytes(sealed, identity)
	if err != nil || string(got) != "what was said" {
		t.Errorf("OpenBytes: got %q and %v, want what was sealed", got, err)
	}
}

func TestEveryKeyIsFresh(t *testing.T) {
	m, b := newMaster(t), newBinding(id.PartCall)
	first, second := newKey(t, m, b), newKey(t, m, b)
	if first.Recipient.String() == second.Recipient.String() {
		t.Errorf("two keys for one binding: got %s twice, want two", first.Recipient)
	}
}

func TestOpenKeyRefuses(t *testing.T) {
	m, b := newMaster(t), newBinding(id.PartMember)
	sealed := newKey(t, m, b).Envelope
	cases := []struct {
		name   string
		master *envelope.Master
		sealed []byte
		want   envelope.Binding
		err    error
	}{
		{"other master key", newMaster(t), sealed, b, envelope.ErrNoMatchingKey},
		{"no master key", nil, sealed, b, envelope.ErrNoKey},
		{"zero master key", &envelope.Master{}, sealed, b, envelope.ErrNoKey},
		{"other part", m, sealed, envelope.Binding{Recording: b.Recording, Part: id.PartExpert}, envelope.ErrBinding},
		{"other recording", m, sealed, newBinding(id.PartMember), envelope.ErrBinding},
		{"no binding", m, sealed, envelope.Binding{}, envelope.ErrBinding},
		{"empty", m, nil, b, envelope.ErrCorrupt},
		{"cut off", m, sealed[:len(sealed)-1], b, envelope.ErrCorrupt},
		{"extended", m, append(bytes.Clone(sealed), 0), b, envelope.ErrCorrupt},
		{"no age file", m, []byte("hello"), b, envelope.ErrCorrupt},
		{"something else sealed", m, sealSecret(t, m), b, envelope.ErrFormat},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			identity, err := tc.master.OpenKey(tc.sealed, tc.want)
			if !errors.Is(err, tc.err) || identity != nil {
				t.Errorf("OpenKey: got %v and %v, want %v", identity, err, tc.err)
			}
		})
	}
}

func sealSecret(t testing.TB, m *envelope.Master) []byte {
	t.Helper()
	sealed, err := m.SealSecret("name", []byte("value"))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestNewKeyRefuses(t *testing.T) {
	sealer := newMaster(t).Sealer()
	good := newBinding(id.PartMember)
	for name, b := range map[string]envelope.Binding{
		"nothing":      {},
		"no recording": {Part: id.PartMember},
		"no part":      {Recording: good.Recording},
		"unknown part": {Recording: good.Recording, Part: "both"},
		"line break":   {Recording: good.Recording + "\n# part: expert", Part: id.PartMember},
	} {
		if _, err := sealer.NewKey(b); !errors.Is(err, envelope.ErrFormat) {
			t.Errorf("%s: NewKey(%+v): got %v, want ErrFormat", name, b, err)
		}
	}
	for name, s := range map[string]*envelope.Sealer{"nil": nil, "zero": {}} {
		if _, err := s.NewKey(good); !errors.Is(err, envelope.ErrNoKey) {
			t.Errorf("%s Sealer: got %v, want ErrNoKey", name, err)
		}
	}
}

func TestZeroKeysSealAndOpenNothing(t *testing.T) {
	var dst bytes.Buffer
	_, writerErr := envelope.SealWriter(&dst, envelope.Recipient{})
	_, sealErr := envelope.SealBytes(envelope.Recipient{}, []byte("x"))
	_, openErr := envelope.OpenBytes([]byte("x"), &envelope.Identity{})
	_, readErr := envelope.OpenReader(strings.NewReader("x"), nil)
	_, _, atErr := envelope.OpenReaderAt(strings.NewReader("x"), 1, nil)
	_, secretErr := (&envelope.Master{}).SealSecret("name", nil)
	for name, err := range map[string]error{"SealWriter": writerErr, "SealBytes": sealErr, "OpenBytes": openErr,
		"OpenReader": readErr, "OpenReaderAt": atErr, "SealSecret": secretErr} {
		if !errors.Is(err, envelope.ErrNoKey) {
			t.Errorf("%s with a zero key: got %v, want ErrNoKey", name, err)
		}
	}
	if dst.Len() != 0 {
		t.Errorf("written without a key: got %d bytes, want none", dst.Len())
	}
}

func TestRecipientTextIsParsedBack(t *testing.T) {
	recipient, _ := newPair(t)
	got, err := envelope.ParseRecipient(recipient.String())
	if err != nil || got.String() != recipient.String() {
		t.Errorf("ParseRecipient(%s): got %s and %v, want the same", recipient, got, err)
	}
	for _, text := range []string{"", "age1", recipient.String() + "x", newMasterText(t)} {
		if _, err := envelope.ParseRecipient(text); !errors.Is(err, envelope.ErrFormat) || strings.Contains(err.Error(), secretPrefix) {
			t.Errorf("ParseRecipient of no recipient: got %v, want ErrFormat without a secret", err)
		}
	}
	if got := (envelope.Recipient{}).String(); got != "" {
		t.Errorf("text of the zero recipient: got %q, want none", got)
	}
}

func TestPrivateKeysAreNeverShown(t *testing.T) {
	text := newMasterText(t)
	m, b := parseMaster(t, text), newBinding(id.PartMember)
	key := newKey(t, m, b)
	identity, err := m.OpenKey(key.Envelope, b)
	if err != nil {
		t.Fatal(err)
	}
	values := []any{m, *m, identity, *identity, key, &key, m.Sealer(), []any{m, identity}, struct{ I *envelope.Identity }{identity}}
	verbs := []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T %[1]v"}
	for _, value := range values {
		var shown strings.Builder
		for _, verb := range verbs {
			fmt.Fprintf(&shown, verb, value)
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatalf("marshal %T: %v", value, err)
		}
		shown.Write(encoded)
		for _, form := range []string{secretPrefix, fmt.Sprintf("%x", secretPrefix), text} {
			if strings.Contains(shown.String(), form) {
				t.Errorf("printed %T: got a private key in %s", value, shown.String())
			}
		}
	}
	if !strings.Contains(key.String(), key.Recipient.String()) {
		t.Errorf("text of a key: got %s, want its public half in it", key)
	}
}

func TestSecrets(t *testing.T) {
	m := newMaster(t)
	for _, secret := range [][]byte{{}, []byte("s3cret"), []byte("with\nlines\n# name: other\n"), bytes.Repeat([]byte{0xff}, envelope.MaxSecretLen)} {
		sealed, err := m.SealSecret("turn", secret)
		if err != nil {
			t.Fatalf("SealSecret of %d bytes: got %v, want no error", len(secret), err)
		}
		got, err := m.OpenSecret("turn", sealed)
		if err != nil || !bytes.Equal(got, secret) {
			t.Errorf("OpenSecret: got %d bytes and %v, want the %d that were sealed", len(got), err, len(secret))
		}
	}
}

func TestSecretsRefuse(t *testing.T) {
	m, b := newMaster(t), newBinding(id.PartCall)
	sealed := sealSecret(t, m)
	cases := []struct {
		name, ask string
		master    *envelope.Master
		sealed    []byte
		want      error
	}{
		{"other name", "other", m, sealed, envelope.ErrBinding},
		{"beginning of the name", "nam", m, sealed, envelope.ErrBinding},
		{"name and secret", "name\nvalue", m, sealed, envelope.ErrBinding},
		{"other master key", "name", newMaster(t), sealed, envelope.ErrNoMatchingKey},
		{"a key envelope", "name", m, newKey(t, m, b).Envelope, envelope.ErrFormat},
		{"cut off", "name", m, sealed[:len(sealed)-1], envelope.ErrCorrupt},
	}
	for _, tc := range cases {
		if got, err := tc.master.OpenSecret(tc.ask, tc.sealed); !errors.Is(err, tc.want) {
			t.Errorf("%s: OpenSecret(%q): got %q and %v, want %v", tc.name, tc.ask, got, err, tc.want)
		}
	}
	for _, name := range []string{"", "a\nb", "a\rb", strings.Repeat("a", envelope.MaxSecretNameLen+1)} {
		if _, err := m.SealSecret(name, nil); !errors.Is(err, envelope.ErrFormat) {
			t.Errorf("SealSecret(%q): got %v, want ErrFormat", name, err)
		}
	}
	if _, err := m.SealSecret("name", make([]byte, envelope.MaxSecretLen+1)); !errors.Is(err, envelope.ErrFormat) {
		t.Errorf("SealSecret of too much: got %v, want ErrFormat", err)
	}
}

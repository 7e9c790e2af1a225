package envelope_test

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"parley/storage/envelope"
	"parley/storage/id"
)

// softDevice is a P-256 key that can be taken away, as a device can.
type softDevice struct {
	*ecdh.PrivateKey
	gone bool
}

var errUnplugged = errors.New("unplugged")

func (d *softDevice) ECDH(public *ecdh.PublicKey) ([]byte, error) {
	if d.gone {
		return nil, errUnplugged
	}
	return d.PrivateKey.ECDH(public)
}

// softServer is an RSA key that can be away, as a key server can.
type softServer struct {
	*rsa.PrivateKey
	gone bool
}

func (s *softServer) Decrypt(r io.Reader, sealed []byte, o crypto.DecrypterOpts) ([]byte, error) {
	if s.gone {
		return nil, errUnplugged
	}
	return s.PrivateKey.Decrypt(r, sealed, o)
}

func newDevice(t testing.TB) *softDevice {
	t.Helper()
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &softDevice{PrivateKey: private}
}

func newServer(t testing.TB) *softServer {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return &softServer{PrivateKey: private}
}

func must[T any](t testing.TB) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// freshKey makes a master key of a kind.
func freshKey(t testing.TB, kind string) envelope.MasterKey {
	t.Helper()
	switch kind {
	case envelope.KindP256:
		return must[envelope.MasterKey](t)(envelope.DeviceKey(newDevice(t)))
	case envelope.KindRSA:
		return must[envelope.MasterKey](t)(envelope.ServerKey(newServer(t)))
	}
	text := must[string](t)(envelope.GenerateMasterKey(kind))
	return must[envelope.MasterKey](t)(envelope.ParseMasterKey(text))
}

var kinds = []string{envelope.KindX25519, envelope.KindHybrid, envelope.KindP256, envelope.KindRSA}

// master is one of these keys with no escrow.
func master(t testing.TB, keys ...envelope.MasterKey) *envelope.Master {
	t.Helper()
	return must[*envelope.Master](t)(envelope.NewMaster(nil, envelope.MasterKeys(keys)))
}

// TestEachKindOpensAlone: what is sealed to one key of each kind opens with each
// of them and with nothing else.
func TestEachKindOpensAlone(t *testing.T) {
	var all []envelope.MasterKey
	for _, kind := range kinds {
		all = append(all, freshKey(t, kind))
	}
	m, b := master(t, all...), newBinding(id.PartMember)
	key := newKey(t, m, b)
	secret := must[[]byte](t)(m.SealSecret("turn", []byte("value")))
	for i, k := range all {
		if got := k.Recipient().Kind(); got != kinds[i] {
			t.Errorf("kind: got %s, want %s", got, kinds[i])
		}
		alone := master(t, k)
		if identity, err := alone.OpenKey(key.Envelope, b); err != nil || identity.Recipient().String() != key.Recipient.String() {
			t.Errorf("%s alone: OpenKey: got %v and %v, want the key", kinds[i], identity, err)
		}
		if got, err := alone.OpenSecret("turn", secret); err != nil || string(got) != "value" {
			t.Errorf("%s alone: OpenSecret: got %q and %v, want the secret", kinds[i], got, err)
		}
		if _, err := master(t, freshKey(t, kinds[i])).OpenKey(key.Envelope, b); !errors.Is(err, envelope.ErrNoMatchingKey) {
			t.Errorf("another %s key: got %v, want ErrNoMatchingKey", kinds[i], err)
		}
	}
}

// TestRecipientsSealWithoutTheKeys: from the texts of the public halves alone.
func TestRecipientsSealWithoutTheKeys(t *testing.T) {
	for _, kind := range kinds {
		k := freshKey(t, kind)
		r := must[envelope.MasterRecipient](t)(envelope.ParseMasterRecipient(k.Recipient().String()))
		if r.ID() != k.Recipient().ID() || r.Kind() != kind || len(r.ID()) != 16 {
			t.Errorf("%s: parsed back: got %s of kind %s, want %s", kind, r.ID(), r.Kind(), k.Recipient().ID())
		}
		b := newBinding(id.PartCall)
		key := must[envelope.Key](t)(envelope.NewSealer(r).NewKey(b))
		if _, err := master(t, k).OpenKey(key.Envelope, b); err != nil {
			t.Errorf("%s: got %v, want it opened", kind, err)
		}
	}
	for _, text := range []string{"", "age1", "age1pq1qq", "age1tag1qq", "rsa-oaep:", "rsa-oaep:AAAA", newMasterText(t)} {
		if _, err := envelope.ParseMasterRecipient(text); !errors.Is(err, envelope.ErrFormat) || strings.Contains(err.Error(), secretPrefix) {
			t.Errorf("ParseMasterRecipient(%.12s…): got %v, want ErrFormat without the text", text, err)
		}
	}
	if _, err := envelope.NewSealer().NewKey(newBinding(id.PartCall)); !errors.Is(err, envelope.ErrNoKey) {
		t.Errorf("a sealer to nobody: got %v, want ErrNoKey", err)
	}
}

// TestEscrowOpens: with a key whose private half the master never had.
func TestEscrowOpens(t *testing.T) {
	for _, kind := range []string{envelope.KindX25519, envelope.KindHybrid} {
		service, escrow := freshKey(t, envelope.KindX25519), freshKey(t, kind)
		m := must[*envelope.Master](t)(envelope.NewMaster([]envelope.MasterRecipient{escrow.Recipient()}, envelope.MasterKeys{service}))
		b := newBinding(id.PartExpert)
		key := newKey(t, m, b)
		if _, err := master(t, escrow).OpenKey(key.Envelope, b); err != nil {
			t.Errorf("%s escrow: got %v, want it opened", kind, err)
		}
		want := []string{service.Recipient().ID(), escrow.Recipient().ID()}
		slices.Sort(want)
		if got := envelope.SealedTo(key.Envelope); !slices.Equal(got, want) {
			t.Errorf("SealedTo: got %v, want %v", got, want)
		}
	}
	escrow := freshKey(t, envelope.KindX25519).Recipient()
	if m, err := envelope.NewMaster([]envelope.MasterRecipient{escrow}); !errors.Is(err, envelope.ErrNoKey) {
		t.Errorf("a master of an escrow alone: got %v and %v, want ErrNoKey", m, err)
	}
}

// TestAKeyThatIsAwayIsNoDamage, and does not matter while another one opens.
func TestAKeyThatIsAwayIsNoDamage(t *testing.T) {
	device, server := newDevice(t), newServer(t)
	keys := []envelope.MasterKey{must[envelope.MasterKey](t)(envelope.DeviceKey(device)), must[envelope.MasterKey](t)(envelope.ServerKey(server))}
	m, b := master(t, keys...), newBinding(id.PartMember)
	key := newKey(t, m, b)
	device.gone = true
	if _, err := m.OpenKey(key.Envelope, b); err != nil {
		t.Errorf("device gone: got %v, want it opened by the other one", err)
	}
	server.gone = true
	if _, err := m.OpenKey(key.Envelope, b); !errors.Is(err, envelope.ErrKeyAway) || !errors.Is(err, errUnplugged) {
		t.Errorf("both gone: got %v, want ErrKeyAway and the cause", err)
	}
	if _, err := m.Sealer().NewKey(b); err != nil {
		t.Errorf("sealing while both are gone: got %v, want no error", err)
	}
}

// TestWrongKeyIsNamed: which keys would open it, and which are here.
func TestWrongKeyIsNamed(t *testing.T) {
	right, wrong := freshKey(t, envelope.KindX25519), freshKey(t, envelope.KindHybrid)
	b := newBinding(id.PartMember)
	key := newKey(t, master(t, right), b)
	_, err := master(t, wrong).OpenKey(key.Envelope, b)
	if !errors.Is(err, envelope.ErrNoMatchingKey) {
		t.Fatalf("OpenKey: got %v, want ErrNoMatchingKey", err)
	}
	for _, want := range []string{string(b.Recording), b.Part, right.Recipient().ID(), wrong.Recipient().ID()} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not name %s", err, want)
		}
	}
}

func TestResealChangesTheKeysOnly(t *testing.T) {
	older, newer := freshKey(t, envelope.KindX25519), freshKey(t, envelope.KindHybrid)
	before, both := master(t, older), master(t, older, newer)
	b := newBinding(id.PartMember)
	key := newKey(t, before, b)
	if both.Current(key.Envelope) || !before.Current(key.Envelope) {
		t.Error("Current: got it wrong about an envelope of one of two keys")
	}
	again := must[[]byte](t)(both.Reseal(key.Envelope))
	if !both.Current(again) {
		t.Errorf("Current after Reseal: it is sealed to %v", envelope.SealedTo(again))
	}
	alone := both.Without(older.Recipient().ID())
	if identity, err := alone.OpenKey(again, b); err != nil || identity.Recipient().String() != key.Recipient.String() {
		t.Errorf("with the newer key alone: got %v and %v, want the same key", identity, err)
	}
	if err := alone.Opens(key.Envelope); !errors.Is(err, envelope.ErrNoMatchingKey) {
		t.Errorf("Opens what only the older key opens: got %v, want ErrNoMatchingKey", err)
	}
	if _, err := both.Reseal([]byte("hello")); !errors.Is(err, envelope.ErrCorrupt) {
		t.Errorf("Reseal of no age file: got %v, want ErrCorrupt", err)
	}
	secret := must[[]byte](t)(both.SealSecret("n", bytes.Repeat([]byte{7}, envelope.MaxSecretLen)))
	if _, err := alone.OpenSecret("n", must[[]byte](t)(alone.Reseal(secret))); err != nil {
		t.Errorf("the longest secret sealed anew: got %v, want it opened", err)
	}
}

func TestKeysOfOtherSortsAreRefused(t *testing.T) {
	other, err := ecdh.P384().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := envelope.DeviceKey(other); !errors.Is(err, envelope.ErrFormat) {
		t.Errorf("a device's key on P-384: got %v, want ErrFormat", err)
	}
	if _, err := envelope.GenerateMasterKey(envelope.KindRSA); !errors.Is(err, envelope.ErrFormat) {
		t.Errorf("GenerateMasterKey of RSA: got %v, want ErrFormat", err)
	}
}

func TestMasterKeysShowNoPrivateHalf(t *testing.T) {
	text := must[string](t)(envelope.GenerateMasterKey(envelope.KindHybrid))
	k := must[envelope.MasterKey](t)(envelope.ParseMasterKey(text))
	for _, value := range []any{k, &k, []envelope.MasterKey{k}, master(t, k), *master(t, k)} {
		if shown := fmt.Sprintf("%v %+v %#v %s", value, value, value, value); strings.Contains(shown, "AGE-SECRET-KEY") || strings.Contains(shown, text) {
			t.Errorf("printed %T: got a private key in it", value)
		}
	}
}

func FuzzSealedTo(f *testing.F) {
	m := master(f, freshKey(f, envelope.KindX25519), freshKey(f, envelope.KindHybrid))
	f.Add(newKey(f, m, newBinding(id.PartCall)).Envelope)
	f.Add([]byte("age-encryption.org/v1\n-> parley.master/v1 \n"))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		for _, id := range envelope.SealedTo(sealed) {
			if id == "" || strings.ContainsAny(id, " \n") {
				t.Errorf("SealedTo: got the id %q", id)
			}
		}
	})
}

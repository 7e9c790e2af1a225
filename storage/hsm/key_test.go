package hsm_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"parley/storage/envelope"
	"parley/storage/hsm"
	"parley/storage/hsm/hsmtest"
	"parley/storage/id"
)

// TestKeyInAModule: made there, found there, the same secrets as the other side
// computes, and what is sealed to it opens. One test: a process loads the library
// once, and it reads where its tokens are then.
func TestKeyInAModule(t *testing.T) {
	cfg := hsmtest.New(t)
	if _, err := hsm.Open(cfg); !errors.Is(err, hsm.ErrNoKey) {
		t.Errorf("Open before there is a key: got %v, want ErrNoKey", err)
	}
	if err := hsm.Generate(cfg); err != nil {
		t.Fatal(err)
	}
	if err := hsm.Generate(cfg); !errors.Is(err, hsm.ErrNoKey) {
		t.Errorf("Generate again: got %v, want ErrNoKey", err)
	}
	key, err := hsm.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	inside, err := key.ECDH(other.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	outside, err := other.ECDH(key.PublicKey())
	if err != nil || !bytes.Equal(inside, outside) {
		t.Errorf("shared secret: the module has another one than the other side (%v)", err)
	}

	master, err := envelope.DeviceKey(key)
	if err != nil {
		t.Fatal(err)
	}
	m, err := envelope.NewMaster(nil, envelope.MasterKeys{master})
	if err != nil {
		t.Fatal(err)
	}
	b := envelope.Binding{Recording: id.NewRecording(time.Now()), Part: id.PartMember}
	sealed, err := m.Sealer().NewKey(b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.OpenKey(sealed.Envelope, b); err != nil {
		t.Errorf("OpenKey: got %v, want it opened in the module", err)
	}
	if err := key.Close(); err != nil {
		t.Fatal(err)
	}
	// A module that was restarted has ended its sessions.
	if _, err := m.OpenKey(sealed.Envelope, b); err != nil {
		t.Errorf("OpenKey after the session had ended: got %v, want it opened", err)
	}
	for name, bad := range map[string]hsm.Config{
		"another token": {Module: cfg.Module, Token: "other", Key: cfg.Key, PIN: cfg.PIN},
		"another key":   {Module: cfg.Module, Token: cfg.Token, Key: "other", PIN: cfg.PIN},
	} {
		if _, err := hsm.Open(bad); !errors.Is(err, hsm.ErrNoKey) {
			t.Errorf("%s: got %v, want ErrNoKey", name, err)
		}
	}
	if _, err := hsm.Open(hsm.Config{Module: "/dev/null"}); err == nil {
		t.Error("no library: got no error, want one")
	}
}

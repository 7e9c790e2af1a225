package transit_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/transit"
	"parley/storage/transit/transittest"
)

func config(s *transittest.Server) transit.Config {
	return transit.Config{Address: s.URL, Token: transittest.Token, Key: "parley-master"}
}

func open(t *testing.T, cfg transit.Config) []*transit.Version {
	t.Helper()
	versions, err := transit.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return versions
}

func master(t *testing.T, versions ...*transit.Version) *envelope.Master {
	t.Helper()
	var keys envelope.MasterKeys
	for _, v := range versions {
		k, err := envelope.ServerKey(v)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	m, err := envelope.NewMaster(nil, keys)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestServerOpensAndIsNotAskedToSeal, over the change to a newer version too.
func TestServerOpensAndIsNotAskedToSeal(t *testing.T) {
	s := transittest.Start(t)
	m := master(t, open(t, config(s))...)
	asked := s.Requests()
	b := envelope.Binding{Recording: id.NewRecording(time.Now()), Part: id.PartMember}
	key, err := m.Sealer().NewKey(b)
	if err != nil || s.Requests() != asked {
		t.Fatalf("NewKey: got %v and %d requests, want none", err, s.Requests()-asked)
	}
	if _, err := m.OpenKey(key.Envelope, b); err != nil {
		t.Errorf("OpenKey: got %v, want no error", err)
	}
	s.Rotate(t)
	versions := open(t, config(s))
	if len(versions) != 2 || versions[0].Number() != 2 {
		t.Fatalf("versions: got %d, the first of number %d, want two, the newest first", len(versions), versions[0].Number())
	}
	if _, err := master(t, versions...).OpenKey(key.Envelope, b); err != nil {
		t.Errorf("OpenKey of what the older version opens: got %v, want no error", err)
	}
	s.Fail(2)
	if _, err := m.OpenKey(key.Envelope, b); err != nil {
		t.Errorf("OpenKey while the server stumbles twice: got %v, want no error", err)
	}
	s.Fail(100)
	if _, err := m.OpenKey(key.Envelope, b); !errors.Is(err, envelope.ErrKeyAway) {
		t.Errorf("OpenKey while the server is sealed: got %v, want ErrKeyAway", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	s := transittest.Start(t)
	for name, tc := range map[string]struct {
		change func(*transit.Config)
		want   error
	}{
		"another token": {func(c *transit.Config) { c.Token = "hvs.wrong" }, transit.ErrRefused},
		"another key":   {func(c *transit.Config) { c.Key = "other" }, transit.ErrNoKey},
		"another mount": {func(c *transit.Config) { c.Mount = "kv" }, transit.ErrNoKey},
		"nobody there":  {func(c *transit.Config) { c.Address = "http://127.0.0.1:1" }, nil},
		"no CA":         {func(c *transit.Config) { c.CA = []byte("hello") }, nil},
	} {
		cfg := config(s)
		tc.change(&cfg)
		_, err := transit.Open(t.Context(), cfg)
		if err == nil || tc.want != nil && !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", name, err, tc.want)
		}
		if err != nil && strings.Contains(err.Error(), cfg.Token) {
			t.Errorf("%s: the error %v has the token in it", name, err)
		}
	}
}

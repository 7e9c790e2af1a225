package certs

import (
	"crypto/tls"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

// certmagic keeps a rate limiter for the life of the process, and its lock files
// fresh for some seconds after they are gone.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/caddyserver/certmagic.keepLockfileFresh"),
		goleak.IgnoreAnyFunction("github.com/caddyserver/certmagic.(*RingBufferRateLimiter).loop"),
	)
}

// clock is a clock that tests move.
type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.offset.Load())) }
func (c *clock) advance(d time.Duration) { c.offset.Add(int64(d)) }

func makeFiles(t *testing.T, dir, name string) (cert, key string) {
	t.Helper()
	cert, key = filepath.Join(dir, "x.crt"), filepath.Join(dir, "x.key")
	if err := makeSelfSigned(cert, key, []string{name}, nil, time.Now()); err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func served(t *testing.T, s *Source) string {
	t.Helper()
	c, err := s.Config().GetCertificate(&tls.ClientHelloInfo{})
	if err != nil {
		t.Fatal(err)
	}
	return nameOf(c.Leaf)
}

func TestFilesAreReadAgain(t *testing.T) {
	var log strings.Builder
	var clock clock
	dir := t.TempDir()
	cert, key := makeFiles(t, dir, "first.example")
	s, err := Files(cert, key, clock.now, zerolog.New(&log))
	if err != nil {
		t.Fatal(err)
	}
	if s.Name() != "first.example" || served(t, s) != "first.example" {
		t.Fatalf("got %s, want first.example", s.Name())
	}
	for _, step := range []struct {
		name   string
		change func()
		want   string
	}{
		{"a certificate that does not fit its key", func() { write(t, cert, "-----BEGIN nonsense") }, "first.example"},
		{"none", func() { must(t, os.Remove(key)) }, "first.example"},
		{"another", func() { makeFiles(t, dir, "second.example.org") }, "second.example.org"},
	} {
		step.change()
		clock.advance(2 * lookEvery)
		if got := served(t, s); got != step.want {
			t.Errorf("after %s: got %s, want %s", step.name, got, step.want)
		}
	}
	if n := strings.Count(log.String(), "cannot be used"); n != 2 {
		t.Errorf("the log tells %d times that files cannot be used, want 2:\n%s", n, &log)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	cert, key := makeFiles(t, dir, "x.example")
	for name, files := range map[string][2]string{
		"no certificate": {filepath.Join(dir, "none"), key},
		"no key":         {cert, filepath.Join(dir, "none")},
		"exchanged":      {key, cert},
	} {
		if _, err := Files(files[0], files[1], time.Now, zerolog.Nop()); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

func TestSelfSigned(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tls")
	names, addrs := []string{"localhost", "laptop"}, []netip.Addr{netip.MustParseAddr("192.168.1.2"), netip.MustParseAddr("fd00::1")}
	var clock clock
	make := func(names []string, addrs ...netip.Addr) string {
		t.Helper()
		s, err := SelfSigned(dir, names, addrs, clock.now, zerolog.Nop())
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.Config().GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, host := range names {
			if err := c.Leaf.VerifyHostname(host); err != nil {
				t.Error(err)
			}
		}
		for _, a := range addrs {
			if err := c.Leaf.VerifyHostname(a.String()); err != nil {
				t.Error(err)
			}
		}
		return c.Leaf.SerialNumber.String()
	}
	first := make(names, addrs...)
	if make(names, addrs...) != first {
		t.Error("another one was made at the second start, want the first kept")
	}
	other := make(names, append(addrs, netip.MustParseAddr("10.0.0.7"))...)
	if other == first {
		t.Error("with another address the first was kept, want one that has it")
	}
	clock.advance(selfSignedFor - renewBefore + time.Hour)
	if make(names, addrs...) == other {
		t.Error("one that is about to expire was kept")
	}
	info, err := os.Stat(filepath.Join(dir, "self-signed.key"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode of the key: got %o, want 600", info.Mode().Perm())
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	must(t, os.WriteFile(name, []byte(text), 0o600))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

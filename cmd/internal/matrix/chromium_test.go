package matrix

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// heard is what a browser says of a call.
type heard struct {
	Energy float64
	Path   string // udp, tcp, relay-udp, relay-tcp or relay-tls
}

// TestChromiumConnectsEverywhere: the shipped page in real browsers is heard from
// behind each network.
func TestChromiumConnectsEverywhere(t *testing.T) {
	n := newInternet(t)
	s := startServer(t, n)
	cmd := n.command(t.Context(), n.host(0), "node", "networks.mjs")
	cmd.Dir = filepath.Join(root, "web", "e2e")
	cmd.Env = append(os.Environ(), "CHROMIUM="+s.chromium(t))
	// Browsers are children of node: end the whole group.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	var errors bytes.Buffer
	cmd.Stderr = &errors
	must(t, cmd.Start())
	b := &browsers{in: in, out: json.NewDecoder(out), errors: &errors}
	for _, c := range cells() {
		t.Run(c.name, func(t *testing.T) {
			n.family(t, strings.Contains(c.url, "["))
			n.rules(t, c.rules...)
			b.hold(t, c, number(t, "PARLEY_BROWSER_CALLS", 1))
		})
	}
	must(t, in.Close())
	if err := cmd.Wait(); err != nil {
		t.Errorf("the browsers ended with %v\n%s", err, &errors)
	}
}

// browsers are two that call each other at each line of their input.
type browsers struct {
	in     io.Writer
	out    *json.Decoder
	errors *bytes.Buffer // of the process that drives them
}

// hold makes calls one after another. Of many at least 99.5 % must be heard; of a
// few, all.
func (b *browsers) hold(t *testing.T, c cell, calls int) {
	t.Helper()
	failed, paths := 0, map[string]int{}
	for i := range calls {
		_, err := io.WriteString(b.in, c.url+"\n")
		must(t, err)
		var got struct{ Member, Expert heard }
		if err := b.out.Decode(&got); err != nil {
			t.Fatalf("call %d: %v\n%s", i, err, b.errors)
		}
		silent := false
		for _, h := range []heard{got.Member, got.Expert} {
			silent = silent || h.Energy == 0
			paths[h.Path]++
			if h.Energy != 0 && !slices.Contains(c.browser, h.Path) {
				t.Errorf("heard by %s, want by %s", h.Path, strings.Join(c.browser, " or "))
			}
		}
		if silent {
			failed++
			t.Logf("call %d was not heard: %+v", i, got)
		}
	}
	if failed*200 > calls {
		t.Errorf("%d of %d calls were not heard", failed, calls)
	}
	t.Logf("%d of %d calls heard, by %v", calls-failed, calls, paths)
}

// chromium is a program that starts Chromium so that it trusts the server's own
// certificate, for pages and for TURN.
func (s *server) chromium(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(s.roots)
	must(t, err)
	block, _ := pem.Decode(text)
	cert, err := x509.ParseCertificate(block.Bytes)
	must(t, err)
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	name := filepath.Join(t.TempDir(), "chromium")
	script := fmt.Sprintf("#!/bin/sh\nexec /usr/bin/chromium --ignore-certificate-errors-spki-list=%s \"$@\"\n", base64.StdEncoding.EncodeToString(sum[:]))
	must(t, os.WriteFile(name, []byte(script), 0o700))
	return name
}

package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parley/storage/envelope"
	"parley/storage/hsm/hsmtest"
	"parley/storage/transit/transittest"
)

// keyIDs are the keys that `parley key list` shows as here.
func keyIDs(t *testing.T, dir string, flags ...string) (ids []string) {
	t.Helper()
	out := command(t, append([]string{"key", "list", "--data", dir}, flags...)...)
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		if len(fields) > 5 && len(fields[0]) == 16 && fields[1] != "?" {
			ids = append(ids, fields[0])
		}
	}
	return ids
}

// refused runs a command that must fail, and returns what it says.
func refused(t *testing.T, args ...string) string {
	t.Helper()
	_, said, code := program(t, args...)
	if code == 0 {
		t.Errorf("parley %s: got success, want it refused", strings.Join(args, " "))
	}
	return said
}

func wantSaid(t *testing.T, what, said string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(said, part) {
			t.Errorf("%s: it says %q, want %q in it", what, said, part)
		}
	}
}

// TestMasterKeyIsChangedBesideARunningServer: from a classic key to a
// post-quantum one, between calls, without a restart.
func TestMasterKeyIsChangedBesideARunningServer(t *testing.T) {
	dir := t.TempDir()
	s := serveDemo(t, dir)
	first := s.call(t)
	old := keyIDs(t, dir)[0]
	wantSaid(t, "retiring the only key", refused(t, "key", "retire", old, "--data", dir), "only master key", "parley key new")
	backup := filepath.Join(t.TempDir(), "before.backup")
	command(t, "backup", backup, "--data", dir)

	command(t, "key", "new", "--kind", "post-quantum", "--data", dir)
	second := s.call(t)
	wantSaid(t, "retiring too early", refused(t, "key", "retire", old, "--data", dir), first, "parley key rotate")
	command(t, "key", "rotate", "--data", dir)
	wantSaid(t, "rotating again", command(t, "key", "rotate", "--data", dir), " 0 were sealed anew")
	command(t, "key", "retire", old, "--data", dir)
	ids := keyIDs(t, dir)
	if len(ids) != 1 || ids[0] == old {
		t.Fatalf("keys after the old one was retired: got %v, want the new one only", ids)
	}
	if out := command(t, "key", "list", "--data", dir); strings.Contains(out, "quantum computers") {
		t.Errorf("list: it warns of quantum computers with a post-quantum key only:\n%s", out)
	}
	third := s.call(t)
	s.stop()
	for _, recording := range []string{first, second, third} {
		if err := exportVoice(t, recording, dir, "stereo"); err != nil {
			t.Errorf("a recording after the change of keys: %v", err)
		}
	}
	wantAudited(t, dir, "key.added", "key.rotated", "key.retired")

	// A backup of before opens with the key that was retired, and what it
	// holds is sealed to the key of today.
	command(t, "restore", backup, "--force", "--data", dir)
	if err := exportVoice(t, first, dir, "stereo"); err != nil {
		t.Errorf("a recording from a backup of before the change: %v", err)
	}
	serveDemo(t, dir).stop()
}

func wantAudited(t *testing.T, dir string, kinds ...string) {
	t.Helper()
	withStores(t, dir, "", func(ctx context.Context, st *stores) {
		entries, err := st.meta.ChainEntries(ctx, "audit", subjectMaster, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		have := map[string]bool{}
		for _, e := range entries {
			have[e.Kind] = true
		}
		for _, kind := range kinds {
			if !have[kind] {
				t.Errorf("audit: got %v, want %s in it", have, kind)
			}
		}
	})
}

// TestServerWithoutItsMasterKey says what is wrong, makes no key and changes
// nothing.
func TestServerWithoutItsMasterKey(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	s := serveDemo(t, dir)
	recording := s.call(t)
	s.stop()
	serveDemo(t, other).stop()
	path := filepath.Join(dir, masterFile)
	mine := mustRead(t, path)
	foreign := mustRead(t, filepath.Join(other, masterFile))
	start := []string{"serve", "--demo", "--listen", "127.0.0.1:0", "--data", dir}
	for name, tc := range map[string]struct {
		spoil func() error
		want  []string
	}{
		"missing":               {func() error { return os.Remove(path) }, []string{path, "missing", "copy"}},
		"of another deployment": {func() error { return os.WriteFile(path, foreign, 0o600) }, []string{"not those of the data", "nothing was changed"}},
		"readable by others":    {func() error { return os.Chmod(path, 0o640) }, []string{"chmod 600"}},
		"something else":        {func() error { return os.WriteFile(path, []byte("hello\n"), 0o600) }, []string{path, "identity"}},
		"empty":                 {func() error { return os.WriteFile(path, nil, 0o600) }, []string{path, "no identity"}},
		"a folder":              {func() error { _ = os.Remove(path); return os.Mkdir(path, 0o700) }, []string{path, "regular file"}},
		"a link to what is not": {func() error { _ = os.Remove(path); return os.Symlink("nowhere", path) }, []string{path}},
		"cut off in the middle": {func() error { return os.WriteFile(path, mine[:len(mine)-5], 0o600) }, []string{path, "identity"}},
		"retired by hand, a fresh": {func() error {
			return os.WriteFile(path, bytes.Replace(foreign, []byte("# public"), []byte("# added\n# public"), 1), 0o600)
		}, []string{"put back the one that was retired"}},
	} {
		if err := tc.spoil(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		spoiled, _ := os.ReadFile(path) // a folder and a link to nothing have none
		wantSaid(t, name, refused(t, start...), tc.want...)
		if after, _ := os.ReadFile(path); !bytes.Equal(after, spoiled) {
			t.Errorf("%s: the start has changed the file", name)
		}
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, mine, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := exportVoice(t, recording, dir, "stereo"); err != nil {
		t.Errorf("with the right key again: %v", err)
	}
	// Two at once: the second one is not known to the data, and no harm.
	if err := os.WriteFile(path, append(bytes.Clone(foreign), mine...), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := exportVoice(t, recording, dir, "stereo"); err != nil {
		t.Errorf("with two master keys: %v", err)
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// TestMasterKeysElsewhere: no key file is made, and a recording opens with each.
func TestMasterKeysElsewhere(t *testing.T) {
	token, server := hsmtest.New(t), transittest.Start(t)
	secret, err := envelope.GenerateMasterKey(envelope.KindHybrid)
	if err != nil {
		t.Fatal(err)
	}
	inHSM := []string{"--hsm-module", token.Module, "--hsm-token", token.Token, "--hsm-pin", token.PIN}
	command(t, append([]string{"key", "new", "--kind", "hsm", "--data", t.TempDir()}, inHSM...)...)
	for name, flags := range map[string][]string{
		"environment": {"--master-key", secret},
		"HSM":         inHSM,
		"Transit":     {"--transit-address", server.URL, "--transit-token", transittest.Token},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := serveDemo(t, dir, flags...)
			recording := s.call(t)
			s.stop()
			if _, err := os.Stat(filepath.Join(dir, masterFile)); err == nil {
				t.Error("a key file was made besides")
			}
			if err := exportVoice(t, recording, dir, "stereo", flags...); err != nil {
				t.Errorf("export with the key: %v", err)
			}
			if err := exportVoice(t, recording, dir, "stereo"); err == nil {
				t.Error("export without the key: got success, want it refused")
			}
			// From the file to there, and the other way round.
			command(t, append([]string{"key", "new", "--data", dir}, flags...)...)
			command(t, append([]string{"key", "rotate", "--data", dir}, flags...)...)
			if err := exportVoice(t, recording, dir, "stereo"); err != nil {
				t.Errorf("export with the file that was added: %v", err)
			}
			for _, id := range keyIDs(t, dir) {
				command(t, append([]string{"key", "retire", id, "--data", dir}, flags...)...)
			}
			if err := exportVoice(t, recording, dir, "stereo", flags...); err != nil {
				t.Errorf("export when the file was retired: %v", err)
			}
		})
	}
}

// TestEscrow: the offline key opens a key envelope with the age command, and the
// test of it finds that out.
func TestEscrow(t *testing.T) {
	dir, away := t.TempDir(), t.TempDir()
	escrowKey := filepath.Join(away, "escrow.key")
	if out, err := exec.Command("age-keygen", "-o", escrowKey).CombinedOutput(); err != nil {
		t.Fatalf("age-keygen: %v\n%s", err, out)
	}
	public, err := exec.Command("age-keygen", "-y", escrowKey).Output()
	if err != nil {
		t.Fatal(err)
	}
	escrow := "--escrow-recipient=" + strings.TrimSpace(string(public))
	s := serveDemo(t, dir)
	s.call(t)
	s.stop()
	test := []string{"key", "escrow-test", "--data", dir, escrow}
	wantSaid(t, "a test without an escrow", refused(t, "key", "escrow-test", "--data", dir, "--out", "x"), "no escrow")
	wantSaid(t, "a test too early", refused(t, append(test, "--identity", escrowKey)...), "parley key rotate")
	command(t, "key", "rotate", "--data", dir, escrow)
	s = serveDemo(t, dir, escrow)
	s.call(t)
	wantSaid(t, "the escrow's key brought here", command(t, append(test, "--identity", escrowKey)...), "opens all")

	challenge := filepath.Join(away, "challenge.age")
	command(t, append(test, "--out", challenge)...)
	words, err := exec.Command("age", "-d", "-i", escrowKey, challenge).Output()
	if err != nil {
		t.Fatalf("age -d of the test: %v", err)
	}
	wantSaid(t, "another answer", refused(t, append(test, "--answer", "hello")...), "NOT")
	answer := strings.TrimSpace(strings.TrimPrefix(string(words), "Tell the operator: "))
	wantSaid(t, "the right answer", command(t, append(test, "--answer", answer)...), "opens what is sealed")
	wantAuditedBeside(t, s, dir)
}

func wantAuditedBeside(t *testing.T, s *running, dir string) {
	t.Helper()
	s.stop()
	wantAudited(t, dir, "key.rotated", "key.escrow_tested")
}

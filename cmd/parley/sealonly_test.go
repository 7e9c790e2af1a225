package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
)

// TestNodeThatOnlySealsOpensNothing: with every file of the node in hand, and
// every key that is in any of them, no envelope, object or journal opens; with the
// master key, which never was there, the recording does.
func TestNodeThatOnlySealsOpensNothing(t *testing.T) {
	dir, away := t.TempDir(), t.TempDir()
	master := filepath.Join(away, "escrow.key")
	if out, err := exec.Command("age-keygen", "-o", master).CombinedOutput(); err != nil {
		t.Fatalf("age-keygen: %v\n%s", err, out)
	}
	public, err := exec.Command("age-keygen", "-y", master).Output()
	if err != nil {
		t.Fatal(err)
	}
	flags := []string{"--seal-only", "--master-recipient=" + strings.TrimSpace(string(public))}
	s := serveDemo(t, dir, flags...)
	stdout, _, code := program(t, "probe", "--json", "--server", s.url)
	if code == 0 {
		t.Errorf("the node has played a recording: %s", stdout)
	}
	s.stop()
	serveDemo(t, dir, flags...).stop() // its own secrets open again

	files, identities := filesOf(t, dir), filepath.Join(away, "found.key")
	found := regexp.MustCompile(`AGE-SECRET-KEY-[A-Z0-9-]+`).FindAll(bytes.Join(files, []byte("\n")), -1)
	if err := os.WriteFile(identities, append(bytes.Join(found, []byte("\n")), '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, masterFile), mustRead(t, master), 0o600); err != nil {
		t.Fatal(err)
	}
	recording, envelopes := sealedOf(t, dir)
	thief, err := envelope.ParseMaster(string(mustRead(t, identities)))
	if err != nil {
		t.Fatal(err)
	}
	for part, sealed := range envelopes {
		b := envelope.Binding{Recording: id.RecordingID(recording), Part: part}
		if _, err := thief.OpenKey(sealed, b); !errors.Is(err, envelope.ErrNoMatchingKey) {
			t.Errorf("envelope of %s with the node's keys: got %v, want ErrNoMatchingKey", part, err)
		}
		files = append(files, sealed)
	}
	sealedFiles := 0
	for _, content := range files {
		if !bytes.HasPrefix(content, []byte("age-encryption.org/v1\n")) {
			continue
		}
		sealedFiles++
		cmd := exec.Command("age", "-d", "-i", identities)
		cmd.Stdin = bytes.NewReader(content)
		if out, err := cmd.Output(); err == nil {
			t.Errorf("age opens %d bytes of the node's files with the node's keys", len(out))
		}
	}
	if sealedFiles < 3+5 {
		t.Errorf("sealed files: got %d, want three envelopes and five objects", sealedFiles)
	}
	if err := exportVoice(t, recording, dir, "stereo"); err != nil {
		t.Errorf("with the master key: %v", err)
	}
	wantSaid(t, "a node with the master key", refused(t, append([]string{"serve", "--data", dir, "--listen", "127.0.0.1:0"}, flags...)...), "take it away")
}

func filesOf(t *testing.T, dir string) (contents [][]byte) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			contents = append(contents, mustRead(t, path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return contents
}

// sealedOf returns the one recording of a data folder and its envelopes.
func sealedOf(t *testing.T, dir string) (recording string, envelopes map[string][]byte) {
	t.Helper()
	envelopes = map[string][]byte{}
	withStores(t, dir, "", func(ctx context.Context, st *stores) {
		list, err := st.meta.Recordings(ctx, meta.RecordingFilter{})
		if err != nil || len(list) != 1 || list[0].State != meta.StateStored {
			t.Fatalf("recordings: got %+v and %v, want one that is stored", list, err)
		}
		recording = string(list[0].ID)
		for _, part := range id.Parts() {
			if envelopes[part], err = st.meta.Envelope(ctx, list[0].ID, part); err != nil {
				t.Fatal(err)
			}
		}
	})
	return recording, envelopes
}

// TestFormatDocumentOpensAVoice follows the commands of docs/format.md, with the
// ordinary tools.
func TestFormatDocumentOpensAVoice(t *testing.T) {
	doc := string(mustRead(t, "../../docs/format.md"))
	_, rest, found := strings.Cut(doc, "## Open a voice with the age command")
	_, rest, fenced := strings.Cut(rest, "```sh\n")
	commands, _, ended := strings.Cut(rest, "```")
	if !found || !fenced || !ended {
		t.Fatal("docs/format.md has no commands that open a voice")
	}
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "sealed")
	s := serveDemo(t, dir)
	recording := s.call(t)
	s.stop()
	command(t, "recording", "sealed", recording, "--data", dir, "--out", out, "--reason", "test")
	if err := os.WriteFile(filepath.Join(out, masterFile), mustRead(t, filepath.Join(dir, masterFile)), 0o600); err != nil {
		t.Fatal(err)
	}
	sh := exec.Command("bash", "-euo", "pipefail", "-c", commands)
	sh.Dir = out
	said, err := sh.CombinedOutput()
	if err != nil {
		t.Fatalf("the commands of docs/format.md: %v\n%s", err, said)
	}
	manifest := string(mustRead(t, filepath.Join(out, "call.json")))
	if sum, _, _ := strings.Cut(string(said), " "); len(sum) != 64 || !strings.Contains(manifest, sum) {
		t.Errorf("the hash %q of the voice is not in the manifest", sum)
	}
	if said, err := exec.Command("opusdec", filepath.Join(out, "member.opus"), filepath.Join(out, "member.wav")).CombinedOutput(); err != nil {
		t.Errorf("opusdec of the opened voice: %v\n%s", err, said)
	}
}

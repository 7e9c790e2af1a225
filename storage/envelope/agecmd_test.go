package envelope_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"parley/storage/envelope"
	"parley/storage/id"
)

// runAge runs the age command, another reader of the format than ours.
func runAge(t *testing.T, stdin []byte, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("age")
	if err != nil {
		t.Fatalf("find the age command: %v\ninstall it (Debian: apt install age)", err)
	}
	cmd := exec.Command(path, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("age %q: %v\n%s", args, err, stderr.String())
	}
	return out
}

func writeFile(t *testing.T, path string, content []byte) string {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAgeCommandOpensARecording(t *testing.T) {
	dir := t.TempDir()
	masterFile := filepath.Join(dir, "master.key")
	m, err := envelope.OpenMasterFile(masterFile)
	if err != nil {
		t.Fatal(err)
	}
	key := newKey(t, m, newBinding(id.PartExpert))
	for _, length := range lengths {
		voice := noise(length)
		voiceKey := writeFile(t, filepath.Join(dir, "voice.key"), runAge(t, key.Envelope, "-d", "-i", masterFile))
		if got := runAge(t, seal(t, key.Recipient, voice), "-d", "-i", voiceKey); !bytes.Equal(got, voice) {
			t.Errorf("age -d of %d bytes: got %d, want what was sealed", length, len(got))
		}
	}
}

func TestWhatTheAgeCommandSealsIsOpened(t *testing.T) {
	recipient, identity := newPair(t)
	for _, length := range lengths {
		plain := noise(length)
		sealed := runAge(t, plain, "-r", recipient.String())
		for name, open := range openings {
			if got, err := open(sealed, identity); err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%s of %d bytes sealed by age: got %d and %v, want them back", name, length, len(got), err)
			}
		}
	}
}

func TestMasterKeyOfAgeKeygenWorks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	if out, err := exec.Command("age-keygen", "-o", path).CombinedOutput(); err != nil {
		t.Fatalf("age-keygen: %v\n%s", err, out)
	}
	m, err := envelope.OpenMasterFile(path)
	if err != nil {
		t.Fatalf("OpenMasterFile of a file by age-keygen: got %v, want no error", err)
	}
	b := newBinding(id.PartCall)
	if _, err := m.OpenKey(newKey(t, m, b).Envelope, b); err != nil {
		t.Errorf("OpenKey with it: got %v, want no error", err)
	}
}

// TestAgeCommandOpensWithEachMaster: with the service's key or the escrow's alone,
// though the file is sealed to keys of other kinds as well, one of which that
// version of age does not know.
func TestAgeCommandOpensWithEachMaster(t *testing.T) {
	dir := t.TempDir()
	serviceFile, escrowFile := filepath.Join(dir, "master.key"), filepath.Join(dir, "escrow.key")
	if out, err := exec.Command("age-keygen", "-o", escrowFile).CombinedOutput(); err != nil {
		t.Fatalf("age-keygen: %v\n%s", err, out)
	}
	public := bytes.TrimSpace(runAge0(t, "age-keygen", "-y", escrowFile))
	escrow := must[envelope.MasterRecipient](t)(envelope.ParseMasterRecipient(string(public)))
	service := must[*envelope.MasterFile](t)(envelope.CreateMasterFile(serviceFile, envelope.KindX25519))
	others := envelope.MasterKeys{freshKey(t, envelope.KindHybrid), freshKey(t, envelope.KindP256), freshKey(t, envelope.KindRSA)}
	m := must[*envelope.Master](t)(envelope.NewMaster([]envelope.MasterRecipient{escrow}, service, others))
	key := newKey(t, m, newBinding(id.PartExpert))
	for _, file := range []string{serviceFile, escrowFile} {
		if got := runAge(t, key.Envelope, "-d", "-i", file); !bytes.Contains(got, []byte("\n"+secretPrefix)) {
			t.Errorf("age -d with %s: got %d bytes, want a private key", filepath.Base(file), len(got))
		}
	}
}

func runAge0(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s %q: %v", name, args, err)
	}
	return out
}

package envelope_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/storage/envelope"
	"parley/storage/id"
)

func ids(keys []envelope.MasterKey) (list []string) {
	for _, k := range keys {
		list = append(list, k.Recipient().ID())
	}
	return list
}

// TestAKeyIsAddedWhileTheMasterIsInUse, stops sealing, and moves out; what was
// sealed meanwhile stays open as long as one of its keys is there.
func TestAKeyIsAddedWhileTheMasterIsInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	m := must[*envelope.Master](t)(envelope.OpenMasterFile(path))
	sealer := m.Sealer()
	first := m.Keys()[0].Recipient().ID()
	added := must[envelope.MasterKey](t)(envelope.AddMasterKey(path, envelope.KindHybrid))
	second := added.Recipient().ID()
	b := newBinding(id.PartMember)
	key := must[envelope.Key](t)(sealer.NewKey(b))
	if got := envelope.SealedTo(key.Envelope); len(got) != 2 || !slices.Contains(got, second) {
		t.Errorf("sealed after the key was added: to %v, want %s and %s", got, first, second)
	}
	if err := envelope.StopSealing(path, first); err != nil {
		t.Fatal(err)
	}
	later := must[envelope.Key](t)(sealer.NewKey(b))
	if got := envelope.SealedTo(later.Envelope); !slices.Equal(got, []string{second}) {
		t.Errorf("sealed after the first key stopped: to %v, want %s", got, second)
	}
	if keys := m.Keys(); len(keys) != 2 || !keys[0].OpensOnly() || keys[1].OpensOnly() {
		t.Errorf("keys: got %v, want two of which the first opens only", keys)
	}
	retired := path + ".retired"
	if err := envelope.MoveMasterKey(path, first, retired); err != nil {
		t.Fatal(err)
	}
	if got := ids(m.Keys()); !slices.Equal(got, []string{second}) {
		t.Errorf("keys after the first one went: got %v, want %s", got, second)
	}
	if _, err := m.OpenKey(key.Envelope, b); err != nil {
		t.Errorf("what was sealed to both: got %v, want it opened", err)
	}
	if err := envelope.MoveMasterKey(path, second, retired+".2"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file of which all keys were moved: got %v, want it gone", err)
	}
	old := must[*envelope.MasterFile](t)(envelope.ReadMasterFile(retired))
	if got := ids(old.MasterKeys()); !slices.Equal(got, []string{first}) {
		t.Errorf("retired keys: got %v, want %s", got, first)
	}
	if info, err := os.Stat(retired); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode of the retired keys: got %v and %v, want 0600", info.Mode(), err)
	}
}

func TestChangesOfAFileLeaveTheRest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	mine, other := newMasterText(t), newMasterText(t)
	text := "# created: today\n# public key: somebody's\n" + mine + "\n\n# mine, not Parley's\n" + other
	writeFile(t, path, []byte(text))
	keep := must[envelope.MasterKey](t)(envelope.ParseMasterKey(other)).Recipient().ID()
	gone := must[envelope.MasterKey](t)(envelope.ParseMasterKey(mine)).Recipient().ID()
	must[envelope.MasterKey](t)(envelope.AddMasterKey(path, envelope.KindX25519))
	if err := envelope.MoveMasterKey(path, gone, path+".retired"); err != nil {
		t.Fatal(err)
	}
	got := string(must[[]byte](t)(os.ReadFile(path)))
	for _, want := range []string{"# created: today\n", "# mine, not Parley's\n", other + "\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("after the changes %q is missing", want)
		}
	}
	if strings.Contains(got, mine) || strings.Contains(got, "somebody's") {
		t.Error("the key that was moved, or its comment, is there still")
	}
	if err := envelope.StopSealing(path, "0123456789abcdef"); !errors.Is(err, envelope.ErrNoKey) {
		t.Errorf("a key that is not there: got %v, want ErrNoKey", err)
	}
	if again := must[[]byte](t)(os.ReadFile(path)); !bytes.Equal(again, []byte(got)) {
		t.Error("a change that was refused has changed the file")
	}
	if err := envelope.StopSealing(path, keep); err != nil {
		t.Fatal(err)
	}
	if err := envelope.StopSealing(path, keep); err != nil {
		t.Errorf("marked twice: got %v, want no error", err)
	}
	if n := strings.Count(string(must[[]byte](t)(os.ReadFile(path))), "opens only"); n != 1 {
		t.Errorf("marks of a key that was marked twice: got %d, want 1", n)
	}
	entries := must[[]os.DirEntry](t)(os.ReadDir(filepath.Dir(path)))
	if len(entries) != 2 {
		t.Errorf("files: got %v, want the two key files only", entries)
	}
}

// TestAFileThatIsSpoiledMeanwhile leaves the keys as they were.
func TestAFileThatIsSpoiledMeanwhile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	m := must[*envelope.Master](t)(envelope.OpenMasterFile(path))
	want := m.String()
	for name, spoil := range map[string]func() error{
		"others may read it": func() error { return os.Chmod(path, 0o644) },
		"it is no key file":  func() error { return os.WriteFile(path, []byte("hello"), 0o600) },
		"it is gone":         func() error { return os.Remove(path) },
	} {
		if err := spoil(); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if got := m.String(); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestReadMasterFileMakesNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	if _, err := envelope.ReadMasterFile(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ReadMasterFile: got %v, want fs.ErrNotExist", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after it: got %v, want no file", err)
	}
}

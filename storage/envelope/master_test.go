package envelope_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"parley/storage/envelope"
	"parley/storage/id"
)

func TestParseMaster(t *testing.T) {
	one, two := newMasterText(t), newMasterText(t)
	cases := []struct {
		name, text string
		ok         bool
	}{
		{"one identity", one, true},
		{"with comments", "# created: today\n\n" + one + "\n", true},
		{"with line ends of another system", "# x\r\n" + one + "\r\n", true},
		{"two identities", one + "\n" + two + "\n", true},
		{"empty", "", false},
		{"comments only", "# " + one, false},
		{"cut off", one[:len(one)-1], false},
		{"lower case", strings.ToLower(one), false},
		{"one good and one bad", one + "\nAGE-SECRET-KEY-1QQQ\n", false},
		{"post-quantum identity", "AGE-SECRET-KEY-PQ-1QQQ", false},
		{"password", "correct horse battery staple", false},
	}
	for _, tc := range cases {
		m, err := envelope.ParseMaster(tc.text)
		if tc.ok && (err != nil || m == nil) {
			t.Errorf("%s: got %v, want no error", tc.name, err)
		}
		if tc.ok {
			continue
		}
		if !errors.Is(err, envelope.ErrFormat) || strings.Contains(err.Error(), one[20:40]) || strings.Contains(err.Error(), "horse") {
			t.Errorf("%s: got %v, want ErrFormat without the text", tc.name, err)
		}
	}
}

func TestEachMasterIdentityOpens(t *testing.T) {
	older, newer := newMasterText(t), newMasterText(t)
	b := newBinding(id.PartMember)
	before := newKey(t, parseMaster(t, older), b)
	both := parseMaster(t, newer+"\n"+older)
	after := newKey(t, both, b)
	if _, err := both.OpenKey(before.Envelope, b); err != nil {
		t.Errorf("envelope from before the change, both identities: got %v, want it opened", err)
	}
	for name, text := range map[string]string{"older": older, "newer": newer} {
		if _, err := parseMaster(t, text).OpenKey(after.Envelope, b); err != nil {
			t.Errorf("envelope for both identities, %s one alone: got %v, want it opened", name, err)
		}
	}
}

func TestMasterFileIsMadeOnceAndStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	first, err := envelope.OpenMasterFile(path)
	if err != nil {
		t.Fatalf("first OpenMasterFile: got %v, want no error", err)
	}
	second, err := envelope.OpenMasterFile(path)
	if err != nil || second.String() != first.String() {
		t.Errorf("second OpenMasterFile: got %v and %v, want %v", second, err, first)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode of the file: got %v and %v, want 0600", info.Mode(), err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("files in the folder: got %v and %v, want the key only", entries, err)
	}
}

func TestMasterFileMadeByManyIsOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	names := make([]string, 8)
	var group sync.WaitGroup
	for i := range names {
		group.Go(func() {
			m, err := envelope.OpenMasterFile(path)
			if err != nil {
				t.Errorf("OpenMasterFile beside others: got %v, want no error", err)
				return
			}
			names[i] = m.String()
		})
	}
	group.Wait()
	for _, name := range names {
		if name != names[0] {
			t.Errorf("master keys of one file: got %s and %s, want one", name, names[0])
		}
	}
}

func TestExposedMasterFileIsRefused(t *testing.T) {
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o644, 0o660, 0o666} {
		path := filepath.Join(t.TempDir(), "master.key")
		if _, err := envelope.OpenMasterFile(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := envelope.OpenMasterFile(path)
		if !errors.Is(err, envelope.ErrKeyExposed) || !strings.Contains(err.Error(), "chmod 600 "+path) {
			t.Errorf("mode %v: got %v, want ErrKeyExposed with what to do", mode, err)
		}
	}
}

func TestMasterFileRefuses(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	long := filepath.Join(dir, "long")
	if err := os.WriteFile(long, make([]byte, 100<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{empty, long, folder} {
		if _, err := envelope.OpenMasterFile(path); !errors.Is(err, envelope.ErrFormat) {
			t.Errorf("OpenMasterFile(%s): got %v, want ErrFormat", path, err)
		}
	}
	if info, err := os.Stat(empty); err != nil || info.Size() != 0 {
		t.Errorf("a file that was there: got %v and %v, want it untouched", info, err)
	}
	missing := filepath.Join(dir, "no", "such", "folder", "master.key")
	if _, err := envelope.OpenMasterFile(missing); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("OpenMasterFile without its folder: got %v, want os.ErrNotExist", err)
	}
}

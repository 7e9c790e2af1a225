package pgtest

import (
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
)

// account is whom the server runs as: nil for the user of the tests.
type account struct{ other *syscall.Credential }

// findAccount returns the tests' own user, and postgres if that is root, whom
// PostgreSQL refuses.
func findAccount(t testing.TB) account {
	t.Helper()
	if os.Geteuid() != 0 {
		return account{}
	}
	postgres, err := user.Lookup("postgres")
	if err != nil {
		t.Fatalf("find the user that PostgreSQL runs as: %v\nrun 'make setup'", err)
	}
	uid, uidErr := strconv.ParseUint(postgres.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(postgres.Gid, 10, 32)
	if uidErr != nil || gidErr != nil {
		t.Fatalf("user postgres has the ids %s and %s, want numbers", postgres.Uid, postgres.Gid)
	}
	return account{&syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

func (a account) attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: a.other}
}

// folder makes a folder that belongs to the account and goes with the test. It
// is not the test's own, which others may not enter and whose name may be too
// long for a socket.
func (a account) folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove the server's folder: %v", err)
		}
	})
	if a.other != nil {
		if err := os.Chown(dir, int(a.other.Uid), int(a.other.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// findPrograms returns the folder of the server's programs.
func findPrograms(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("PARLEY_POSTGRES"); dir != "" {
		return dir
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		t.Fatal("find PostgreSQL: there is none under /usr/lib/postgresql\n" +
			"run 'make setup' to install it, or set PARLEY_POSTGRES to the folder of its programs")
	}
	version := func(program string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(program)))) // 0, the oldest, if it is none
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(found[len(found)-1])
}

package main

import (
	"strings"
	"testing"

	"parley/storage/meta/pgtest"
)

// password is the one in the URLs of pgtest.
const password = "not-asked-for"

// TestACallOnEachDatabase makes a call of a server with all that it has when nothing
// is said, spoken lines among them.
func TestACallOnEachDatabase(t *testing.T) {
	for name, flags := range map[string][]string{
		"SQLite":     nil,
		"PostgreSQL": {"--database", pgtest.Start(t).Schema(t)},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := serveDemo(t, dir, append([]string{"--log-level=debug", "--spoken-notice=extra"}, flags...)...)
			recording := s.call(t)
			s.stop()
			if log := s.log.String(); strings.Contains(log, password) {
				t.Errorf("the log has the database's password:\n%s", log)
			}
			list, said, code := program(t, append([]string{"recording", "list", "--data", dir}, flags...)...)
			if code != 0 || !strings.Contains(list, recording) || !strings.Contains(list, "stored") {
				t.Errorf("recording list: got exit code %d, %q and %q, want %s, stored", code, list, said, recording)
			}
		})
	}
}

func TestADatabaseThatCannotBeUsed(t *testing.T) {
	for name, tc := range map[string]struct{ url, want string }{
		"nobody there": {"postgres://parley:" + password + "@127.0.0.1:1/parley", "open metadata database parley at 127.0.0.1"},
		"no URL":       {"mysql://parley:" + password + "@db/parley", "--database: must begin with postgres://"},
		"broken URL":   {"postgres://parley:" + password + "@db:port/parley", "postgres:"},
	} {
		_, said, code := program(t, "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--database", tc.url)
		if code == 0 || !strings.Contains(said, tc.want) || strings.Contains(said, password) {
			t.Errorf("%s: got exit code %d and %q, want %q and no password", name, code, said, tc.want)
		}
	}
}

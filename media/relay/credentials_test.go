package relay

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

var testStart = time.Date(2031, 5, 6, 7, 8, 9, 500, time.UTC)

func testIssuer() issuer { return newIssuer(testSecret, "parley.test", 10*time.Minute) }

func TestIssue(t *testing.T) {
	username, password, expires := testIssuer().issue(grant("alice@example.com", "leg-1"), testStart)
	if want := testStart.Add(10 * time.Minute).Truncate(time.Second); !expires.Equal(want) {
		t.Errorf("expires: got %s, want %s", expires, want)
	}
	id, err := parseUsername(username)
	if err != nil {
		t.Fatalf("parseUsername(%q): %v", username, err)
	}
	if !id.expires.Equal(expires) || id.String() != username {
		t.Errorf("parseUsername(%q): got %+v, want the same back", username, id)
	}
	if strings.Contains(username, "alice") || strings.Contains(username, "leg-1") {
		t.Errorf("username %q tells who it is for", username)
	}
	if len(password) != 43 {
		t.Errorf("password: got %d characters, want 43", len(password))
	}
}

func TestIssueDistinguishes(t *testing.T) {
	one := testIssuer()
	username, password, _ := one.issue(grant("alice", "leg"), testStart)
	again, _, _ := one.issue(grant("alice", "leg"), testStart)
	if again == username {
		t.Errorf("two usernames of one second are equal: %q", username)
	}
	first, _ := parseUsername(username)
	second, _ := parseUsername(again)
	if first.user != second.user || first.token != second.token {
		t.Errorf("tags of one person and leg: got %q and %q", username, again)
	}
	if other, _, _ := one.issue(grant("bob", "leg"), testStart); strings.Contains(other, first.user) {
		t.Errorf("tag of another person: got %q, want it to differ from %q", other, username)
	}
	if one.tag("person", "x") == one.tag("leg", "x") {
		t.Error("a person and a leg of one name have one tag")
	}
	for name, other := range map[string]issuer{
		"secret": newIssuer([]byte(strings.Repeat("s", 32)), "parley.test", time.Minute),
		"realm":  newIssuer(testSecret, "other.test", time.Minute),
	} {
		if other.password(username) == password {
			t.Errorf("another %s derives the same password", name)
		}
	}
}

func TestCredentialsAreNotPrinted(t *testing.T) {
	c := Credentials{Username: "canary-name", Password: "canary-word"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, c); strings.Contains(got, "canary") {
			t.Errorf("Sprintf(%q): got %q, want nothing of it", verb, got)
		}
	}
}

func TestParseUsernameRefuses(t *testing.T) {
	const tag = "AAAAAAAAAAAAAAAA"
	tags := "." + tag + "." + tag + "." + tag
	for _, row := range []struct{ name, username string }{
		{"empty", ""},
		{"plain name", "alice"},
		{"REST style", "1893456000:alice"},
		{"no expiry", tags},
		{"leading zero", "01893456000" + tags},
		{"sign", "+1893456000" + tags},
		{"negative", "-1893456000" + tags},
		{"space", " 1893456000" + tags},
		{"too many digits", "1893456000000" + tags},
		{"not Arabic digits", "١٨٩٣" + tags},
		{"three parts", "1893456000." + tag + "." + tag},
		{"five parts", "1893456000" + tags + "." + tag},
		{"short tag", "1893456000." + tag[1:] + "." + tag + "." + tag},
		{"tag with padding", "1893456000." + tag[1:] + "=." + tag + "." + tag},
		{"tag with line break", "1893456000." + tag[1:] + "\n." + tag + "." + tag},
		{"trailing zero byte", "1893456000" + tags + "\x00"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if id, err := parseUsername(row.username); !errors.Is(err, errUsername) {
				t.Errorf("parseUsername(%q): got %+v, %v, want errUsername", row.username, id, err)
			}
		})
	}
}

func FuzzParseUsername(f *testing.F) {
	username, _, _ := testIssuer().issue(grant("alice", "leg"), testStart)
	for _, seed := range []string{username, "", "...", "1." + strings.Repeat("A", 16), "1893456000:alice", username + "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := parseUsername(s)
		if err != nil {
			return
		}
		if got := id.String(); got != s {
			t.Errorf("parse and write %q: got %q", s, got)
		}
		if id.expires.Unix() <= 0 {
			t.Errorf("parseUsername(%q): expires %s", s, id.expires)
		}
	})
}

func TestJudge(t *testing.T) {
	username, _, expires := testIssuer().issue(grant("alice", "leg"), testStart)
	other, _, _ := testIssuer().issue(grant("alice", "leg"), testStart)
	for _, row := range []struct {
		name    string
		attempt attempt
		at      time.Time
		want    Reason
	}{
		{"new allocation", attempt{username: username, allocate: true}, testStart, ""},
		{"last moment", attempt{username: username, allocate: true}, expires.Add(-1), ""},
		{"expired", attempt{username: username, allocate: true}, expires, ReasonExpired},
		{"expired, not an owner", attempt{username: username}, expires, ReasonExpired},
		{"expired, second allocation", attempt{username: username, allocate: true, owner: username}, expires, ReasonExpired},
		{"expired, running call", attempt{username: username, owner: username}, expires.Add(time.Hour), ""},
		{"endless call", attempt{username: username, owner: username}, expires.Add(sessionLimit), ReasonExpired},
		{"somebody else's allocation", attempt{username: username, owner: other}, testStart, ReasonOwner},
		{"new allocation where one is", attempt{username: username, allocate: true, owner: other}, testStart, ""},
		{"other realm", attempt{username: username, realm: "elsewhere", allocate: true}, testStart, ReasonRealm},
		{"other realm and expired", attempt{username: username, realm: "elsewhere", allocate: true}, expires, ReasonRealm},
		{"forged", attempt{username: "1999999999:alice", allocate: true}, testStart, ReasonUsername},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.attempt.realm == "" {
				row.attempt.realm = "parley.test"
			}
			id, got := judge(row.attempt, "parley.test", row.at)
			if got != row.want {
				t.Errorf("judge(%+v) at %s: got %q, want %q", row.attempt, row.at, got, row.want)
			}
			if (got == "") != (id != identity{}) {
				t.Errorf("judge(%+v): got identity %+v with reason %q", row.attempt, id, got)
			}
		})
	}
}

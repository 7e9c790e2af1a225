package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/cmd/internal/config"
	"parley/recorder/consent"
	"parley/recorder/consent/cases"
	"parley/storage/id"
)

const vectors = "../../recorder/consent/testdata/vectors.yaml"

func file(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestJudge: one JSON object a case, one a line, with exactly these keys.
func TestJudge(t *testing.T) {
	data, err := os.ReadFile(vectors)
	if err != nil {
		t.Fatal(err)
	}
	list, err := cases.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr, code := program(t, "consent", "judge", "--check", vectors)
	if code != 0 || stderr != "" {
		t.Fatalf("got exit code %d and %q", code, stderr)
	}
	keys := []string{"beep", "decision", "express_from", "id", "may_record", "notice_to", "reason", "rules"}
	lines := bufio.NewScanner(strings.NewReader(stdout))
	lines.Buffer(nil, 1<<20)
	for i := 0; lines.Scan(); i++ {
		var got map[string]json.RawMessage
		if err := json.Unmarshal(lines.Bytes(), &got); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		var names []string
		for name := range got {
			names = append(names, name)
		}
		if slices.Sort(names); !slices.Equal(names, keys) {
			t.Errorf("line %d: got the keys %v, want %v", i+1, names, keys)
		}
		want := list[i].Expected
		decision, _ := json.Marshal(want.Decision)
		if string(got["id"]) != `"`+list[i].ID+`"` || string(got["decision"]) != string(decision) {
			t.Errorf("line %d: got %s %s, want %s %s", i+1, got["id"], got["decision"], list[i].ID, want.Decision)
		}
		if !strings.HasPrefix(string(got["rules"]), `[{"id":`) || string(got["notice_to"]) == "null" || len(got["reason"]) < 10 {
			t.Errorf("line %d: got %s", i+1, lines.Text())
		}
	}
	if n := strings.Count(stdout, "\n"); n != len(list) {
		t.Errorf("got %d lines, want %d", n, len(list))
	}
}

// TestJudgeFaults: a fault in one case leaves nothing half-printed.
func TestJudgeFaults(t *testing.T) {
	data, err := os.ReadFile(vectors)
	if err != nil {
		t.Fatal(err)
	}
	bad := strings.Replace(string(data), `caller_age: 17`, `caller_age: 1700`, 1)
	stdout, stderr, code := program(t, "consent", "judge", file(t, "bad.yaml", bad))
	if code == 0 || stdout != "" || !strings.Contains(stderr, `case "V37", line `) || !strings.Contains(stderr, `"1700" is no age`) {
		t.Errorf("got exit code %d, %q and %q, want the case and the line, and no verdict", code, stdout, stderr)
	}
	wrong := strings.Replace(string(data), "decision: record\n", "decision: refuse\n", 1)
	_, stderr, code = program(t, "consent", "judge", "--check", file(t, "wrong.yaml", wrong))
	if code == 0 || !strings.Contains(stderr, `decision is record, expected refuse`) {
		t.Errorf("--check: got exit code %d and %q", code, stderr)
	}
	if _, stderr, code = program(t, "consent", "judge", "nowhere.yaml"); code == 0 || !strings.Contains(stderr, "nowhere.yaml") {
		t.Errorf("no file: got exit code %d and %q", code, stderr)
	}
}

// TestJudgePolicy: the switches are off until a policy turns them on.
func TestJudgePolicy(t *testing.T) {
	one := file(t, "one.yaml", `- {id: a, caller_jurisdiction: US-TX, callee_jurisdiction: US-NY, caller_age: 17, signals: {}, answers: {caller: express, callee: none}, events: []}`+"\n")
	tests := []struct{ name, policy, want string }{
		{"off", "", `"decision":"record"`},
		{"never minors", "policy: 1\nnever_record_minors: true\n", `"decision":"refuse"`},
		{"every age known", "policy: 1\nunknown_age: must_be_known\n", `"decision":"dont_record"`},
		{"all must agree", "policy: 1\nat_least: express\n", `"express_from":["caller","callee"]`},
	}
	for _, tt := range tests {
		args := []string{"consent", "judge", one}
		if tt.policy != "" {
			args = append(args, "--policy", file(t, "policy.yaml", tt.policy))
		}
		if stdout, stderr, code := program(t, args...); code != 0 || !strings.Contains(stdout, tt.want) {
			t.Errorf("%s: got %d, %s and %s, want %s", tt.name, code, stdout, stderr, tt.want)
		}
	}
	_, stderr, code := program(t, "consent", "judge", one, "--policy", file(t, "loose.yaml", "policy: 1\ncall_age: 9\n"))
	if code == 0 || !strings.Contains(stderr, "line 2: call_age: 9 is looser") {
		t.Errorf("a looser policy: got %d and %q", code, stderr)
	}
}

func TestTable(t *testing.T) {
	overlay := file(t, "o.yaml", "overlay: 1\ndate: \"2026-12-01\"\njurisdictions:\n  \"US-TX\": {reviewed_by: \"J. Counsel\", reviewed_on: \"2020-01-01\"}\n")
	stdout, stderr, code := program(t, "consent", "table", "--json", "--consent-overlay", overlay)
	var r tableReport
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != 0 {
		t.Fatalf("got %d, %v and %q", code, err, stderr)
	}
	if len(r.Places) != 117 || len(r.Unreviewed) != 116 || slices.Contains(r.Unreviewed, "US-TX") || r.Disclaimer == "" {
		t.Errorf("got %d places, %d unreviewed, %q", len(r.Places), len(r.Unreviewed), r.Disclaimer)
	}
	stdout, _, code = program(t, "consent", "table")
	for _, want := range []string{"Germany", "Not reviewed by your counsel (117)", "not legal advice"} {
		if code != 0 || !strings.Contains(stdout, want) {
			t.Errorf("table: got %d, want %q in it", code, want)
		}
	}
}

// TestOldEntries: a year after the last look an entry is named.
func TestOldEntries(t *testing.T) {
	rules, err := loadRules(config.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	checked := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	if r := reportOn(rules, checked.AddDate(1, 0, 0)); len(r.Old) != 0 {
		t.Errorf("after a year: got %v", r.Old)
	}
	if r := reportOn(rules, checked.AddDate(1, 0, 1)); len(r.Old) != 113 {
		t.Errorf("after a year and a day: got %d old entries, want 113", len(r.Old))
	}
}

// TestServeRefusesLooserRules: a server does not start half-loaded, and every
// fault of every file is named at once.
func TestServeRefusesLooserRules(t *testing.T) {
	overlay := file(t, "overlay.yaml", "overlay: 1\ndate: \"2026-12-01\"\njurisdictions:\n  \"US-CA\":\n    form: none\n")
	loose := file(t, "policy.yaml", "policy: 1\ncall_age: 3\n")
	dir := filepath.Join(t.TempDir(), "data")
	_, stderr, code := program(t, "serve", "--listen", "127.0.0.1:0", "--data", dir,
		"--consent-overlay", overlay, "--consent-policy", loose, "--geoip", "nowhere.mmdb", "--consent-words", t.TempDir())
	for _, want := range []string{
		"overlay.yaml: line 5: US-CA: form: none is looser than notice", "policy.yaml", "line 2: call_age: 3 is looser",
		"nowhere.mmdb", "no file such as it.yaml",
	} {
		if code == 0 || !strings.Contains(stderr, want) {
			t.Errorf("got exit code %d and %q, want %q in it", code, stderr, want)
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the server began to make its data folder")
	}
	_, stderr, code = program(t, "serve", "--server-place", "Germany", "--geoip-anonymous", "x")
	if code == 0 || !strings.Contains(stderr, "--server-place") || !strings.Contains(stderr, "--geoip-anonymous") {
		t.Errorf("flags: got %d and %q", code, stderr)
	}
}

// TestExplain: beside the running server, and after it, in words and as JSON.
func TestExplain(t *testing.T) {
	dir := t.TempDir()
	s := serveDemo(t, dir)
	call := callOf(t, dir, s.call(t))
	stdout, stderr, code := program(t, "consent", "explain", "--data", dir, "--json", call)
	var a account
	if err := json.Unmarshal([]byte(stdout), &a); err != nil || code != 0 {
		t.Fatalf("got %d, %v and %q", code, err, stderr)
	}
	if !a.Recorded || len(a.Events) < 5 || len(a.Rules) == 0 || a.Table == "" || a.Disclaimer == "" {
		t.Errorf("got %+v, want the account of a recorded call", a)
	}
	for _, e := range a.Events {
		if strings.Contains(e.Text, e.Kind) && strings.Contains(e.Kind, ".") {
			t.Errorf("%s is told by its own name: %q", e.Kind, e.Text)
		}
	}
	s.stop()
	for language, want := range map[string]string{
		"en": "This call was recorded.", "de": "Dieses Gespräch wurde aufgenommen.", "he": "השיחה הוקלטה",
	} {
		stdout, _, code := program(t, "consent", "explain", "--data", dir, "--language", language, call)
		if code != 0 || !strings.Contains(stdout, want) || !strings.Contains(stdout, "not legal advice") {
			t.Errorf("%s: got %d and\n%s", language, code, stdout)
		}
	}
	for name, id := range map[string]string{"no call": strings.Repeat("0", len(call)), "no id": "x"} {
		if _, stderr, code := program(t, "consent", "explain", "--data", dir, id); code == 0 || stderr == "" {
			t.Errorf("%s: got %d and %q", name, code, stderr)
		}
	}
}

// callOf finds the call of a recording.
func callOf(t testing.TB, dir, recording string) string {
	t.Helper()
	st, err := storeFlags{Data: dir}.openLedger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	}()
	r, err := st.meta.Recording(t.Context(), id.RecordingID(recording))
	if err != nil {
		t.Fatal(err)
	}
	return string(r.CallID)
}

// TestServeKeepsPromises: a tone that a place requires is played, and the shortest
// retention of all is the one that people are told.
func TestServeKeepsPromises(t *testing.T) {
	tone := file(t, "o.yaml", "overlay: 1\ndate: \"2026-12-01\"\njurisdictions:\n  \"US-TX\": {beep_tone: {required: true}}\n")
	served, err := loadConsent(config.Consent{Rules: config.Rules{Overlay: tone}})
	if err != nil {
		t.Fatalf("a tone that a place requires: got %v", err)
	}
	due := served.judge(consent.Facts{Parties: []consent.PartyFacts{{Party: consent.Caller, Signals: []consent.Signal{{Place: "US-TX"}}}}})
	if !due.BeepDue || due.BeepIntervalS != consent.BeepIntervalS {
		t.Errorf("a tone that a place requires: got due %v every %d s", due.BeepDue, due.BeepIntervalS)
	}
	short := file(t, "s.yaml", "overlay: 1\ndate: \"2026-12-01\"\njurisdictions:\n  \"DE\": {retention_max_days: 14}\n")
	s, err := loadConsent(config.Consent{
		Rules: config.Rules{Overlay: short}, Policy: file(t, "p.yaml", "policy: 1\nmax_retention_days: 30\n"), ServerPlace: "DE", OperatorPlace: "FR",
	})
	if err != nil {
		t.Fatal(err)
	}
	for days, want := range map[int]int{90: 14, 7: 7} {
		if got := s.retentionDays(days); got != want {
			t.Errorf("retention of %d days: got %d, want %d", days, got, want)
		}
	}
	// The server's place and the operator's seat count for every call (L2).
	v := s.judge(consent.Facts{Parties: []consent.PartyFacts{{Party: consent.Caller, Signals: []consent.Signal{{Place: "US-TX"}}}}})
	if v.Form != consent.FormExpress || len(v.Places) != 3 {
		t.Errorf("got %s and %+v, want Germany and France beside Texas", v.Form, v.Places)
	}
}

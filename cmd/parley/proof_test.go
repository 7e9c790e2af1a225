package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite", to tamper with

	"parley/storage/meta/pgtest"
)

// request asks the server something as a demo person, or as nobody.
func (s *running) request(t testing.TB, method, path, person, body string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if person != "" {
		var session struct{ Token string }
		if err := json.Unmarshal(s.request(t, "POST", "/api/v1/demo/session", "", fmt.Sprintf(`{"person":%q}`, person)), &session); err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+session.Token)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end
	data, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: got %d %s, %v", method, path, res.StatusCode, data, err)
	}
	return data
}

// playStatus is how the server answers the reviewer who wants to hear a recording.
func (s *running) playStatus(t testing.TB, recording string) int {
	t.Helper()
	var session struct{ Token string }
	if err := json.Unmarshal(s.request(t, "POST", "/api/v1/demo/session", "", `{"person":"robin"}`), &session); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.url+"/api/v1/recordings/"+recording+"/plays", strings.NewReader(`{"reason":"a test"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+session.Token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// receiptFile downloads a demo person's receipt of a recorded call.
func (s *running) receiptFile(t testing.TB, recording, person string) (path string) {
	t.Helper()
	var rec struct{ Call string }
	if err := json.Unmarshal(s.request(t, "GET", "/api/v1/recordings/"+recording, person, ""), &rec); err != nil {
		t.Fatal(err)
	}
	return writeFile(t, "receipt.json", s.request(t, "GET", "/api/v1/calls/"+rec.Call+"/receipt", person, ""))
}

func writeFile(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// speakers are the demo people between whom the probe calls.
func (s *running) speakers(t testing.TB, recording string) (member, expert string) {
	t.Helper()
	var rec struct{ Member, Expert struct{ ID string } }
	if err := json.Unmarshal(s.request(t, "GET", "/api/v1/recordings/"+recording, "robin", ""), &rec); err != nil {
		t.Fatal(err)
	}
	return rec.Member.ID, rec.Expert.ID
}

// TestProofOfACall follows one call through every command that proves something.
func TestProofOfACall(t *testing.T) {
	for name, flags := range map[string][]string{
		"SQLite":     nil,
		"PostgreSQL": {"--database", pgtest.Start(t).Schema(t)},
	} {
		t.Run(name, func(t *testing.T) { proofOfACall(t, flags) })
	}
}

func proofOfACall(t *testing.T, flags []string) {
	dir := t.TempDir()
	parley := func(args ...string) (string, string, int) {
		return program(t, append(append(args, "--data", dir), flags...)...)
	}
	s := serveDemo(t, dir, flags...)
	recording := s.call(t)
	member, expert := s.speakers(t, recording)
	published := writeFile(t, "keys.json", s.request(t, "GET", "/.well-known/parley-keys.json", "", ""))
	files := map[string]string{member: s.receiptFile(t, recording, member), expert: s.receiptFile(t, recording, expert)}

	if out, said, code := parley("ledger", "verify"); code != 0 || !strings.Contains(out, "The ledger is whole.") {
		t.Errorf("ledger verify beside the server: got exit code %d, %s%s", code, out, said)
	}
	s.stop()
	printed, _, code := parley("ledger", "key")
	if want, err := os.ReadFile(published); err != nil || code != 0 || strings.TrimSpace(printed) != string(want) {
		t.Errorf("ledger key: got %d %q, want what is published, %q", code, printed, want)
	}
	for person, file := range files {
		out, said, code := program(t, "receipt", "verify", file, "--key", published)
		if code != 0 || !strings.Contains(out, "The receipt is genuine.") || !strings.Contains(out, person) || !strings.Contains(out, "dpv:ConsentGiven") {
			t.Errorf("receipt verify: got exit code %d, %s%s", code, out, said)
		}
		checkForged(t, file, published)
	}
	var report ledgerReport
	out, said, code := parley("ledger", "verify", "--json", "--key", published)
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != 0 || !report.OK || report.Receipts != 2 {
		t.Errorf("ledger verify: got exit code %d, %s%s, %v, want two receipts and no fault", code, out, said, err)
	}
	if c := report.Chains[0]; c.Chain != "consent" || c.SignedTo != c.Last || report.Heads == 0 || report.Witnessed != report.Heads {
		t.Errorf("heads: got %+v, want a server that ended to have signed everything", report)
	}
	if out, said, code := parley("recording", "verify", recording); code != 0 || !strings.Contains(out, "is covered") {
		t.Errorf("recording verify: got exit code %d, %s%s", code, out, said)
	}
}

// checkForged changes a receipt and expects the change to be found.
func checkForged(t *testing.T, file, keys string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	forged := writeFile(t, "forged.json", bytes.Replace(data, []byte("dpv:ConsentGiven"), []byte("dpv:ConsentRefused"), 1))
	out, _, code := program(t, "receipt", "verify", forged, "--key", keys, "--json")
	if code == 0 || !strings.Contains(out, `"ok":false`) {
		t.Errorf("a forged receipt: got exit code %d, %s", code, out)
	}
}

// TestTamperedDataFolder changes the database of a server that has ended.
func TestTamperedDataFolder(t *testing.T) {
	dir := t.TempDir()
	s := serveDemo(t, dir)
	recording := s.call(t)
	s.stop()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // the folder goes with the test
	for _, statement := range []string{
		`DROP TRIGGER chain_entries_stay`, `DROP TRIGGER chain_entries_remain`,
		`UPDATE chain_entries SET body = replace(body, '"answer":"express"', '"answer":"declined"') WHERE chain = 'consent' AND kind = 'answer'`,
		`DELETE FROM chain_entries WHERE chain = 'consent' AND kind = 'gate.close'`,
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	out, _, code := program(t, "ledger", "verify", "--data", dir)
	if code == 0 || strings.Count(out, "changed: its content") != 2 || !strings.Contains(out, "missing") && !strings.Contains(out, "truncated") || !strings.Contains(out, "NOT whole") {
		t.Errorf("ledger verify: got exit code %d, %s, want both answers and the closing named", code, out)
	}
	if _, err := db.Exec(`DELETE FROM chain_entries WHERE chain = 'consent' AND kind = 'receipt'`); err != nil {
		t.Fatal(err)
	}
	out, _, code = program(t, "recording", "verify", "--data", dir, recording, "--json")
	var report coverageReport
	if err := json.Unmarshal([]byte(out), &report); err != nil || code == 0 || report.OK || len(report.Gaps) == 0 || report.Spans != 1 {
		t.Errorf("recording verify: got exit code %d, %s, %v, want the receipts missed", code, out, err)
	}
	// What is not covered is not played either.
	again := serveDemo(t, dir)
	if status := again.playStatus(t, recording); status != http.StatusConflict {
		t.Errorf("play of a recording that is not covered: got %d, want 409", status)
	}
}

func TestLedgerOfNothing(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{{"ledger", "verify"}, {"ledger", "key"}} {
		_, said, code := program(t, append(args, "--data", dir)...)
		if code == 0 || !strings.Contains(said, "there is no database in "+dir) {
			t.Errorf("%v of an empty folder: got exit code %d, %q", args, code, said)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("the folder afterwards: got %v, want it left empty", left)
	}
}

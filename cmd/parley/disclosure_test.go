package main

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/signaling/auth"
	"parley/storage/id"
	"parley/storage/meta/sqlite"
)

// download makes a request whose answer is a file, and stores it.
func (s *running) download(t *testing.T, path, token, to string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end
	data, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode == http.StatusOK {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: got %d %.200s, %v, want a file", path, res.StatusCode, data, err)
	}
}

// TestWhatIsHandedOut of a real call: a bundle for an authority that stands on a machine
// without the server, an excerpt of it, and the person's own copy.
func TestWhatIsHandedOut(t *testing.T) {
	dir, out := t.TempDir(), t.TempDir()
	pia, paul := tokenOf(t, dir, "pia", auth.RolePrivacy), tokenOf(t, dir, "paul", auth.RolePrivacy)
	s := serveDemo(t, dir)
	recording := s.call(t)
	keys := filepath.Join(out, "keys.json")
	if err := os.WriteFile(keys, []byte(command(t, "ledger", "key", "--data", dir)), 0o600); err != nil {
		t.Fatal(err)
	}
	path := "/api/v1/recordings/" + recording + "/disclosures"
	var order struct{ Number uint64 }
	s.do(t, "POST", path, pia, `{"part":"call","authority":"Court","legal_basis":"section 1","case":"42 O 7/26"}`, http.StatusCreated, &order)
	one := fmt.Sprintf("%s/%d", path, order.Number)
	s.do(t, "POST", one+"/decision", pia, `{"approve":true}`, http.StatusOK, nil)
	s.do(t, "POST", one+"/bundle", pia, "", http.StatusConflict, nil)
	s.do(t, "POST", one+"/decision", paul, `{"approve":true}`, http.StatusOK, nil)
	bundle, part := filepath.Join(out, "bundle.zip"), filepath.Join(out, "part.zip")
	s.download(t, one+"/bundle", paul, bundle)
	s.stop()

	if said := command(t, "bundle", "verify", bundle, "--key", keys); !strings.Contains(said, "genuine") || !strings.Contains(said, "42 O 7/26") {
		t.Errorf("verify: got %q", said)
	}
	command(t, "bundle", "excerpt", bundle, "--key", keys, "--from", "0s", "--to", "1s", "--out", part)
	if said := command(t, "bundle", "verify", part, "--key", keys); !strings.Contains(said, "excerpt is genuine") {
		t.Errorf("verify of the excerpt: got %q", said)
	}
	data := mustRead(t, bundle)
	data[strings.LastIndex(string(data), "OggS")+40] ^= 1
	if err := os.WriteFile(bundle, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if said, _, code := program(t, "bundle", "verify", bundle, "--key", keys); code == 0 || !strings.Contains(said, "expert.opus") || !strings.Contains(said, "ALTERED") {
		t.Errorf("verify of an altered bundle: got exit code %d and %q, want the file named", code, said)
	}
	checkCopy(t, dir, recording)
}

// checkCopy has the operator write the member's copy.
func checkCopy(t *testing.T, dir, recording string) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(dir, databaseFile)})
	if err != nil {
		t.Fatal(err)
	}
	rec, err := store.Recording(context.Background(), id.RecordingID(recording))
	if closeErr := store.Close(); err != nil || closeErr != nil {
		t.Fatal(err, closeErr)
	}
	file := filepath.Join(t.TempDir(), "copy.zip")
	command(t, "copy", string(rec.MemberID), "--role", "member", "--reason", "asked by letter", "--data", dir, "--out", file)
	archive, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }() // read only
	names := []string{}
	for _, f := range archive.File {
		names = append(names, f.Name)
	}
	for _, want := range []string{"index.html", "data.json", "recordings/" + recording + "/own-voice.opus", "calls/" + string(rec.CallID) + "/ledger.json"} {
		if !strings.Contains(strings.Join(names, "\n"), want) {
			t.Errorf("the copy has %q, want %s too", names, want)
		}
	}
	if !strings.Contains(strings.Join(names, "\n"), "/receipt-") {
		t.Errorf("the copy has %q, want the receipts too", names)
	}
}

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/consent/receipt"
	"parley/storage/chain"
	"parley/storage/signing"
)

const receiptsDoc = "../../docs/receipts.md"

// exampleKey signs the document's example; its seed is 32 zeros.
func exampleKey(t testing.TB) *signing.Key {
	t.Helper()
	key, err := signing.FromSeed(make([]byte, signing.SeedLen))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// exampleReceipt is the file that the document shows.
func exampleReceipt(t testing.TB) []byte {
	t.Helper()
	given := ledger.AnswerGiven{Side: ledger.Member, Answer: "express", Method: ledger.MethodButton, Hash: strings.Repeat("5a", 32)}
	body, err := json.Marshal(given)
	if err != nil {
		t.Fatal(err)
	}
	entry, err := chain.Link(chain.Entry{Seq: 41, Chain: ledger.Chain, Hash: strings.Repeat("e1", 32)}, chain.Entry{
		At: time.Date(2026, 11, 22, 9, 0, 5, 250_000_000, time.UTC), Chain: ledger.Chain, Kind: ledger.KindAnswer,
		Subject: "call_06eeodtmfdrkv5a2jj98bvamj4", Actor: "maya", Body: body,
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := ledger.Answer{
		Entry: entry, Given: given, Party: consent.Caller, AgeKnown: true,
		Notice:  ledger.NoticeShown{Side: ledger.Member, Kind: "question", Hash: given.Hash, Language: "en", Version: "en-1"},
		Signals: []consent.Signal{{Place: "US-CA", Source: consent.SourceDeclared}},
		Verdict: consent.Verdict{
			Decision: consent.DontRecord, Rule: consent.RuleEExpress, Form: consent.FormExpress, TableVersion: "1.2026-11-21.0123456789ab",
			Present: []consent.Party{consent.Caller, consent.Callee}, NoticeTo: []consent.Party{consent.Caller, consent.Callee},
			ExpressFrom: []consent.Person{"caller", "callee"},
			Places: []consent.ResolvedPlace{
				{Party: consent.Caller, Code: "US-CA", Name: "California", Form: consent.FormNotice, Said: []string{"US-CA"}, Sources: []consent.Source{consent.SourceDeclared}, Rules: []string{"L1"}},
				{Party: consent.Callee, Code: "DE", Name: "Germany", Form: consent.FormExpress, Said: []string{"DE"}, Sources: []consent.Source{consent.SourceIP}, Rules: []string{"L1"}},
			},
			Rules: []consent.RuleRef{
				{ID: consent.RuleEExpress, Says: "Everybody must say yes first."},
				{ID: consent.RuleEExpress, Place: "DE", Says: "Recording the spoken word without leave is a crime.", Citation: "StGB s. 201"},
			},
		},
		Operator: ledger.Operator{Name: "Example Advice Ltd", RetentionDays: 90, Purposes: []string{"Quality review"}},
	}.Receipt()
	if err != nil {
		t.Fatal(err)
	}
	jws, err := r.Sign(exampleKey(t))
	if err != nil {
		t.Fatal(err)
	}
	file, err := receipt.File(jws)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// block is the text of a fenced block that follows a line of the document.
func block(t testing.TB, doc, after string) string {
	t.Helper()
	_, rest, found := strings.Cut(doc, after+"\n\n```")
	if !found {
		t.Fatalf("the document has no block after %q", after)
	}
	_, rest, _ = strings.Cut(rest, "\n")
	text, _, found := strings.Cut(rest, "\n```")
	if !found {
		t.Fatalf("the block after %q does not end", after)
	}
	return text + "\n"
}

// TestReceiptsDocument follows the document's worked example: the files that it
// shows are those that the program makes, its commands say what it says they do, and
// the recipe for those without the program works.
func TestReceiptsDocument(t *testing.T) {
	data, err := os.ReadFile(receiptsDoc)
	if err != nil {
		t.Fatal(err)
	}
	doc, dir := string(data), t.TempDir()
	file, keys := block(t, doc, "The file `receipt.json`:"), block(t, doc, "The file `keys.json`:")
	if want := string(exampleReceipt(t)); file != want {
		t.Errorf("receipt.json: got\n%s\nwant\n%s", file, want)
	}
	if want, err := exampleKey(t).Public().JWKS(); err != nil || strings.TrimSpace(keys) != string(want) {
		t.Errorf("keys.json: got %s, want %s", keys, want)
	}
	for name, text := range map[string]string{"receipt.json": file, "keys.json": keys} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, said, code := program(t, "receipt", "verify", filepath.Join(dir, "receipt.json"), "--key", filepath.Join(dir, "keys.json"))
	if want := block(t, doc, "`parley receipt verify receipt.json --key keys.json` says:"); code != 0 || out != want {
		t.Errorf("receipt verify: got exit code %d, %s\n%s\nwant\n%s", code, said, out, want)
	}
	recipe := exec.Command("bash", "-euo", "pipefail", "-c", block(t, doc, "Without Parley, with `python3` and `openssl`:"))
	recipe.Dir = dir
	shown, err := recipe.CombinedOutput()
	if want := block(t, doc, "which prints:"); err != nil || string(shown) != want {
		t.Errorf("the recipe: got %v,\n%s\nwant\n%s", err, shown, want)
	}
}

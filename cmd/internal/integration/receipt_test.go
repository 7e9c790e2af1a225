package integration_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"parley/recorder/consent/ledger"
	"parley/recorder/consent/receipt"
	"parley/signaling/auth"
	"parley/signaling/session"
	"parley/signaling/wire"
	"parley/storage/chain"
	"parley/storage/signing"
)

// receiptLine is a receipt as the list of a call shows it.
type receiptLine struct {
	Entry  uint64
	Answer string
	Hash   string
	URL    string
	File   string
}

// receipts are somebody's own receipts of a call.
func (s *server) receipts(call string, who auth.Identity) []receiptLine {
	s.t.Helper()
	a := s.request("GET", "/api/v1/calls/"+call+"/receipts", &who, "", nil)
	var page struct{ Receipts []receiptLine }
	if err := json.Unmarshal(a.body, &page); err != nil || a.status != 200 {
		s.t.Fatalf("receipts of %s: got %d %s", who.Person, a.status, a.body)
	}
	return page.Receipts
}

// publishedKeys are the keys that anybody can fetch.
func (s *server) publishedKeys() signing.KeySet {
	s.t.Helper()
	a := s.request("GET", "/.well-known/parley-keys.json", nil, "", nil)
	keys, err := signing.ParseKeys(a.body)
	if err != nil || a.status != 200 {
		s.t.Fatalf("published keys: got %d %s, %v", a.status, a.body, err)
	}
	return keys
}

// download fetches a receipt and verifies it with the published keys only.
func (s *server) download(url string, who auth.Identity) receipt.Receipt {
	s.t.Helper()
	a := s.request("GET", url, &who, "", nil)
	r, err := receipt.OpenFile(a.body, s.publishedKeys())
	if err != nil || a.status != 200 {
		s.t.Fatalf("receipt %s of %s: got %d %s, %v", url, who.Person, a.status, a.body, err)
	}
	return r
}

// entries is what the ledger holds of a call.
func (s *server) entries(call string) []chain.Entry {
	s.t.Helper()
	list, err := s.store.ChainEntries(s.t.Context(), ledger.Chain, call, 0, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

// TestReceipts: each answer has a receipt of its own; the two people of a call
// get theirs, nobody else gets any.
func TestReceipts(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	call := talk(member, expert, "yes")
	member.call("the light", func(c *wire.CallView) bool { return c.Recording.State == wire.RecordingOn })
	member.send(&wire.ConsentWithdraw{Call: call})
	member.call("the withdrawal", func(c *wire.CallView) bool { return c.Consent.Answer == "withdrawn" })

	mine := s.receipts(call, maya)
	if len(mine) != 2 || mine[0].Answer != "yes" || mine[1].Answer != "withdrawn" {
		t.Fatalf("receipts of the member: got %+v, want yes, then withdrawn", mine)
	}
	theirs := s.receipts(call, lee)
	if len(theirs) != 1 || theirs[0].Answer != "yes" {
		t.Fatalf("receipts of the expert: got %+v, want one yes", theirs)
	}
	given := s.download(mine[0].URL, maya)
	checkReceipt(t, s, call, maya, mine[0], given)
	checkReceipt(t, s, call, lee, theirs[0], s.download(theirs[0].URL, lee))
	if given.Event.ConsentType != receipt.Explicit || given.Event.Method != receipt.MethodButton {
		t.Errorf("event: got %+v, want an explicit yes by a button", given.Event)
	}
	newest := s.download("/api/v1/calls/"+call+"/receipt", maya)
	if newest.Hash() != mine[1].Hash || newest.Extension.PreviousHash != mine[0].Hash {
		t.Errorf("newest receipt: got %s after %q, want %s after %s", newest.Hash(), newest.Extension.PreviousHash, mine[1].Hash, mine[0].Hash)
	}
	for _, who := range []auth.Identity{noah, ortiz, robin} {
		for _, path := range []string{"/api/v1/calls/" + call + "/receipts", "/api/v1/calls/" + call + "/receipt", mine[0].URL} {
			s.request("GET", path, &who, "", nil).problem(t, path+" for "+string(who.Person), 404, "not-found")
		}
	}
	// The other person of the call has no way to it either.
	s.request("GET", mine[0].URL, &lee, "", nil).problem(t, "the member's for the expert", 404, "not-found")
	s.request("GET", mine[0].URL+"x", &maya, "", nil).problem(t, "a number that is none", 404, "not-found")
}

// checkReceipt holds a receipt against the ledger and the wording.
func checkReceipt(t *testing.T, s *server, call string, who auth.Identity, line receiptLine, r receipt.Receipt) {
	t.Helper()
	if r.Hash() != line.Hash || r.Header.PIIPrincipalID != string(who.Person) || r.Extension.CallID != call {
		t.Errorf("receipt: got %s of %s in %s, want %s of %s in %s", r.Hash(), r.Header.PIIPrincipalID, r.Extension.CallID, line.Hash, who.Person, call)
	}
	var shown ledger.NoticeShown
	for _, e := range s.entries(call) {
		switch {
		case e.Kind == ledger.KindNotice && e.Actor == string(who.Person):
			if err := json.Unmarshal(e.Body, &shown); err != nil {
				t.Fatal(err)
			}
		case e.Seq == r.Extension.LedgerSeq:
			if e.Hash != r.Extension.LedgerHash || e.Kind != ledger.KindAnswer || e.Actor != string(who.Person) {
				t.Errorf("the entry it names: got %+v, want the answer with hash %s", e, r.Extension.LedgerHash)
			}
		}
	}
	if n := r.Processing.PrivacyNotice; n.TextHash != shown.Hash || n.Version == "" || n.Language != "en" {
		t.Errorf("wording: got %+v, want that of %+v", n, shown)
	}
	if j := r.Extension.Judgement; j.TableVersion == "" || len(j.Rules) == 0 {
		t.Errorf("judgement: got %+v, want the table's version and rules", j)
	}
	for _, other := range []auth.Identity{maya, lee} {
		if other.Person != who.Person && strings.Contains(string(r.Encode()), string(other.Person)) {
			t.Errorf("receipt of %s: got %s, want no trace of who %s is", who.Person, r.Encode(), other.Person)
		}
	}
}

// TestReceiptIsTheSameEachTime: what was handed out once is handed out for ever,
// also after the server's settings have changed.
func TestReceiptIsTheSameEachTime(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	call := talk(member, expert, "yes")
	first := s.request("GET", "/api/v1/calls/"+call+"/receipt", &maya, "", nil)
	member.send(&wire.CallHangup{Call: call})
	member.ended("completed")
	expert.ended("completed")
	again := s.request("GET", "/api/v1/calls/"+call+"/receipt", &maya, "", nil)
	if string(first.body) != string(again.body) || first.status != 200 {
		t.Errorf("receipt after the call: got\n%s\nwant\n%s", again.body, first.body)
	}
	disposition := first.header.Get("Content-Disposition")
	if want := fmt.Sprintf("attachment; filename=%q", s.receipts(call, maya)[0].File); disposition != want || !strings.HasPrefix(disposition, `attachment; filename="parley-receipt-20`) {
		t.Errorf("file name: got %s, want %s", disposition, want)
	}
	if typ := first.header.Get("Content-Type"); typ != "application/jose+json" {
		t.Errorf("type: got %s, want application/jose+json", typ)
	}
}

// TestReceiptOfWhoWentOn: going on after a notice is consent of its own kind.
func TestReceiptOfWhoWentOn(t *testing.T) {
	s := serve(t, nil)
	expert := ortiz
	expert.Places = []auth.Place{{Code: "US-CA", Source: "declared"}}
	member, other := s.phone(maya), s.available(expert)
	call := talk(member, other, "continued")
	member.call("the light", func(c *wire.CallView) bool { return c.Recording.State == wire.RecordingOn })
	if got := s.receipts(call, maya); len(got) != 1 || got[0].Answer != "continued" {
		t.Errorf("receipts: got %+v, want one of who went on", got)
	}
	r := s.download("/api/v1/calls/"+call+"/receipt", maya)
	if e := r.Event; e.State != receipt.StateGiven || e.ConsentType != receipt.Implied || e.Method != receipt.MethodStayed {
		t.Errorf("event: got %+v, want implied, by staying on", e)
	}
}

// TestRefusalHasItsReceipt: a no is an answer too.
func TestRefusalHasItsReceipt(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	call := talk(member, expert, "no")
	for _, who := range []auth.Identity{maya, lee} {
		if r := s.download("/api/v1/calls/"+call+"/receipt", who); r.Event.State != receipt.StateRefused || r.Event.ConsentType != "" {
			t.Errorf("event: got %+v, want refused", r.Event)
		}
	}
}

// TestGateNamesItsProof: what opens the gate is in the ledger before it, and the
// recording is told the same.
func TestGateNamesItsProof(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	call := talk(member, expert, "yes")
	member.call("the light", func(c *wire.CallView) bool { return c.Recording.State == wire.RecordingOn })
	var got ledger.Proof
	s.recorder.wait(t, "a recording", func(made []*fakeRecording) bool {
		if len(made) == 1 {
			got = made[0].proofs[0]
		}
		return len(made) == 1
	})
	var opened ledger.GateOpened
	for _, e := range s.entries(call) {
		if e.Kind == ledger.KindGateOpen {
			if err := json.Unmarshal(e.Body, &opened); err != nil || e.Hash != got.Entry {
				t.Errorf("gate.open entry: got %+v and %v, want the hash %s", e, err, got.Entry)
			}
		}
	}
	if fmt.Sprint(opened.Legs) != fmt.Sprint(got.Legs) || len(got.Legs) != 2 || opened.Verdict.Decision != "record" {
		t.Errorf("gate.open: got %+v, want the verdict and the legs %+v", opened, got.Legs)
	}
	for side, who := range []auth.Identity{maya, lee} {
		if leg := got.Legs[side]; leg.Receipt != s.receipts(call, who)[0].Hash || leg.Notice == "" || leg.Leg != session.Side(side).String() {
			t.Errorf("leg %d: got %+v, want the receipt of %s and what they were shown", side, leg, who.Person)
		}
	}
}

package ledger

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"parley/recorder/consent"
	"parley/recorder/consent/receipt"
	"parley/storage/chain"
	"parley/storage/signing"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func key(t testing.TB) *signing.Key {
	t.Helper()
	k, err := signing.FromSeed(make([]byte, signing.SeedLen))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func link(t testing.TB, prev chain.Entry, kind, call, actor string, body any) chain.Entry {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	e, err := chain.Link(prev, chain.Entry{At: noon, Chain: Chain, Kind: kind, Subject: call, Actor: actor, Body: data})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// answer is a member's answer to a wording that was shown.
func answer(t testing.TB, a consent.Answer, method string) Answer {
	t.Helper()
	hash := strings.Repeat("ab", 32)
	given := AnswerGiven{Side: Member, Answer: string(a), Method: method, Hash: hash}
	if method == MethodEarlier {
		given.Earlier = receipt.EarlierYes(strings.Repeat("ef", 32), noon.Add(-time.Hour))
	}
	return Answer{
		Entry: link(t, chain.Entry{}, KindAnswer, "call-1", "maya", given), Given: given, Party: consent.Caller,
		Notice:   NoticeShown{Side: Member, Hash: hash, Language: "de", Version: "de-2"},
		Verdict:  consent.Verdict{Decision: consent.DontRecord, TableVersion: "1", Form: consent.FormExpress},
		Operator: Operator{Name: "Example Advice Ltd", RetentionDays: 30, Purposes: []string{"Quality review", "Training"}},
	}
}

func TestReceiptOfEachAnswer(t *testing.T) {
	rows := []struct {
		answer consent.Answer
		method string
		state  receipt.State
		kind   receipt.ConsentType
		how    receipt.Method
	}{
		{consent.AnswerExpress, MethodButton, receipt.StateGiven, receipt.Explicit, receipt.MethodButton},
		{consent.AnswerDeclined, MethodButton, receipt.StateRefused, "", receipt.MethodButton},
		{consent.AnswerDeclined, MethodWithdrawn, receipt.StateWithdrawn, "", receipt.MethodButton},
		{consent.AnswerContinued, MethodButton, receipt.StateGiven, receipt.Implied, receipt.MethodStayed},
		{consent.AnswerContinued, MethodStayedOn, receipt.StateGiven, receipt.Implied, receipt.MethodStayed},
		{consent.AnswerExpress, MethodEarlier, receipt.StateGiven, receipt.Explicit, receipt.MethodEarlier},
		{consent.AnswerContinued, MethodEarlier, receipt.StateGiven, receipt.Implied, receipt.MethodEarlier},
		{"something new", MethodButton, receipt.StateRefused, "", receipt.MethodButton},
	}
	for _, r := range rows {
		got, err := answer(t, r.answer, r.method).Receipt()
		if err != nil {
			t.Errorf("%s by %s: %v", r.answer, r.method, err)
			continue
		}
		if e := got.Event; e.State != r.state || e.ConsentType != r.kind || e.Method != r.how || e.IndicatedBy != "maya" {
			t.Errorf("%s by %s: got %+v, want %s %s by %s", r.answer, r.method, e, r.state, r.kind, r.how)
		}
		at, err := got.GivenAt()
		if want := r.method == MethodEarlier; (got.Extension.Earlier != nil) != want || err != nil || at.Before(noon) != want {
			t.Errorf("%s by %s: got %+v given at %v, %v; want an earlier yes only by that", r.answer, r.method, got.Extension.Earlier, at, err)
		}
		if p := got.Processing; p.PrivacyNotice.Version != "de-2" || p.Storage.RetentionPeriod != "P30D" || len(p.Purposes) != 2 {
			t.Errorf("%s by %s: got %+v, want the wording, 30 days and both purposes", r.answer, r.method, p)
		}
	}
}

// TestConsentToWhatWasNotShown: a yes needs a wording that was shown, a no does not.
func TestConsentToWhatWasNotShown(t *testing.T) {
	for _, notice := range []NoticeShown{{}, {Hash: strings.Repeat("cd", 32), Language: "de", Version: "de-2"}} {
		yes := answer(t, consent.AnswerExpress, MethodButton)
		yes.Notice = notice
		if r, err := yes.Receipt(); err == nil {
			t.Errorf("a yes after %+v: got %s, want an error", notice, r.Encode())
		}
		no := answer(t, consent.AnswerDeclined, MethodButton)
		no.Notice = notice
		if r, err := no.Receipt(); err != nil || r.Processing.PrivacyNotice.TextHash != notice.Hash {
			t.Errorf("a no after %+v: got %v, want a receipt that names what was shown", notice, err)
		}
	}
}

// issue is the receipt entry of an answer.
func issue(t testing.TB, a Answer, k *signing.Key) (ReceiptIssued, chain.Entry) {
	t.Helper()
	r, err := a.Receipt()
	if err != nil {
		t.Fatal(err)
	}
	jws, err := r.Sign(k)
	if err != nil {
		t.Fatal(err)
	}
	body := ReceiptIssued{Answer: a.Entry.Seq, Receipt: r.Hash(), JWS: jws}
	return body, link(t, a.Entry, KindReceipt, a.Entry.Subject, a.Entry.Actor, body)
}

func TestAuditorHoldsReceiptsToTheirAnswers(t *testing.T) {
	a := answer(t, consent.AnswerExpress, MethodButton)
	body, whole := issue(t, a, key(t))
	other, err := signing.FromSeed(append(make([]byte, signing.SeedLen-1), 1))
	if err != nil {
		t.Fatal(err)
	}
	_, forged := issue(t, a, other)
	changed := body
	changed.Receipt = strings.Repeat("0", 64)
	later := body
	later.Answer = 7
	again := a.Entry
	again.Hash = strings.Repeat("0", 64)
	rows := []struct {
		name  string
		given chain.Entry
		entry chain.Entry
		ok    bool
	}{
		{"whole", a.Entry, whole, true},
		{"by another key", a.Entry, forged, false},
		{"under another hash", a.Entry, link(t, a.Entry, KindReceipt, "call-1", "maya", changed), false},
		{"of another answer", a.Entry, link(t, a.Entry, KindReceipt, "call-1", "maya", later), false},
		{"in another call", a.Entry, link(t, a.Entry, KindReceipt, "call-2", "maya", body), false},
		{"of another person", a.Entry, link(t, a.Entry, KindReceipt, "call-1", "lee", body), false},
		{"not to be read", a.Entry, link(t, a.Entry, KindReceipt, "call-1", "maya", "x"), false},
		{"of an answer that was changed", again, whole, false},
		{"without its answer", chain.Entry{Chain: Chain, Kind: KindVerdict}, whole, false},
	}
	for _, r := range rows {
		auditor := Auditor{Keys: key(t).Public()}
		if f := auditor.Visit(r.given); f != nil {
			t.Fatalf("%s: the answer: got %+v, want no fault", r.name, f)
		}
		f := auditor.Visit(r.entry)
		if (f == nil) != r.ok || (auditor.Receipts == 1) != r.ok || f != nil && f.Seq != r.entry.Seq {
			t.Errorf("%s: got %+v, %d receipts, want one that stands: %t", r.name, f, auditor.Receipts, r.ok)
		}
	}
	twice := Auditor{Keys: key(t).Public()}
	twice.Visit(a.Entry)
	twice.Visit(whole)
	if f := twice.Visit(whole); f == nil {
		t.Error("two receipts of one answer: got no fault")
	}
	if _, err := OpenIssued(forged, key(t).Public()); !errors.Is(err, ErrReceipt) || !errors.Is(err, signing.ErrUnknownKey) {
		t.Errorf("OpenIssued of a forged one: got %v, want ErrReceipt for an unknown key", err)
	}
	elsewhere := whole
	elsewhere.Chain = "audit"
	if f := (&Auditor{}).Visit(elsewhere); f != nil {
		t.Errorf("an entry of another chain: got %+v, want it passed over", f)
	}
}

package integration_test

import (
	"fmt"
	"testing"
	"time"

	"parley/recorder/consent/ledger"
	"parley/recorder/coverage"
	"parley/recorder/manifest"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/notary"
)

// said is a call's ledger as "answer maya, receipt maya, gate.open server".
func (s *server) said(call string, kinds ...string) string {
	s.t.Helper()
	text := ""
	for _, e := range s.entries(call) {
		for _, k := range kinds {
			if e.Kind == k {
				text += fmt.Sprintf("%s %s\n", e.Kind, e.Actor)
			}
		}
	}
	return text
}

// answers are the entries that say what somebody answered, and their receipts.
func (s *server) answers(call string) string {
	return s.said(call, ledger.KindAnswer, ledger.KindReceipt)
}

// handled waits until everything that was sent has been looked at.
func (p *phone) handled() {
	p.t.Helper()
	p.send(&wire.CallHangup{Call: "call_of_nobody"})
	p.problem("no-such-call")
}

// question is the wording that somebody has before them.
func (p *phone) question() string {
	p.t.Helper()
	return p.call("the question", func(c *wire.CallView) bool { return c.Consent.Question != nil }).Consent.Question.Hash
}

// TestAnswersOfNobodyOnTheCall: whoever is not on a call cannot say anything about
// it, and whoever is cannot speak for the other.
func TestAnswersOfNobodyOnTheCall(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	call := ring(member, expert)
	hash := member.question()
	stranger, reviewer := s.phone(noah), s.phone(robin)
	for _, p := range []*phone{stranger, reviewer} {
		p.send(&wire.ConsentAnswer{Call: call, Hash: hash, Answer: "yes"})
		p.problem("no-such-call")
		p.send(&wire.ConsentWithdraw{Call: call})
		p.problem("no-such-call")
		p.send(&wire.ConsentShown{Call: call, Hash: hash})
		p.problem("no-such-call")
	}
	// In a call of one's own one cannot answer for another call either.
	ortiz := s.available(ortiz)
	own := ring(stranger, ortiz)
	stranger.send(&wire.ConsentAnswer{Call: call, Hash: hash, Answer: "yes"})
	stranger.problem("no-such-call")
	if got := s.answers(call) + s.answers(own); got != "" {
		t.Errorf("ledger: got %q, want no answer of anybody", got)
	}
	member.answer("yes")
	member.handled()
	if got, want := s.answers(call), "answer maya\nreceipt maya\n"; got != want {
		t.Errorf("ledger: got %q, want %q: an answer speaks for who gave it", got, want)
	}
	if got := s.receipts(call, lee); len(got) != 0 {
		t.Errorf("receipts of who has not answered: got %+v, want none", got)
	}
}

// TestAnswersToOtherWordings: a yes counts for the wording that is shown, and the
// hash of another's question is another wording.
func TestAnswersToOtherWordings(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	call := ring(member, expert)
	if member.question() == expert.question() {
		t.Fatal("both were asked in the same words: the test shows nothing")
	}
	member.send(&wire.ConsentAnswer{Call: call, Hash: expert.question(), Answer: "yes"})
	member.problem("stale-question")
	member.send(&wire.ConsentAnswer{Call: call, Hash: member.question(), Answer: "continued"})
	member.problem("answer-needed")
	if got := s.answers(call); got != "" {
		t.Errorf("ledger: got %q, want no answer", got)
	}
}

// TestReplayedAnswers: the same answer twice is one answer, with one receipt; what
// was said in an earlier call says nothing in the next.
func TestReplayedAnswers(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	call := talk(member, expert, "yes")
	hash := member.question()
	for range 3 {
		member.send(&wire.ConsentAnswer{Call: call, Hash: hash, Answer: "yes"})
	}
	member.handled()
	if got := s.receipts(call, maya); len(got) != 1 {
		t.Errorf("receipts after a yes that was said four times: got %+v, want one", got)
	}
	for range 3 {
		member.send(&wire.ConsentWithdraw{Call: call})
	}
	member.handled()
	if got := s.receipts(call, maya); len(got) != 2 {
		t.Errorf("receipts after a withdrawal that was said three times: got %+v, want two", got)
	}
	member.send(&wire.ConsentAnswer{Call: call, Hash: hash, Answer: "yes"}) // the yes of before
	member.problem("stale-question")
	if got := s.receipts(call, maya); len(got) != 2 || member.question() == hash {
		t.Errorf("receipts after the withdrawn yes came once more: got %+v, want two; the question must be another asking", got)
	}
	member.send(&wire.CallHangup{Call: call})
	member.ended("completed")
	expert.ended("completed")
	before := s.answers(call)
	next := ring(member, expert)
	member.send(&wire.ConsentAnswer{Call: call, Hash: hash, Answer: "yes"}) // as in the call before
	member.handled()
	if got := s.answers(next); got != "" || s.answers(call) != before {
		t.Errorf("ledger: got %q of the new call and %q of the old, want nothing and %q", got, s.answers(call), before)
	}
}

// TestAnswersAfterTheCall: what comes too late is passed over.
func TestAnswersAfterTheCall(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	call := talk(member, expert, "yes")
	hash := member.question()
	member.call("the light", func(c *wire.CallView) bool { return c.Recording.State == wire.RecordingOn })
	member.send(&wire.CallHangup{Call: call})
	member.ended("completed")
	before := s.entries(call)
	member.send(&wire.ConsentWithdraw{Call: call})
	member.send(&wire.ConsentAnswer{Call: call, Hash: hash, Answer: "no"})
	member.send(&wire.ConsentAnswer{Call: call, Hash: hash, Answer: "yes"})
	member.handled()
	if got := s.entries(call); len(got) != len(before) {
		t.Errorf("ledger: got %+v, want nothing after the end of the call", got[len(before):])
	}
	if got := s.receipts(call, maya); len(got) != 1 {
		t.Errorf("receipts: got %+v, want the one of the call", got)
	}
}

// TestClockSetBackInACall: the order of what was said stands, the step of the clock
// is noted, and what was recorded is covered by the order.
func TestClockSetBackInACall(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	started := s.now()
	call := talk(member, expert, "yes")
	member.call("the light", func(c *wire.CallView) bool { return c.Recording.State == wire.RecordingOn })
	s.setBack.Store(int64(time.Hour))
	member.send(&wire.ConsentWithdraw{Call: call})
	member.call("the withdrawal", func(c *wire.CallView) bool { return c.Consent.Answer == "withdrawn" })

	mine := s.receipts(call, maya)
	if len(mine) != 2 || mine[1].Entry <= mine[0].Entry {
		t.Fatalf("receipts: got %+v, want the withdrawal after the yes", mine)
	}
	given, withdrawn := s.download(mine[0].URL, maya), s.download(mine[1].URL, maya)
	if withdrawn.Event.Time >= given.Event.Time || withdrawn.Extension.PreviousHash != given.Hash() {
		t.Errorf("receipts: got %s after %s, want the clock's own word, and the order by the hash before", withdrawn.Event.Time, given.Event.Time)
	}
	report, err := notary.Verification{Store: s.store, Keys: s.signer.Public(), Chains: []string{ledger.Chain}}.Run(t.Context())
	if err != nil || !report.OK || len(report.Chains[0].Backwards) != 1 {
		t.Errorf("ledger: got %+v and %v, want it whole, with one step back noted", report, err)
	}
	gaps := coverage.Check(s.claim(call, started, time.Minute), s.entries(call), s.signer.Public())
	if len(gaps) != 0 {
		t.Errorf("coverage: got %v, want it covered by the order of the entries", gaps)
	}
}

// claim is what a recording of the call says that was open until some time after
// it began.
func (s *server) claim(call string, started time.Time, open time.Duration) coverage.Claim {
	s.t.Helper()
	m := manifest.Manifest{Call: id.CallID(call), Started: started}
	s.recorder.wait(s.t, "a recording", func(made []*fakeRecording) bool {
		for _, rec := range made {
			if string(rec.start.Call.ID) != call {
				continue
			}
			m.Spans = nil
			for _, why := range rec.proofs {
				m.Spans = append(m.Spans, manifest.Span{CloseMs: float64(open.Milliseconds()), Proof: why})
			}
		}
		return len(m.Spans) > 0
	})
	return coverage.Of(m, maya.Person, lee.Person)
}

// TestRecordedCallIsCovered: what the server writes is what the verifier wants, and
// the proof of one call covers no other.
func TestRecordedCallIsCovered(t *testing.T) {
	s := serve(t, nil)
	member, expert := s.phone(maya), s.available(lee)
	var calls [2]string
	var claims [2]coverage.Claim
	for i := range calls {
		started := s.now()
		calls[i] = talk(member, expert, "yes")
		member.call("the light", func(c *wire.CallView) bool { return c.Recording.State == wire.RecordingOn })
		member.send(&wire.CallHangup{Call: calls[i]})
		member.ended("completed")
		expert.ended("completed")
		claims[i] = s.claim(calls[i], started, 0)
		if gaps := coverage.Check(claims[i], s.entries(calls[i]), s.signer.Public()); len(gaps) != 0 {
			t.Errorf("coverage of call %d: got %v, want it covered", i+1, gaps)
		}
	}
	rec := meta.Recording{CallID: id.CallID(calls[0]), MemberID: maya.Person, ExpertID: lee.Person}
	err := coverage.Ledger{Entries: s.store, Keys: s.signer.Public()}.Covers(t.Context(), rec, manifest.Manifest{
		Call: rec.CallID, Started: claims[1].Started, Spans: []manifest.Span{{Proof: claims[1].Spans[0].Proof}},
	})
	if err == nil {
		t.Error("coverage by the proof of another call: got no error")
	}
	both := append(s.entries(calls[0]), s.entries(calls[1])...)
	claims[0].Spans = claims[1].Spans
	if gaps := coverage.Check(claims[0], both, s.signer.Public()); len(gaps) != 1 || gaps[0].Reason != coverage.OtherCall {
		t.Errorf("coverage by the proof of another call: got %v, want it named as such", gaps)
	}
}

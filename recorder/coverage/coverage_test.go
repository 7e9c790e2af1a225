package coverage

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/consent/receipt"
	"parley/recorder/consent/table"
	"parley/storage/chain"
	"parley/storage/id"
	"parley/storage/signing"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// book writes the ledger of calls as the server does, one entry a second.
type book struct {
	t       testing.TB
	key     *signing.Key
	rules   *consent.Table
	now     time.Time
	entries []chain.Entry
}

func newBook(t testing.TB) *book {
	t.Helper()
	key, err := signing.FromSeed(make([]byte, signing.SeedLen))
	if err != nil {
		t.Fatal(err)
	}
	rules, err := table.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return &book{t: t, key: key, rules: rules, now: noon}
}

func (b *book) append(kind, subject, actor string, body any) chain.Entry {
	b.t.Helper()
	var prev chain.Entry
	if n := len(b.entries); n > 0 {
		prev = b.entries[n-1]
	}
	e, err := chain.Link(prev, chain.Entry{At: b.now, Chain: ledger.Chain, Kind: kind, Subject: subject, Actor: actor, Body: encode(b.t, body)})
	if err != nil {
		b.t.Fatal(err)
	}
	b.entries = append(b.entries, e)
	b.now = b.now.Add(time.Second)
	return e
}

// talk is one call in a book.
type talk struct {
	*book
	id      id.CallID
	people  [2]id.PersonID
	places  [2]string
	answers [2]consent.Answer
	legs    [2]ledger.LegProof
	shown   [2]ledger.NoticeShown
	claim   Claim
}

// call begins a call between people in two places.
func (b *book) call(member, expert string) *talk {
	t := &talk{book: b, id: id.NewCall(b.now), people: [2]id.PersonID{"maya", "lee"}, places: [2]string{member, expert}}
	t.legs = [2]ledger.LegProof{{Leg: ledger.Member}, {Leg: ledger.Expert}}
	t.claim = Claim{Call: t.id, People: t.people, Started: b.now}
	return t
}

func (c *talk) verdict() consent.Verdict {
	var f consent.Facts
	for side, leg := range c.legs {
		f.Parties = append(f.Parties, consent.PartyFacts{
			Party: ledger.PartyOf(leg.Leg), Adult: true, Answer: c.answers[side],
			Signals: []consent.Signal{{Place: c.places[side], Source: consent.SourceDeclared}},
		})
	}
	return c.rules.Judge(consent.Policy{}, f)
}

// show notes that a side has its question before it.
func (c *talk) show(side int) {
	c.shown[side] = ledger.NoticeShown{Side: c.legs[side].Leg, Kind: "notice", Hash: strings.Repeat("ab", 32), Language: "en", Version: "en-1"}
	c.legs[side].Notice = c.append(ledger.KindNotice, string(c.id), string(c.people[side]), c.shown[side]).Hash
}

// say notes an answer and its receipt.
func (c *talk) say(side int, a consent.Answer, method string) {
	c.t.Helper()
	c.answers[side] = a
	given := ledger.AnswerGiven{Side: c.legs[side].Leg, Answer: string(a), Method: method, Hash: c.shown[side].Hash}
	e := c.append(ledger.KindAnswer, string(c.id), string(c.people[side]), given)
	r, err := ledger.Answer{
		Entry: e, Given: given, Notice: c.shown[side], Verdict: c.verdict(), Party: ledger.PartyOf(given.Side), AgeKnown: true,
		Operator: ledger.Operator{Name: "Example Advice Ltd", RetentionDays: 90, Purposes: []string{"Quality review"}},
	}.Receipt()
	if err != nil {
		c.t.Fatal(err)
	}
	jws, err := r.Sign(c.key)
	if err != nil {
		c.t.Fatal(err)
	}
	c.append(ledger.KindReceipt, string(c.id), e.Actor, ledger.ReceiptIssued{Answer: e.Seq, Receipt: r.Hash(), JWS: jws})
	c.legs[side].Receipt = r.Hash()
}

// yes shows both their question and takes both yeses.
func (c *talk) yes() *talk {
	for side := range c.legs {
		c.show(side)
		c.say(side, consent.AnswerExpress, ledger.MethodButton)
	}
	return c
}

// open opens the gate and begins a span.
func (c *talk) open() *talk {
	e := c.append(ledger.KindGateOpen, string(c.id), ledger.Server, ledger.GateOpened{
		Reason: "verdict", Verdict: receipt.Judged(c.verdict()), Legs: c.legs[:],
	})
	c.claim.Spans = append(c.claim.Spans, Span{
		Open: e.At.Sub(c.claim.Started), Proof: ledger.Proof{Entry: e.Hash, Legs: slices.Clone(c.legs[:])},
	})
	return c
}

// stop closes the gate and ends the span.
func (c *talk) stop() *talk {
	c.claim.Spans[len(c.claim.Spans)-1].Close = c.now.Sub(c.claim.Started)
	c.claim.Length = c.now.Sub(c.claim.Started)
	c.append(ledger.KindGateClose, string(c.id), ledger.Server, ledger.GateChanged{Reason: "call ended"})
	return c
}

func (c *talk) check() []Gap { return Check(c.claim, c.entries, c.key.Public()) }

// reasons writes gaps as "0 member missing".
func reasons(gaps []Gap) string {
	var out []string
	for _, g := range gaps {
		out = append(out, strings.Join(strings.Fields(fmt.Sprintf("%d %s %s", g.Span, g.Leg, g.Reason)), " "))
	}
	return strings.Join(out, ", ")
}

func wantReasons(t *testing.T, got []Gap, want string) {
	t.Helper()
	if reasons(got) != want {
		t.Errorf("gaps: got %q %v, want %q", reasons(got), got, want)
	}
}

func TestWhatIsCovered(t *testing.T) {
	rows := map[string]func(b *book) *talk{
		"two yeses": func(b *book) *talk { return b.call("US-CA", "DE").yes().open().stop() },
		"two who went on after a notice": func(b *book) *talk {
			c := b.call("US-CA", "US-CA")
			for side := range c.legs {
				c.show(side)
				c.say(side, consent.AnswerContinued, ledger.MethodStayedOn)
			}
			return c.open().stop()
		},
		"one yes where one is enough": func(b *book) *talk {
			c := b.call("US-TX", "US-NY")
			c.show(0)
			c.say(0, consent.AnswerExpress, ledger.MethodButton)
			return c.open().stop()
		},
		"nothing at all, of a process that ended before the first packet": func(b *book) *talk {
			c := b.call("DE", "DE").yes().open()
			c.claim.Spans = nil
			return c
		},
		"two spans": func(b *book) *talk { return b.call("DE", "DE").yes().open().stop().open().stop() },
		"a no after the span": func(b *book) *talk {
			c := b.call("DE", "DE").yes().open().stop()
			c.say(1, consent.AnswerDeclined, ledger.MethodWithdrawn)
			return c
		},
		"yes again after a no": func(b *book) *talk {
			c := b.call("DE", "DE").yes().open().stop()
			c.say(1, consent.AnswerDeclined, ledger.MethodWithdrawn)
			c.say(1, consent.AnswerExpress, ledger.MethodButton)
			return c.open().stop()
		},
		"a process that ended in the midst": func(b *book) *talk {
			c := b.call("DE", "DE").yes().open()
			c.claim.Spans[0].Close = time.Hour
			return c
		},
		"two calls at once": func(b *book) *talk {
			c, other := b.call("DE", "DE").yes(), b.call("FR", "FR")
			other.people = [2]id.PersonID{"noah", "ortiz"}
			other.yes().open()
			c.open()
			other.say(0, consent.AnswerDeclined, ledger.MethodWithdrawn)
			return c.stop()
		},
		"a clock that was set back": func(b *book) *talk {
			c := b.call("DE", "DE").yes().open()
			c.now = c.now.Add(-time.Hour)
			c.append(ledger.KindVerdict, string(c.id), ledger.Server, "any")
			c.append(ledger.KindGateClose, string(c.id), ledger.Server, ledger.GateChanged{})
			c.claim.Spans[0].Close = c.claim.Spans[0].Open + 30*time.Second
			return c
		},
	}
	for name, write := range rows {
		t.Run(name, func(t *testing.T) { wantReasons(t, write(newBook(t)).check(), "") })
	}
}

// TestTamperedManifests changes what a recording claims.
func TestTamperedManifests(t *testing.T) {
	other := func(c *talk) *talk {
		o := c.call("DE", "DE")
		o.people = [2]id.PersonID{"noah", "ortiz"}
		return o.yes().open().stop()
	}
	rows := []struct {
		name   string
		change func(c *talk)
		want   string
	}{
		{"no span", func(c *talk) { c.claim.Spans = nil }, "-1 missing"},
		{"more to hear than its spans", func(c *talk) { c.claim.Length += time.Minute }, "-1 longer"},
		{"no entry", func(c *talk) { c.claim.Spans[0].Proof.Entry = "" }, "0 missing"},
		{"an entry that is none", func(c *talk) { c.claim.Spans[0].Proof.Entry = strings.Repeat("0", 64) }, "0 missing"},
		{"an entry of another kind", func(c *talk) { c.claim.Spans[0].Proof.Entry = c.legs[0].Notice }, "0 missing"},
		{"the entry of another call", func(c *talk) { c.claim.Spans[0].Proof = other(c).claim.Spans[0].Proof }, "0 other_call"},
		{"a receipt left out", func(c *talk) { c.claim.Spans[0].Proof.Legs[0].Receipt = "" }, "0 altered, 0 member missing"},
		{"a leg left out", func(c *talk) { c.claim.Spans[0].Proof.Legs = c.claim.Spans[0].Proof.Legs[:1] }, "0 altered, 0 expert missing"},
		{"a receipt of another call", func(c *talk) {
			c.claim.Spans[0].Proof.Legs[1].Receipt = other(c).legs[1].Receipt
		}, "0 altered, 0 expert other_call"},
		{"the receipt of the other person", func(c *talk) {
			c.claim.Spans[0].Proof.Legs[1].Receipt = c.legs[0].Receipt
		}, "0 altered, 0 expert other_person"},
		{"a receipt that is none", func(c *talk) { c.claim.Spans[0].Proof.Legs[1].Receipt = "x" }, "0 altered, 0 expert missing"},
		{"a notice of the other person", func(c *talk) {
			c.claim.Spans[0].Proof.Legs[0].Notice = c.legs[1].Notice
		}, "0 altered, 0 member other_person"},
		{"a longer span", func(c *talk) { c.claim.Spans[0].Close += time.Minute }, "0 longer"},
		{"an earlier span", func(c *talk) { c.claim.Started = c.claim.Started.Add(-time.Minute) }, "0 longer"},
		{"a second span on the same proof", func(c *talk) { c.claim.Spans = append(c.claim.Spans, c.claim.Spans[0]) }, "1 not_valid"},
		{"other people", func(c *talk) { c.claim.People[0] = "somebody" }, "0 member other_person, 0 member other_person"},
		{"another call", func(c *talk) { c.claim.Call = id.NewCall(noon.Add(time.Hour)) }, "0 other_call"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			c := newBook(t).call("DE", "DE").yes().open().stop()
			r.change(c)
			wantReasons(t, c.check(), r.want)
		})
	}
}

// TestLedgersThatDoNotAllowIt holds claims against ledgers that say otherwise.
func TestLedgersThatDoNotAllowIt(t *testing.T) {
	rows := []struct {
		name  string
		write func(b *book) *talk
		want  string
	}{
		{"nobody answered", func(b *book) *talk { return b.call("DE", "DE").open().stop() },
			"0 not_valid, 0 member missing, 0 expert missing"},
		{"nobody answered where one yes is enough", func(b *book) *talk { return b.call("US-TX", "US-TX").open().stop() },
			"0 not_valid, 0 missing"},
		{"one went on where a yes was needed", func(b *book) *talk {
			c := b.call("DE", "DE").yes()
			c.say(1, consent.AnswerContinued, ledger.MethodStayedOn)
			return c.open().stop()
		}, "0 not_valid, 0 expert not_valid"},
		{"a no stood when it began", func(b *book) *talk {
			c := b.call("DE", "DE").yes()
			c.say(1, consent.AnswerDeclined, ledger.MethodButton)
			return c.open().stop()
		}, "0 not_valid, 0 expert not_valid"},
		{"a no was passed over", func(b *book) *talk {
			c := b.call("DE", "DE").yes()
			yes := c.legs[1]
			c.say(1, consent.AnswerDeclined, ledger.MethodButton)
			c.legs[1], c.answers[1] = yes, consent.AnswerExpress
			return c.open().stop()
		}, "0 expert not_valid"},
		{"withdrawn before the gate was closed", func(b *book) *talk {
			c := b.call("DE", "DE").yes().open()
			c.say(0, consent.AnswerDeclined, ledger.MethodWithdrawn)
			return c.stop()
		}, "0 member withdrawn"},
		{"withdrawn, and no closing at all", func(b *book) *talk {
			c := b.call("DE", "DE").yes().open()
			c.say(0, consent.AnswerDeclined, ledger.MethodWithdrawn)
			c.claim.Spans[0].Close = time.Minute
			return c
		}, "0 member withdrawn"},
		{"an answer that was void", func(b *book) *talk {
			c := b.call("DE", "DE").yes()
			c.append(ledger.KindVoid, string(c.id), ledger.Server, ledger.AnswerVoid{Side: ledger.Expert, Reason: "expired"})
			return c.open().stop()
		}, "0 expert not_valid"},
		{"an answer that became void before the gate was closed", func(b *book) *talk {
			c := b.call("DE", "DE").yes().open()
			c.append(ledger.KindVoid, string(c.id), ledger.Server, ledger.AnswerVoid{Side: ledger.Member, Reason: "expired"})
			return c.stop()
		}, "0 member withdrawn"},
		{"a yes that came afterwards", func(b *book) *talk {
			c := b.call("DE", "DE")
			c.answers = [2]consent.Answer{consent.AnswerExpress, consent.AnswerExpress}
			c.open()
			c.yes()
			c.claim.Spans[0].Proof.Legs = slices.Clone(c.legs[:])
			return c.stop()
		}, "0 altered, 0 member not_valid, 0 member not_valid, 0 expert not_valid, 0 expert not_valid"},
		{"a receipt by another key", func(b *book) *talk {
			own := b.key
			b.key, _ = signing.FromSeed(slices.Repeat([]byte{1}, signing.SeedLen))
			c := b.call("DE", "DE").yes().open().stop()
			b.key = own
			return c
		}, "0 member altered, 0 expert altered"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) { wantReasons(t, r.write(newBook(t)).check(), r.want) })
	}
}

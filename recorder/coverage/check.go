package coverage

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/consent/receipt"
	"parley/storage/chain"
)

// slack is how far a span may reach beyond the times of its entries: they are
// stamped when they are written, which may take as long as the ledger is given.
const slack = 6 * time.Second

// Check returns what is wrong with the proof of a recording; nothing if all of its
// spans are covered. entries are those of the call from the consent ledger, in order;
// those of other calls among them are known as such.
func Check(c Claim, entries []chain.Entry, keys receipt.Verifier) []Gap {
	k := &checker{claim: c, entries: entries, keys: keys, used: map[string]bool{}}
	k.checkLength()
	for i, s := range c.Spans {
		k.span = i
		k.checkSpan(s)
	}
	return k.gaps
}

// checkLength checks that no more plays than the spans say. A recording that plays
// nothing needs no span: the process ended before anything was captured.
func (k *checker) checkLength() {
	k.span = -1
	last := time.Duration(0)
	for _, s := range k.claim.Spans {
		last = max(last, s.Close)
	}
	switch {
	case len(k.claim.Spans) == 0 && k.claim.Length > 0:
		k.gap("", Missing, "no span is claimed, and %s can be heard", k.claim.Length)
	case k.claim.Length > last+slack:
		k.gap("", Longer, "it plays for %s, its spans end at %s", k.claim.Length, last)
	}
}

type checker struct {
	claim   Claim
	entries []chain.Entry
	keys    receipt.Verifier
	used    map[string]bool // gate.open entries of earlier spans

	span int
	gaps []Gap
}

func (k *checker) gap(leg string, r Reason, format string, args ...any) {
	k.gaps = append(k.gaps, Gap{Span: k.span, Leg: leg, Reason: r, Detail: fmt.Sprintf(format, args...)})
}

func (k *checker) checkSpan(s Span) {
	gate, ok := k.find("", "the entry by which the gate opened", s.Proof.Entry, func(e chain.Entry) bool {
		return e.Kind == ledger.KindGateOpen && e.Hash == s.Proof.Entry
	})
	if !ok {
		return
	}
	if k.used[gate.Hash] {
		k.gap("", NotValid, "an earlier span rests on the same opening of the gate")
	}
	k.used[gate.Hash] = true
	var opened ledger.GateOpened
	if err := json.Unmarshal(gate.Body, &opened); err != nil {
		k.gap("", Altered, "the entry by which the gate opened cannot be read: %v", err)
		return
	}
	if opened.Verdict.Decision != consent.Record {
		k.gap("", NotValid, "the verdict was %s", opened.Verdict.Decision)
	}
	if !slices.Equal(opened.Legs, s.Proof.Legs) {
		k.gap("", Altered, "the recording names other proof than the ledger did when the gate opened")
	}
	k.checkLegs(s, gate, opened.Verdict)
	k.checkEnd(s, gate)
}

// find looks for an entry of the call; what is only found for another call is said
// to be so.
func (k *checker) find(leg, what, hash string, is func(chain.Entry) bool) (chain.Entry, bool) {
	if hash == "" {
		k.gap(leg, Missing, "%s is not named", what)
		return chain.Entry{}, false
	}
	other := false
	for _, e := range k.entries {
		switch {
		case !is(e):
		case e.Subject == string(k.claim.Call):
			return e, true
		default:
			other = true
		}
	}
	if other {
		k.gap(leg, OtherCall, "%s is of another call", what)
	} else {
		k.gap(leg, Missing, "%s is not in the ledger", what)
	}
	return chain.Entry{}, false
}

// checkLegs checks what proves each person's part. Where one yes of anybody is
// enough, at least one must be there; nobody's no is passed over.
func (k *checker) checkLegs(s Span, gate chain.Entry, v receipt.Judgement) {
	anyOne, said := slices.Contains(v.ExpressFrom, consent.AnyOne), false
	for side, leg := range []string{ledger.Member, ledger.Expert} {
		at := slices.IndexFunc(s.Proof.Legs, func(p ledger.LegProof) bool { return p.Leg == leg })
		var p ledger.LegProof
		if at >= 0 {
			p = s.Proof.Legs[at]
		}
		l := legCheck{checker: k, leg: leg, person: string(k.claim.People[side]), gate: gate}
		said = l.check(p, needOf(v, ledger.PartyOf(leg))) || said
	}
	if anyOne && !said {
		k.gap("", Missing, "nobody's yes is named, and one is needed")
	}
}

// checkEnd checks that the span lies within the time for which its gate was open,
// and that nobody had said no before it was closed.
func (k *checker) checkEnd(s Span, gate chain.Entry) {
	if begin := k.claim.Started.Add(s.Open); begin.Before(gate.At.Add(-slack)) {
		k.gap("", Longer, "it begins %s before its gate opened", gate.At.Sub(begin).Round(time.Millisecond))
	}
	end := k.endOf(gate)
	if end.refused != "" && end.closed {
		k.gap(end.refused, Withdrawn, "the %s's consent had ended before the gate was closed", end.refused)
	}
	if end.entry.Seq == 0 || k.clockWentBack(gate.Seq, end.entry.Seq) {
		return // times tell nothing then; the order of the entries has been checked
	}
	over := k.claim.Started.Add(s.Close).Sub(end.entry.At)
	switch {
	case over <= slack:
	case end.refused != "":
		k.gap(end.refused, Withdrawn, "it goes on for %s after the %s's consent had ended", over.Round(time.Millisecond), end.refused)
	default:
		k.gap("", Longer, "it goes on for %s after its gate was closed", over.Round(time.Millisecond))
	}
}

// ending is what ended the time of a gate, as the ledger tells it.
type ending struct {
	entry  chain.Entry // zero if nothing did: the process ended, or the call goes on
	closed bool        // the entry says that the gate was closed, or opened anew
	// refused is the leg whose consent ended before that entry, or by it.
	refused string
}

// endOf finds what ended what a gate.open entry began. After a crash there may be no
// gate.close; the next opening, or a no, then stands for it.
func (k *checker) endOf(gate chain.Entry) (end ending) {
	for _, e := range k.entries {
		if e.Subject != gate.Subject || e.Seq <= gate.Seq {
			continue
		}
		switch e.Kind {
		case ledger.KindGateClose, ledger.KindGateOpen:
			end.entry, end.closed = e, true
			return end
		case ledger.KindAnswer, ledger.KindVoid:
			if leg, no := refusal(e); no && end.refused == "" {
				end.entry, end.refused = e, leg
			}
		}
	}
	return end
}

// refusal tells whose consent an entry ends: by a no, or because an answer counts no
// longer. One that cannot be read counts as a no.
func refusal(e chain.Entry) (leg string, no bool) {
	var a ledger.AnswerGiven
	if json.Unmarshal(e.Body, &a) != nil {
		return ledger.Member, true
	}
	return a.Side, e.Kind == ledger.KindVoid || a.Answer == string(consent.AnswerDeclined)
}

func (k *checker) clockWentBack(from, to uint64) bool {
	var prev chain.Entry
	for _, e := range k.entries {
		if e.Seq < from || e.Seq > to {
			continue
		}
		if prev.Seq != 0 && e.At.Before(prev.At) {
			return true
		}
		prev = e
	}
	return false
}

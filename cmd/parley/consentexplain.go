package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/consent/receipt"
	"parley/recorder/consent/words"
	"parley/signaling/session"
	"parley/storage/chain"
	"parley/storage/id"
	"parley/storage/meta"
)

type consentExplain struct {
	storeFlags
	Call     string `arg:"" help:"Id of the call."`
	Language string `help:"Language of the explanation: en, de, fr, es, he or pt." default:"en"`
	JSON     bool   `help:"Print one JSON object." name:"json"`
}

// account tells of one call what was decided and why.
type account struct {
	Call     string `json:"call"`
	At       string `json:"at"`
	Recorded bool   `json:"recorded"`
	// Explanation is in plain words, the outcome first.
	Explanation []string          `json:"explanation"`
	Events      []accountEvent    `json:"events"`
	Rules       []consent.RuleRef `json:"rules"`
	Table       string            `json:"table"`
	Disclaimer  string            `json:"disclaimer"`
}

type accountEvent struct {
	At   string `json:"at"`
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// Run implements the command.
func (c consentExplain) Run(ctx context.Context, s streams) error {
	callID, err := id.ParseCall(c.Call)
	if err != nil {
		return fmt.Errorf("%q is no id of a call: `parley recording list` shows those of recorded calls, the event feed those of all", c.Call)
	}
	st, err := c.openLedger(ctx)
	if err != nil {
		return err
	}
	a, err := c.account(ctx, st, callID)
	if err = errors.Join(err, st.Close()); err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(s.out)
		enc.SetIndent("", "  ")
		return enc.Encode(a)
	}
	return a.print(s.out)
}

func (c consentExplain) account(ctx context.Context, st *stores, callID id.CallID) (account, error) {
	call, err := st.meta.Call(ctx, callID)
	if errors.Is(err, meta.ErrNotExist) {
		return account{}, fmt.Errorf("there is no call %s in %s", callID, c.Data)
	}
	if err != nil {
		return account{}, err
	}
	t := teller{ctx: words.Context{Language: c.Language, Others: map[consent.Party]words.Other{
		consent.Caller: {Name: call.MemberName}, consent.Callee: {Name: call.ExpertName},
	}}}
	for after, more := uint64(0), true; more; {
		entries, err := st.meta.ChainEntries(ctx, ledger.Chain, string(callID), after, meta.MaxLimit)
		if err != nil {
			return account{}, fmt.Errorf("read the ledger: %w", err)
		}
		for _, e := range entries {
			if err := t.tell(e); err != nil {
				return account{}, fmt.Errorf("ledger entry %d: %w", e.Seq, err)
			}
			after = e.Seq
		}
		more = len(entries) == meta.MaxLimit
	}
	return t.account(call), nil
}

// teller puts a call's ledger into words, entry by entry.
type teller struct {
	words    words.Catalogue
	ctx      words.Context
	events   []accountEvent
	recorded bool
	// decisive is the verdict that first let recording run, else the last one.
	decisive receipt.Judgement
}

func (t *teller) tell(e chain.Entry) error {
	text, err := t.text(e)
	if err != nil || text == "" {
		return err
	}
	t.events = append(t.events, accountEvent{At: e.At.UTC().Format(time.RFC3339), Kind: e.Kind, Text: text})
	return nil
}

// text is the sentence for an entry; empty for one that only proves another.
func (t *teller) text(e chain.Entry) (string, error) {
	switch e.Kind {
	case ledger.KindNotice:
		var n ledger.NoticeShown
		err := json.Unmarshal(e.Body, &n)
		shown := map[string]words.Happening{
			string(words.KindQuestion): words.ShownQuestion, string(words.KindNotice): words.ShownNotice,
		}[n.Kind]
		if shown == "" {
			shown = words.ShownNone
		}
		return t.words.Tell(t.ctx, shown, ledger.PartyOf(n.Side)), err
	case ledger.KindAnswer:
		var a ledger.AnswerGiven
		err := json.Unmarshal(e.Body, &a)
		return t.words.Tell(t.ctx, happeningOf(a), ledger.PartyOf(a.Side)), err
	case ledger.KindVerdict:
		var j receipt.Judgement
		err := json.Unmarshal(e.Body, &j)
		if !t.recorded {
			t.decisive = j
		}
		return t.words.Reason(t.ctx.Language, verdictOf(j)), err
	case ledger.KindGateOpen:
		var g ledger.GateOpened
		err := json.Unmarshal(e.Body, &g)
		if !t.recorded && g.Verdict.Rule != "" {
			t.decisive = g.Verdict
		}
		t.recorded = true
		return t.words.Tell(t.ctx, words.GateOpened, ""), err
	case ledger.KindGateClose:
		return t.words.Tell(t.ctx, words.GateClosed, ""), nil
	case ledger.KindReceipt:
		return "", nil
	default:
		return t.other(e)
	}
}

// other tells what happened to one side, or to the whole call.
func (t *teller) other(e chain.Entry) (string, error) {
	var about struct {
		Side  string `json:"side"`
		ToEnd bool   `json:"to_end"` // of a spoken notice
		Part  string `json:"part"`   // of the part before consent was taken back
	}
	err := json.Unmarshal(e.Body, &about)
	h, known := map[string]words.Happening{
		ledger.KindVoid: words.AnswerVoid, ledger.KindPlace: words.PlaceLearned, ledger.KindJoined: words.PartyJoined,
		ledger.KindPause: words.Paused, ledger.KindResume: words.Resumed, ledger.KindSpoken: words.NoticeSpoken,
		ledger.KindAnnounced: words.Announced, ledger.KindHold: words.PutOnHold, ledger.KindUnhold: words.TakenOffHold,
	}[e.Kind]
	if e.Kind == ledger.KindPart {
		h, known = map[string]words.Happening{string(session.PartKept): words.PartKept, string(session.PartErased): words.PartErased}[about.Part]
	}
	spoken := e.Kind == ledger.KindSpoken || e.Kind == ledger.KindAnnounced
	if !known || spoken && !about.ToEnd {
		// What was cut off told nobody anything, and must not read as if it had.
		h = words.Happening(e.Kind)
	}
	return t.words.Tell(t.ctx, h, ledger.PartyOf(about.Side)), err
}

func happeningOf(a ledger.AnswerGiven) words.Happening {
	switch {
	case a.Method == "withdrawn":
		return words.Withdrew
	case a.Answer == string(consent.AnswerExpress):
		return words.SaidYes
	case a.Answer == string(consent.AnswerDeclined):
		return words.SaidNo
	case a.Method == "stayed_on":
		return words.StayedOn
	default:
		return words.Continued
	}
}

// verdictOf is what the ledger keeps of a verdict. It allows nothing.
func verdictOf(j receipt.Judgement) consent.Verdict {
	return consent.Verdict{
		Decision: j.Decision, Rule: j.Rule, Form: j.Form, Places: j.Places, Rules: j.Rules, TableVersion: j.TableVersion,
	}
}

func (t *teller) account(call meta.Call) account {
	outcome := words.NotRecorded
	if t.recorded {
		outcome = words.Recorded
	}
	v := verdictOf(t.decisive)
	return account{
		Call: string(call.ID), At: call.CreatedAt.UTC().Format(time.RFC3339), Recorded: t.recorded,
		Explanation: append([]string{t.words.Tell(t.ctx, outcome, "")}, t.words.Account(v, t.ctx)...),
		Events:      t.events, Rules: v.Rules, Table: v.TableVersion, Disclaimer: notAdvice,
	}
}

func (a account) print(w io.Writer) error {
	out := fmt.Sprintf("%s  %s\n\n", a.Call, a.At)
	for _, line := range a.Explanation {
		out += line + "\n"
	}
	out += "\n"
	for _, e := range a.Events {
		out += e.At + "  " + e.Text + "\n"
	}
	out += "\n"
	for _, r := range a.Rules {
		out += "  " + r.ID
		if r.Place != "" {
			out += " " + r.Place
		}
		if r.Citation != "" {
			out += " [" + r.Citation + "]"
		}
		out += " " + r.Says + "\n"
	}
	_, err := io.WriteString(w, out+"\n"+a.Table+"\n"+a.Disclaimer+"\n")
	return err
}

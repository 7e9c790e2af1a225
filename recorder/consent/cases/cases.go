package cases

import (
	"errors"
	"fmt"

	"gopkg.in/yaml.v3"

	"parley/recorder/consent"
)

// maxBytes bounds a file of cases.
const maxBytes = 4 << 20

// Case is one call on paper.
type Case struct {
	ID     string
	Line   int           // where it begins in the file, from 1
	Facts  consent.Facts // before the first event
	Events []consent.Event
	// Expected is what the author thinks; nil if they do not say.
	Expected *Expected
}

// Expected is what a case's author expects after its last event.
type Expected struct {
	Decision    consent.Decision
	MayRecord   bool
	NoticeTo    []consent.Party
	ExpressFrom []consent.Person
	Beep        consent.Beep
	Reason      string
}

// Judge returns the verdict after the last event.
func (c Case) Judge(t *consent.Table, p consent.Policy) consent.Verdict {
	f := c.Facts
	for _, e := range c.Events {
		f = consent.Apply(f, e)
	}
	return t.Judge(p, f)
}

// Decode reads a YAML list of cases of at most 4 MiB. The error joins every
// fault found, each with the case's id and the line; there are no cases then.
func Decode(data []byte) ([]Case, error) {
	if len(data) > maxBytes {
		return nil, fmt.Errorf("cases: %d bytes, the limit is %d", len(data), maxBytes)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("cases: %w", err)
	}
	if len(doc.Content) == 0 || resolved(doc.Content[0]).Kind != yaml.SequenceNode {
		return nil, errors.New("cases: the file holds no list of cases: each begins with \"- id:\"")
	}
	var out []Case
	var faults []error
	lines := map[string]int{}
	for i, n := range resolved(doc.Content[0]).Content {
		r := &reader{name: fmt.Sprintf("number %d", i+1)}
		c := r.caseOf(n)
		if first, twice := lines[c.ID]; twice {
			r.fault(n, "id: line %d has this id too; ids are unique in a file", first)
		}
		lines[c.ID] = n.Line
		out = append(out, c)
		faults = append(faults, r.faults...)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return out, nil
}

// caseOf reads one case.
func (r *reader) caseOf(n *yaml.Node) Case {
	if id := valueOf(resolved(n), "id"); id != nil && id.Kind == yaml.ScalarNode && id.Value != "" {
		r.name = fmt.Sprintf("%q", id.Value)
	}
	m := r.mapping(n, "a case",
		"id", "caller_jurisdiction", "callee_jurisdiction", "caller_age", "callee_age?", "signals", "answers", "events", "expected?")
	c := Case{Line: n.Line}
	if id := m["id"]; id != nil {
		if c.ID = r.text(id, "id"); c.ID == "" {
			r.fault(id, "id: empty")
		}
	}
	caller := consent.PartyFacts{Party: consent.Caller, Age: r.optionalAge(m["caller_age"], "caller_age")}
	callee := consent.PartyFacts{Party: consent.Callee, Age: r.optionalAge(m["callee_age"], "callee_age")}
	caller.Signals = r.declared(m["caller_jurisdiction"], "caller_jurisdiction")
	callee.Signals = r.declared(m["callee_jurisdiction"], "callee_jurisdiction")
	r.signals(m["signals"], &c.Facts, &caller, &callee)
	r.answers(m["answers"], &caller, &callee)
	c.Facts.Parties = []consent.PartyFacts{caller, callee}
	c.Events = r.events(m["events"])
	if m["expected"] != nil {
		c.Expected = r.expected(m["expected"])
	}
	return c
}

func (r *reader) declared(n *yaml.Node, key string) []consent.Signal {
	if n == nil || isNull(n) {
		return nil
	}
	return []consent.Signal{{Place: r.place(n, key), Source: consent.SourceDeclared}}
}

func (r *reader) signals(n *yaml.Node, f *consent.Facts, caller, callee *consent.PartyFacts) {
	if n == nil {
		return
	}
	m := r.mapping(n, "signals", "server?", "notice_mode?", "caller?", "callee?")
	if s := m["server"]; s != nil {
		f.Recorder = []consent.Signal{{Place: r.place(s, "server"), Source: consent.SourceServer}}
	}
	if mode := m["notice_mode"]; mode != nil {
		f.BeepOnly = r.oneOf(mode, "notice_mode", "beep_only") != ""
	}
	r.hints(m["caller"], caller)
	r.hints(m["callee"], callee)
}

// hints reads what is known of a party's place beside what it declared. Time
// zone and language are read and dropped: they decide nothing (L3).
func (r *reader) hints(n *yaml.Node, p *consent.PartyFacts) {
	if n == nil {
		return
	}
	m := r.mapping(n, "signals."+string(p.Party), "ip?", "geo?", "billing?", "phone?", "vpn?", "timezone?", "language?")
	hidden := m["vpn"] != nil && r.boolean(m["vpn"], "vpn")
	for _, s := range []struct {
		key    string
		source consent.Source
	}{
		{"ip", consent.SourceIP}, {"geo", consent.SourceGeo},
		{"billing", consent.SourceBilling}, {"phone", consent.SourcePhone},
	} {
		if m[s.key] != nil {
			p.Signals = append(p.Signals, consent.Signal{
				Place: r.place(m[s.key], s.key), Source: s.source, VPN: hidden && s.key == "ip",
			})
		}
	}
	for _, hint := range []string{"timezone", "language"} {
		if m[hint] != nil {
			r.text(m[hint], hint)
		}
	}
}

func (r *reader) answers(n *yaml.Node, caller, callee *consent.PartyFacts) {
	if n == nil {
		return
	}
	m := r.mapping(n, "answers", "caller", "callee", "caller_guardian?", "callee_guardian?")
	caller.Answer, callee.Answer = r.answer(m["caller"], "caller"), r.answer(m["callee"], "callee")
	caller.GuardianAnswer = r.answer(m["caller_guardian"], "caller_guardian")
	callee.GuardianAnswer = r.answer(m["callee_guardian"], "callee_guardian")
}

func (r *reader) expected(n *yaml.Node) *Expected {
	m := r.mapping(n, "expected", "decision", "may_record", "notice_to", "express_from", "beep", "reason?")
	var e Expected
	if m["decision"] != nil {
		e.Decision = consent.Decision(r.oneOf(m["decision"], "decision", "record", "record_after_notice", "dont_record", "refuse"))
	}
	if m["may_record"] != nil {
		e.MayRecord = r.boolean(m["may_record"], "may_record")
	}
	for _, p := range r.list(m["notice_to"], "notice_to", parties...) {
		e.NoticeTo = append(e.NoticeTo, consent.Party(p))
	}
	for _, p := range r.list(m["express_from"], "express_from", append([]string{string(consent.AnyOne)}, persons...)...) {
		e.ExpressFrom = append(e.ExpressFrom, consent.Person(p))
	}
	if m["beep"] != nil {
		e.Beep = consent.Beep(r.oneOf(m["beep"], "beep", "none_needed", "sufficient_alone", "insufficient_alone", "required"))
	}
	if m["reason"] != nil {
		e.Reason = r.text(m["reason"], "reason")
	}
	return &e
}

package consent

import "slices"

// Rule is what a place's law asks for a recording made by a server, which is
// no party to the talk.
type Rule string

// The rules, from the least to the most strict; RuleContested ranks with
// RuleAllParty.
const (
	RuleOneParty   Rule = "one_party"
	RuleAllParty   Rule = "all_party"
	RuleContested  Rule = "contested"
	RuleProhibited Rule = "prohibited_without_explicit"
)

// Form is how consent must be shown.
type Form string

// The forms, from the least to the most strict.
const (
	FormNone    Form = "none"
	FormNotice  Form = "notice"
	FormExpress Form = "express"
)

// Withdrawal is what a place's law asks when somebody takes consent back.
type Withdrawal string

// The withdrawal rules, from the least to the most strict. A Verdict never
// holds WithdrawalUnclear: it is handled as WithdrawalMustStop.
const (
	WithdrawalMayContinue Withdrawal = "may_continue"
	WithdrawalUnclear     Withdrawal = "unclear"
	WithdrawalMustStop    Withdrawal = "must_stop"
)

// Tone is what a place's law makes of a beep.
type Tone struct {
	Accepted  bool // a tone alone is the notice
	Required  bool // a tone must be played
	IntervalS int  // seconds between tones; 0 if the law fixes none
}

// Citation is one source of a place's rule.
type Citation struct {
	Cite string
	Says string
}

// Entry is the rule of one place.
type Entry struct {
	Code         string // ISO 3166-1 or -2, or a fallback such as "ZZ", "US-ZZ"
	Name         string
	Parent       string // code of the place whose rule also applies, or ""
	Rule         Rule
	Form         Form
	OptIn        bool // data-protection law wants an active choice
	NoticeBefore bool // people must be told before capture
	Tone         Tone
	Withdrawal   Withdrawal
	MinAge       int // years; below it a guardian must consent
	MinAgeSource string
	// MaxRetentionDays bounds how long a recording may be kept; 0 for no bound.
	MaxRetentionDays int
	RetentionNote    string
	// PerCall wants a yes for each call, so that no earlier one counts. Where
	// the form is express it is so in any case.
	PerCall      bool
	Basis        []Citation
	Confidence   string
	EvidenceSeen string // primary, secondary or memory
	LastChecked  string // date, 2026-01-31
	// ReviewedBy and ReviewedOn say who of the operator's counsel has checked
	// the entry, and on which date; empty if nobody has.
	ReviewedBy, ReviewedOn string
}

// EffectiveForm returns the form E of this place alone.
func (e Entry) EffectiveForm() Form {
	switch {
	case e.Rule == RuleProhibited, e.OptIn, e.Form == FormExpress:
		return FormExpress
	case e.Rule != RuleOneParty, e.Form == FormNotice, e.NoticeBefore:
		return FormNotice
	default:
		return FormNone
	}
}

func (e Entry) clone() Entry {
	e.Basis = slices.Clone(e.Basis)
	return e
}

func (r Rule) rank() int {
	switch r {
	case RuleOneParty:
		return 0
	case RuleAllParty, RuleContested:
		return 1
	default:
		return 2
	}
}

func (f Form) rank() int {
	switch f {
	case FormNone:
		return 0
	case FormNotice:
		return 1
	default:
		return 2
	}
}

func (w Withdrawal) rank() int {
	switch w {
	case WithdrawalMayContinue:
		return 0
	case WithdrawalUnclear:
		return 1
	default:
		return 2
	}
}

// LooserThan names the fields, as the table's file calls them, in which e asks
// less than o.
func (e Entry) LooserThan(o Entry) []string {
	var fields []string
	for _, f := range []struct {
		name   string
		looser bool
	}{
		{"consent", e.Rule.rank() < o.Rule.rank()},
		{"form", e.Form.rank() < o.Form.rank()},
		{"explicit_opt_in", !e.OptIn && o.OptIn},
		{"notice_before", !e.NoticeBefore && o.NoticeBefore},
		{"beep_tone.required", !e.Tone.Required && o.Tone.Required},
		{"beep_tone.accepted", e.Tone.Accepted && !o.Tone.Accepted && o.EffectiveForm() == FormNotice},
		{"withdrawal", e.Withdrawal.rank() < o.Withdrawal.rank()},
		{"minors.age_of_consent_for_data", e.MinAge < o.MinAge},
		{"retention_max_days", shorter(e.MaxRetentionDays, o.MaxRetentionDays) != e.MaxRetentionDays},
		{"per_call", !e.PerCall && o.PerCall},
	} {
		if f.looser {
			fields = append(fields, f.name)
		}
	}
	return fields
}

// tightened returns e with every field at least as strict as in o.
func (e Entry) tightened(o Entry) Entry {
	if e.Rule.rank() < o.Rule.rank() {
		e.Rule = o.Rule
	}
	if e.Form.rank() < o.Form.rank() {
		e.Form = o.Form
	}
	e.OptIn = e.OptIn || o.OptIn
	e.NoticeBefore = e.NoticeBefore || o.NoticeBefore
	e.Tone.Required = e.Tone.Required || o.Tone.Required
	if o.EffectiveForm() == FormNotice {
		e.Tone.Accepted = e.Tone.Accepted && o.Tone.Accepted
	}
	if e.Withdrawal.rank() < o.Withdrawal.rank() {
		e.Withdrawal = o.Withdrawal
	}
	e.MinAge = max(e.MinAge, o.MinAge)
	e.MaxRetentionDays = shorter(e.MaxRetentionDays, o.MaxRetentionDays)
	e.PerCall = e.PerCall || o.PerCall
	return e
}

// strictestEntry is what counts when even the table's own last resort is
// missing, so that the zero Table stays closed.
func strictestEntry() Entry {
	return Entry{
		Code: codeUnknown, Name: "Unknown place",
		Rule: RuleProhibited, Form: FormExpress, OptIn: true, NoticeBefore: true,
		Withdrawal: WithdrawalMustStop, MinAge: adultAge, MinAgeSource: "strictest",
	}
}

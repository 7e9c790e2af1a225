package consent

import "slices"

// Beep is what a bare tone is worth under the rule of the call.
type Beep string

// The worths of a tone.
const (
	BeepNoneNeeded        Beep = "none_needed"
	BeepSufficientAlone   Beep = "sufficient_alone"
	BeepInsufficientAlone Beep = "insufficient_alone"
	BeepRequired          Beep = "required"
)

// combined is the strictest of all places, field by field.
type combined struct {
	form       Form
	minAge     int
	withdrawal Withdrawal
	beep       Beep
	beepDue    bool
	intervalS  int // seconds
	// toneIsNotice is true when staying on through a bare tone counts as
	// having heard a notice.
	toneIsNotice bool
	// maxRetentionDays is the shortest bound of all; 0 for none.
	maxRetentionDays int
	perCall          bool // a place wants a yes for each call
}

// combine takes the strictest value of each field over all places (section 2
// of the rules) and over the operator's policy.
func combine(policy Policy, places []ResolvedPlace) combined {
	c := combined{form: FormNone, withdrawal: WithdrawalMayContinue, toneIsNotice: true, maxRetentionDays: policy.MaxRetentionDays}
	if policy.AtLeast != "" {
		c.form = policy.AtLeast
	}
	required := false
	for _, p := range places {
		e := p.entry
		if p.Form.rank() > c.form.rank() {
			c.form = p.Form
		}
		if e.Withdrawal != WithdrawalMayContinue {
			c.withdrawal = WithdrawalMustStop
		}
		if p.Form != FormNone && !e.Tone.Accepted {
			c.toneIsNotice = false
		}
		required = required || e.Tone.Required
		c.minAge = max(c.minAge, e.MinAge)
		c.maxRetentionDays = shorter(c.maxRetentionDays, e.MaxRetentionDays)
		c.perCall = c.perCall || e.PerCall
	}
	// A notice that only the operator wants is one in words.
	byLaw := slices.ContainsFunc(places, func(p ResolvedPlace) bool { return p.Form == FormNotice })
	c.toneIsNotice = c.toneIsNotice && c.form == FormNotice && byLaw
	c.beep = worth(c.form, required, c.toneIsNotice)
	c.beepDue = required || policy.Beep
	c.intervalS = toneInterval(c, places)
	return c
}

// shorter returns the smaller of two numbers of days, of which 0 is no bound.
func shorter(a, b int) int {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// toneInterval is what the places fix, or the usual one where a tone is due and
// no place fixes any; 0 where no tone is due or of use.
func toneInterval(c combined, places []ResolvedPlace) int {
	if !c.beepDue && c.beep != BeepSufficientAlone {
		return 0
	}
	if s := interval(places); s != 0 || !c.beepDue {
		return s
	}
	return BeepIntervalS
}

func worth(form Form, required, toneIsNotice bool) Beep {
	switch {
	case required:
		return BeepRequired
	case form == FormNone:
		return BeepNoneNeeded
	case toneIsNotice:
		return BeepSufficientAlone
	default:
		return BeepInsufficientAlone
	}
}

// interval returns the shortest interval in seconds that a place asks which
// wants a tone or takes one as its notice; 0 if none is fixed.
func interval(places []ResolvedPlace) int {
	shortest := 0
	for _, p := range places {
		tone := p.entry.Tone
		relevant := tone.Required || tone.Accepted && p.Form != FormNone
		if relevant && tone.IntervalS > 0 && (shortest == 0 || tone.IntervalS < shortest) {
			shortest = tone.IntervalS
		}
	}
	return shortest
}

package consent

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
	intervalS  int
	// toneIsNotice is true when staying on through a bare tone counts as
	// having heard a notice.
	toneIsNotice bool
}

func combine(places []ResolvedPlace) combined {
	c := combined{form: FormNone, withdrawal: WithdrawalMayContinue, toneIsNotice: true}
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
	}
	c.toneIsNotice = c.toneIsNotice && c.form == FormNotice
	c.beep = worth(c.form, required, c.toneIsNotice)
	if c.beep == BeepRequired || c.beep == BeepSufficientAlone {
		c.intervalS = interval(places)
	}
	return c
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

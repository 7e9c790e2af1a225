package consent

import "slices"

// Event is something that happens during a call and may change the verdict:
// one of the types of this file.
type Event interface{ apply(*Facts) }

// Apply returns the facts after the event. It does not change its argument. An
// event that names a party unknown to the facts can only tighten: a place, an
// age, a no or a withdrawal adds the party, a yes or staying on is ignored.
func Apply(f Facts, e Event) Facts {
	next := f.clone()
	e.apply(&next)
	return next
}

// Join: somebody comes into the call. A party that left and joins again brings
// a new answer, but an earlier no or withdrawal ends only with a yes.
type Join struct {
	Party  Party
	Place  string // "" is unknown
	Source Source
	Answer Answer
}

// Leave: a party hangs up. Its places stay in the call (L8).
type Leave struct{ Party Party }

// Location: a party is now seen in a further place (L8). An empty Place means
// that it moved and nobody knows where to.
type Location struct {
	Party  Party
	Place  string
	Source Source
	VPN    bool
}

// Withdraw: a person takes consent back.
type Withdraw struct{ By Person }

// Decline: a person says an explicit no.
type Decline struct{ By Person }

// Consent: a person says an active yes. It ends an earlier no or withdrawal.
type Consent struct{ By Person }

// Continued: a person was given a fresh notice and stayed on. What counts from
// then on is the reaction to the fresh notice, so an earlier yes is replaced; a
// no or a withdrawal is not ended.
type Continued struct{ By Person }

// Pause and Resume halt and restart capture. They change no answer: whether
// capture is halted is the session's state, not the judge's.
type (
	Pause  struct{ Reason string }
	Resume struct{}
)

// UnlawfulPurpose is the reserved purpose for a crime or a tort (P2).
const UnlawfulPurpose = "unlawful"

// PurposeChange: a purpose is changed or added. No answer covers it, so all go
// back to none; a withdrawal stands. An unlawful purpose stays for the call.
type PurposeChange struct{ Purpose string }

// RecipientAdded: a new recipient or vendor; as a changed lawful purpose.
type RecipientAdded struct{ Recipient string }

// AgeLearned: a party's age in whole years becomes known.
type AgeLearned struct {
	Party Party
	Age   int
}

func (e Join) apply(f *Facts) {
	signal := Signal{Place: e.Place, Source: e.Source}
	p := f.find(e.Party)
	if p == nil {
		f.Parties = append(f.Parties, PartyFacts{Party: e.Party, Signals: []Signal{signal}, Answer: e.Answer})
		return
	}
	p.Left = false
	p.Later = append(p.Later, signal)
	switch {
	case e.Answer == AnswerExpress:
		p.Answer, p.Withdrawn = AnswerExpress, false
	case p.Answer != AnswerDeclined:
		p.Answer = e.Answer
	}
}

func (e Leave) apply(f *Facts) {
	if p := f.find(e.Party); p != nil {
		p.Left = true
	}
}

func (e Location) apply(f *Facts) {
	p := f.findOrAdd(e.Party)
	p.Later = append(p.Later, Signal{Place: e.Place, Source: e.Source, VPN: e.VPN})
}

func (e Withdraw) apply(f *Facts) {
	p := f.findOrAdd(e.By.Party())
	if e.By.IsGuardian() {
		p.GuardianWithdrawn = true
		return
	}
	p.Withdrawn = true
}

func (e Decline) apply(f *Facts) {
	p := f.findOrAdd(e.By.Party())
	if e.By.IsGuardian() {
		p.GuardianAnswer = AnswerDeclined
		return
	}
	p.Answer = AnswerDeclined
}

func (e Consent) apply(f *Facts) {
	p := f.find(e.By.Party())
	switch {
	case p == nil:
	case e.By.IsGuardian():
		p.GuardianAnswer, p.GuardianWithdrawn = AnswerExpress, false
	default:
		p.Answer, p.Withdrawn = AnswerExpress, false
	}
}

func (e Continued) apply(f *Facts) {
	p := f.find(e.By.Party())
	if p == nil {
		return
	}
	answer := &p.Answer
	if e.By.IsGuardian() {
		answer = &p.GuardianAnswer
	}
	if *answer != AnswerDeclined {
		*answer = AnswerContinued
	}
}

func (Pause) apply(*Facts)  {}
func (Resume) apply(*Facts) {}

func (e PurposeChange) apply(f *Facts) {
	f.forgetAnswers()
	f.Unlawful = f.Unlawful || e.Purpose == UnlawfulPurpose
}

func (RecipientAdded) apply(f *Facts) { f.forgetAnswers() }

func (e AgeLearned) apply(f *Facts) {
	age := e.Age
	f.findOrAdd(e.Party).Age = &age
}

func (f *Facts) forgetAnswers() {
	for i := range f.Parties {
		f.Parties[i].Answer, f.Parties[i].GuardianAnswer = AnswerNone, AnswerNone
	}
}

// find returns the latest entry of the party that is on the call, else its
// latest entry at all, else nil.
func (f *Facts) find(party Party) *PartyFacts {
	var gone *PartyFacts
	for i := len(f.Parties) - 1; i >= 0; i-- {
		p := &f.Parties[i]
		switch {
		case p.Party != party:
		case !p.Left:
			return p
		case gone == nil:
			gone = p
		}
	}
	return gone
}

func (f *Facts) findOrAdd(party Party) *PartyFacts {
	if p := f.find(party); p != nil {
		return p
	}
	f.Parties = append(f.Parties, PartyFacts{Party: party})
	return &f.Parties[len(f.Parties)-1]
}

func (f Facts) clone() Facts {
	f.Parties = slices.Clone(f.Parties)
	for i := range f.Parties {
		p := &f.Parties[i]
		p.Signals, p.Later = slices.Clone(p.Signals), slices.Clone(p.Later)
		if p.Age != nil {
			age := *p.Age
			p.Age = &age
		}
	}
	f.Recorder = slices.Clone(f.Recorder)
	return f
}

package consent

import "slices"

// EarlierPolicy is what the operator makes of a yes of before this call. The
// zero value lets none count.
type EarlierPolicy struct {
	Allowed bool
	// MaxAgeDays is how old a yes may be; above a year it counts as a year.
	MaxAgeDays int
}

// MaxEarlierDays is a year: a standing consent is renewed at least yearly
// (section 4 of the rules).
const MaxEarlierDays = 365

const secondsPerDay = 24 * 60 * 60

// Earlier is an answer that a person gave before this call.
type Earlier struct {
	Answer Answer
	// AgeS is how many seconds ago it was given. The judge has no clock, so
	// whoever asks says so; less than 0 is a doubt.
	AgeS    int64
	Purpose []string
	Wording string // version and language of the words that were answered
	// Withdrawn is true if the person took it back since.
	Withdrawn bool
}

// Scope is what the present call asks a yes for.
type Scope struct {
	Purpose []string
	Wording string
}

// EarlierRule is the id of the rule by which an earlier yes counts or not.
type EarlierRule string

// The rules, in the order in which they are tried.
const (
	EarlierOff       EarlierRule = "S-off"       // the operator lets none count
	EarlierPerCall   EarlierRule = "S-per-call"  // the rule wants a yes for each call
	EarlierNoYes     EarlierRule = "S-no-yes"    // it was no active yes
	EarlierWithdrawn EarlierRule = "S-withdrawn" // it was taken back
	EarlierPurpose   EarlierRule = "S-purpose"   // it was for something else
	EarlierWording   EarlierRule = "S-wording"   // other words were shown
	EarlierTooOld    EarlierRule = "S-too-old"   // it is too old, or from the future
	EarlierCounts    EarlierRule = "S-counts"
)

// Counts reports whether an earlier yes may stand in for one in the call that v
// judges, and the rule that says so. It never does where v wants a yes for each
// call. Even where it counts, it must be shown to the person in this call.
func (p EarlierPolicy) Counts(v Verdict, e Earlier, s Scope) (bool, EarlierRule) {
	oldest := int64(min(p.MaxAgeDays, MaxEarlierDays)) * secondsPerDay
	switch {
	case !p.Allowed:
		return false, EarlierOff
	case v.PerCall || v.judged == "" || v.judged == Refuse:
		return false, EarlierPerCall
	case e.Answer != AnswerExpress:
		return false, EarlierNoYes
	case e.Withdrawn:
		return false, EarlierWithdrawn
	case len(s.Purpose) == 0 || slices.ContainsFunc(s.Purpose, func(x string) bool { return !slices.Contains(e.Purpose, x) }):
		return false, EarlierPurpose
	case s.Wording == "" || s.Wording != e.Wording:
		return false, EarlierWording
	case e.AgeS < 0 || e.AgeS > oldest:
		return false, EarlierTooOld
	default:
		return true, EarlierCounts
	}
}

// perCall reports whether a yes counts for this call only: where an active yes
// of everybody is asked, where a minor is on the call, and where a place wants
// it so.
func perCall(c combined, list []demand) bool {
	return c.perCall || c.form == FormExpress ||
		slices.ContainsFunc(list, func(d demand) bool { return d.own || d.guardian })
}

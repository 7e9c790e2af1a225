package consent

// UnknownAge says what it means that neither a party's age nor that it is an
// adult is known (M3).
type UnknownAge int

const (
	// UnknownIsAdult is for a service whose terms admit adults only.
	UnknownIsAdult UnknownAge = iota
	// UnknownMustAsk keeps recording off until of everybody either the age is
	// known or that they are of age.
	UnknownMustAsk
)

// BarAge is the age in years below which nobody may call at all. An operator
// may raise it, never lower it.
const BarAge = 16

// BeepIntervalS is the pause in seconds between tones where no rule fixes one.
const BeepIntervalS = 15

// Policy holds the operator's switches. Each can only tighten; the zero value
// has them all off.
type Policy struct {
	// NeverRecordMinors refuses as soon as a party on the call is known to be
	// under 18, whoever agrees.
	NeverRecordMinors bool
	UnknownAge        UnknownAge
	// CallAge raises BarAge, in years.
	CallAge int
	// AtLeast is the form that every call has at least, whatever its places
	// ask; empty for none.
	AtLeast Form
	// Beep plays a tone into every recorded call.
	Beep bool
	// MaxRetentionDays bounds how long a recording may be kept; 0 sets no bound.
	MaxRetentionDays int
	// PartBefore is the least that becomes of what was recorded before a
	// withdrawal; empty leaves it to the form.
	PartBefore PartBefore
	// Earlier says whether a yes of before this call may count in it.
	Earlier EarlierPolicy
}

// MayCall reports whether somebody of that age in years may call or be called.
// An unknown age, nil, may.
func (p Policy) MayCall(age *int) bool { return age == nil || *age >= max(BarAge, p.CallAge) }

package consent

// UnknownAge says what a party's unknown age means (M3).
type UnknownAge int

const (
	// UnknownIsAdult is for a service whose terms admit adults only.
	UnknownIsAdult UnknownAge = iota
	// UnknownMustAsk keeps recording off until every age is known.
	UnknownMustAsk
)

// Policy holds the operator's switches. Each can only tighten; the zero value
// has them all off.
type Policy struct {
	// NeverRecordMinors refuses as soon as a party on the call is known to be
	// under 18, whoever agrees.
	NeverRecordMinors bool
	UnknownAge        UnknownAge
}

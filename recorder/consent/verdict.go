package consent

// Decision is what the judge says about this moment of the call.
type Decision string

// The decisions. Only Record lets recording run.
const (
	// Record: recording may run now.
	Record Decision = "record"
	// RecordAfterNotice: a notice is enough, but somebody has not yet heard it
	// or not yet reacted.
	RecordAfterNotice Decision = "record_after_notice"
	// DontRecord: the call goes on unrecorded.
	DontRecord Decision = "dont_record"
	// Refuse: the recording must not be offered in this session.
	Refuse Decision = "refuse"
)

// PartBefore is what becomes of the recording made before a withdrawal, unless
// a legal hold freezes it.
type PartBefore string

// The ways, from the least to the most strict.
const (
	// KeepSealed: it stays sealed for a short period.
	KeepSealed PartBefore = "keep_sealed"
	// AskKeepOrErase: the person who withdrew chooses; no answer erases.
	AskKeepOrErase PartBefore = "ask_keep_or_erase"
	// Erase: it is erased at once.
	Erase PartBefore = "erase"
)

func (p PartBefore) rank() int {
	switch p {
	case "", KeepSealed:
		return 0
	case AskKeepOrErase:
		return 1
	default:
		return 2
	}
}

// partBefore is the stricter of what the form suggests and the operator wants.
func partBefore(form Form, policy Policy) PartBefore {
	byForm := KeepSealed
	if form == FormExpress {
		byForm = AskKeepOrErase
	}
	if policy.PartBefore.rank() > byForm.rank() {
		return policy.PartBefore
	}
	return byForm
}

// Verdict is the judge's answer for one state of the facts. The fields are for
// reading: changing one opens nothing, and a Verdict that was decoded or made
// by hand allows nothing.
type Verdict struct {
	Decision Decision `json:"decision"`
	// Rule is the id of the rule that decided, one of the Rule constants.
	Rule string `json:"rule"`
	// Form is the effective form E: the strictest of all places.
	Form Form `json:"form"`
	// Present lists the parties on the call.
	Present []Party `json:"present"`
	// NoticeTo lists who must be told, done or not.
	NoticeTo []Party `json:"notice_to"`
	// Untold lists those of NoticeTo who have not yet heard or not reacted.
	Untold []Party `json:"untold"`
	// ExpressFrom lists who must say an active yes, said or not; or AnyOne.
	ExpressFrom []Person `json:"express_from"`
	// Missing lists those of ExpressFrom whose yes is not there.
	Missing []Person `json:"missing"`
	// AgeFrom lists the parties whose age the policy wants to know first.
	AgeFrom []Party `json:"age_from,omitempty"`
	Beep    Beep    `json:"beep"`
	// BeepDue tells that a tone must be played while the call is recorded:
	// because a place requires it or the operator wants it.
	BeepDue bool `json:"beep_due"`
	// BeepIntervalS is in seconds; 0 when no tone is due or of use.
	BeepIntervalS int `json:"beep_interval_s"`
	// Withdrawal is what the law asks, must_stop or may_continue. Policy P1
	// stops in either case.
	Withdrawal Withdrawal `json:"withdrawal"`
	PartBefore PartBefore `json:"part_before"`
	// MinAge is in years: below it a guardian must consent too (M1).
	MinAge int `json:"min_age"`
	// MaxRetentionDays is the longest that the recording may be kept; 0 if
	// neither a place nor the operator sets a bound.
	MaxRetentionDays int `json:"max_retention_days,omitempty"`
	// PerCall tells that a yes counts for this call only (section 4): an
	// earlier one must not stand in for it.
	PerCall bool `json:"per_call"`
	// Places are all that count, sorted by party and code.
	Places []ResolvedPlace `json:"places"`
	// Rules are the reasons: the deciding rule first.
	Rules        []RuleRef `json:"rules"`
	TableVersion string    `json:"table_version"`

	// judged is the decision as Judge made it, call the call that it is about
	// and judgedFor who is on it. They cannot be set elsewhere.
	judged    Decision
	call      string
	judgedFor []Party
}

// MayRecord reports whether recording may run at this moment.
func (v Verdict) MayRecord() bool { return v.judged == Record && v.Decision == Record }

// Governing returns the places that set the form: all places whose own form is
// the form of the call.
func (v Verdict) Governing() []ResolvedPlace {
	var out []ResolvedPlace
	for _, p := range v.Places {
		if p.Form == v.Form {
			out = append(out, p)
		}
	}
	return out
}

package consent

import (
	"fmt"
	"slices"
)

// Grant is the only thing that opens a recorder's gate. It says that a verdict
// allowed recording one call, with these parties on it, at one moment; it knows
// nothing of later moments, so whoever holds one must give it up when a later
// verdict forbids recording. The zero Grant is not valid.
type Grant struct {
	version string
	rules   []RuleRef
	call    string
	parties []Party
	valid   bool
}

// RefusedError says why there is no Grant.
type RefusedError struct {
	Decision Decision
	// Rule is the id of the deciding rule, one of the Rule constants; empty if
	// the verdict did not come from Judge.
	Rule string
	// Places are the codes of the places that set the form of consent.
	Places []string
}

// Error implements error.
func (e *RefusedError) Error() string {
	if e.Rule == "" {
		return "recording not allowed: no judged verdict"
	}
	return fmt.Sprintf("recording not allowed: %s by rule %s (places %v)", e.Decision, e.Rule, e.Places)
}

// Grant returns a valid Grant if the verdict allows recording, and otherwise
// the zero Grant and a *RefusedError.
func (v Verdict) Grant() (Grant, error) {
	if v.MayRecord() {
		return Grant{
			version: v.TableVersion, rules: slices.Clone(v.Rules),
			call: v.call, parties: slices.Clone(v.judgedFor), valid: true,
		}, nil
	}
	refused := &RefusedError{Decision: v.judged}
	if v.judged != "" {
		refused.Rule = v.Rule
		for _, p := range v.Governing() {
			refused.Places = append(refused.Places, p.Code)
		}
		refused.Places = sortedSet(refused.Places)
	}
	return Grant{}, refused
}

// Valid reports whether the Grant comes from a verdict that allows recording.
func (g Grant) Valid() bool { return g.valid }

// Covers reports whether the Grant lets the voices of all these parties of this
// call be recorded. A Grant of another call, or of facts that named none, does
// not.
func (g Grant) Covers(call string, parties ...Party) bool {
	if !g.valid || g.call == "" || g.call != call {
		return false
	}
	for _, p := range parties {
		if !slices.Contains(g.parties, p) {
			return false
		}
	}
	return true
}

// TableVersion returns the version of the rules that were applied.
func (g Grant) TableVersion() string { return g.version }

// Rules returns a copy of the reasons of the verdict, the deciding rule first.
func (g Grant) Rules() []RuleRef { return slices.Clone(g.rules) }

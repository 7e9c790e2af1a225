package consent

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

func (t *Table) validate() []error {
	var faults []error
	if t.version == "" {
		faults = append(faults, errors.New("version: empty"))
	}
	if _, ok := t.fallbacks[codeUnknown]; !ok {
		faults = append(faults, fmt.Errorf("fallbacks: %s is missing", codeUnknown))
	}
	if len(t.entries) == 0 {
		faults = append(faults, errors.New("jurisdictions: none"))
	}
	for _, code := range t.Codes() {
		faults = append(faults, checkEntry(t.entries[code])...)
		faults = append(faults, t.checkFamily(t.entries[code])...)
	}
	for _, code := range slices.Sorted(maps.Keys(t.fallbacks)) {
		faults = append(faults, checkEntry(t.fallbacks[code])...)
		faults = append(faults, t.checkFallback(t.fallbacks[code])...)
	}
	faults = append(faults, t.checkSubdivisions()...)
	return append(faults, t.checkAliases()...)
}

func checkEntry(e Entry) []error {
	var faults []error
	bad := func(field, got string) {
		faults = append(faults, fmt.Errorf("%s: %s: %q is not a known value", e.Code, field, got))
	}
	if !wellFormed(e.Code) {
		bad("code", e.Code)
	}
	if e.Name == "" {
		bad("name", "")
	}
	if !slices.Contains([]Rule{RuleOneParty, RuleAllParty, RuleContested, RuleProhibited}, e.Rule) {
		bad("consent", string(e.Rule))
	}
	if !slices.Contains([]Form{FormNone, FormNotice, FormExpress}, e.Form) {
		bad("form", string(e.Form))
	}
	if !slices.Contains([]Withdrawal{WithdrawalMayContinue, WithdrawalUnclear, WithdrawalMustStop}, e.Withdrawal) {
		bad("withdrawal", string(e.Withdrawal))
	}
	if e.MinAge < 1 || e.MinAge > 21 {
		faults = append(faults, fmt.Errorf("%s: minors.age_of_consent_for_data: %d is outside 1 to 21", e.Code, e.MinAge))
	}
	if e.Tone.IntervalS < 0 {
		faults = append(faults, fmt.Errorf("%s: beep_tone.interval_s: %d is negative", e.Code, e.Tone.IntervalS))
	}
	return faults
}

// checkFamily checks an entry against its parent and its country.
func (t *Table) checkFamily(e Entry) []error {
	var faults []error
	if e.Parent != "" {
		parent, ok := t.entries[e.Parent]
		if !ok {
			faults = append(faults, fmt.Errorf("%s: parent %q is not listed", e.Code, e.Parent))
		} else if field := e.looserThan(parent); field != "" {
			faults = append(faults, fmt.Errorf("%s: %s is looser than in its parent %s", e.Code, field, e.Parent))
		}
	}
	country := countryOf(e.Code)
	if _, ok := t.subdivisions[country]; !ok && country != e.Code {
		// Without the rule a bare country code would skip its strictest part.
		faults = append(faults, fmt.Errorf("%s: subdivisions has no rule for %s", e.Code, country))
	}
	return faults
}

// checkFallback makes sure that a fallback is as strict as all it stands for.
func (t *Table) checkFallback(f Entry) []error {
	var faults []error
	for _, code := range t.Codes() {
		if f.Code != codeUnknown && f.Code != fallbackOf(countryOf(code)) {
			continue
		}
		if field := f.looserThan(t.entries[code]); field != "" {
			faults = append(faults, fmt.Errorf("fallback %s: %s is looser than in %s", f.Code, field, code))
		}
	}
	return faults
}

func (t *Table) checkSubdivisions() []error {
	var faults []error
	for _, country := range slices.Sorted(maps.Keys(t.subdivisions)) {
		if u := t.subdivisions[country]; u != UnlistedFallback && u != UnlistedParent {
			faults = append(faults, fmt.Errorf("subdivisions: %s: unlisted: %q is not a known value", country, u))
		}
		if _, ok := t.entries[country]; !ok {
			faults = append(faults, fmt.Errorf("subdivisions: %s is not listed", country))
		}
		if _, ok := t.fallbacks[fallbackOf(country)]; !ok {
			faults = append(faults, fmt.Errorf("subdivisions: %s has no fallback %s", country, fallbackOf(country)))
		}
	}
	return faults
}

func (t *Table) checkAliases() []error {
	var faults []error
	for _, from := range slices.Sorted(maps.Keys(t.aliases)) {
		to := t.aliases[from]
		if _, ok := t.entries[to]; !ok {
			faults = append(faults, fmt.Errorf("aliases: %s: %q is not listed", from, to))
		}
		if _, ok := t.entries[from]; ok {
			faults = append(faults, fmt.Errorf("aliases: %s is listed under its own code too", from))
		}
	}
	return faults
}

package consent

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

func (t *Table) validate() []Fault {
	var faults []Fault
	if t.version == "" {
		faults = append(faults, Fault{"version", "version: empty"})
	}
	if _, ok := t.fallbacks[codeUnknown]; !ok {
		faults = append(faults, Fault{"fallbacks", fmt.Sprintf("fallbacks: %s is missing", codeUnknown)})
	}
	if len(t.entries) == 0 {
		faults = append(faults, Fault{"jurisdictions", "jurisdictions: none"})
	}
	for _, code := range t.Codes() {
		faults = append(faults, checkEntry("jurisdictions", t.entries[code])...)
		faults = append(faults, t.checkFamily(t.entries[code])...)
	}
	for _, code := range slices.Sorted(maps.Keys(t.fallbacks)) {
		faults = append(faults, checkEntry("fallbacks", t.fallbacks[code])...)
		faults = append(faults, t.checkFallback(t.fallbacks[code])...)
	}
	faults = append(faults, t.checkSubdivisions()...)
	return append(faults, t.checkAliases()...)
}

func checkEntry(section string, e Entry) []Fault {
	var faults []Fault
	fault := func(field, format string, args ...any) {
		faults = append(faults, Fault{
			Path: section + "." + e.Code + "." + field,
			Text: fmt.Sprintf("%s: %s: ", e.Code, field) + fmt.Sprintf(format, args...),
		})
	}
	known := func(field, got string, all ...string) {
		if !slices.Contains(all, got) {
			fault(field, "%q is not a known value: write one of %s", got, strings.Join(all, ", "))
		}
	}
	if !wellFormed(e.Code) {
		fault("code", "%q is no code of a place, such as DE or US-CA", e.Code)
	}
	if e.Name == "" {
		fault("name", "empty")
	}
	known("consent", string(e.Rule), string(RuleOneParty), string(RuleAllParty), string(RuleContested), string(RuleProhibited))
	known("form", string(e.Form), string(FormNone), string(FormNotice), string(FormExpress))
	known("withdrawal", string(e.Withdrawal), string(WithdrawalMayContinue), string(WithdrawalUnclear), string(WithdrawalMustStop))
	if e.MinAge < 1 || e.MinAge > 21 {
		fault("minors.age_of_consent_for_data", "%d is outside 1 to 21", e.MinAge)
	}
	if e.Tone.IntervalS < 0 {
		fault("beep_tone.interval_s", "%d is negative", e.Tone.IntervalS)
	}
	if e.MaxRetentionDays < 0 {
		fault("retention_max_days", "%d is negative", e.MaxRetentionDays)
	}
	if (e.ReviewedBy == "") != (e.ReviewedOn == "") {
		fault("reviewed_by", "a review needs both reviewed_by and reviewed_on")
	}
	return faults
}

// checkFamily checks an entry against its parent and its country.
func (t *Table) checkFamily(e Entry) []Fault {
	var faults []Fault
	path := "jurisdictions." + e.Code
	if e.Parent != "" {
		parent, ok := t.entries[e.Parent]
		if !ok {
			faults = append(faults, Fault{path + ".parent", fmt.Sprintf("%s: parent %q is not listed", e.Code, e.Parent)})
		}
		for _, field := range e.LooserThan(parent) {
			if ok {
				faults = append(faults, Fault{path + "." + field, fmt.Sprintf("%s: %s is looser than in its parent %s", e.Code, field, e.Parent)})
			}
		}
	}
	country := countryOf(e.Code)
	if _, ok := t.subdivisions[country]; !ok && country != e.Code {
		// Without the rule a bare country code would skip its strictest part.
		faults = append(faults, Fault{path, fmt.Sprintf("%s: subdivisions has no rule for %s: write the rule under %s itself", e.Code, country, country)})
	}
	return faults
}

// checkFallback makes sure that a fallback is as strict as all it stands for.
func (t *Table) checkFallback(f Entry) []Fault {
	var faults []Fault
	for _, code := range t.Codes() {
		if !standsFor(f.Code, code) {
			continue
		}
		for _, field := range f.LooserThan(t.entries[code]) {
			faults = append(faults, Fault{"fallbacks." + f.Code + "." + field, fmt.Sprintf("fallback %s: %s is looser than in %s", f.Code, field, code)})
		}
	}
	return faults
}

// standsFor reports whether a fallback may be used for a place.
func standsFor(fallback, code string) bool {
	return fallback == codeUnknown || fallback == fallbackOf(countryOf(code))
}

func (t *Table) checkSubdivisions() []Fault {
	var faults []Fault
	fault := func(country, format string, args ...any) {
		faults = append(faults, Fault{"subdivisions." + country, "subdivisions: " + country + fmt.Sprintf(format, args...)})
	}
	for _, country := range slices.Sorted(maps.Keys(t.subdivisions)) {
		if u := t.subdivisions[country]; u != UnlistedFallback && u != UnlistedParent {
			fault(country, ": unlisted: %q is not a known value", u)
		}
		if _, ok := t.entries[country]; !ok {
			fault(country, " is not listed")
		}
		if _, ok := t.fallbacks[fallbackOf(country)]; !ok {
			fault(country, " has no fallback %s", fallbackOf(country))
		}
	}
	return faults
}

func (t *Table) checkAliases() []Fault {
	var faults []Fault
	for _, from := range slices.Sorted(maps.Keys(t.aliases)) {
		to := t.aliases[from]
		if _, ok := t.entries[to]; !ok {
			faults = append(faults, Fault{"aliases." + from, fmt.Sprintf("aliases: %s: %q is not listed", from, to)})
		}
		if _, ok := t.entries[from]; ok {
			faults = append(faults, Fault{"aliases." + from, fmt.Sprintf("aliases: %s is listed under its own code too", from)})
		}
	}
	return faults
}

package consent

import (
	"fmt"
	"maps"
	"slices"
)

// Looser lists where t asks less than base for any code that either knows, so
// that a table which replaces base never opens a hole. Both are compared by
// what a code comes to, not by what is written: an alias, a rule for parts of a
// country or an entry that is missing counts as much as a field.
func (t *Table) Looser(base *Table) []Fault {
	var faults []Fault
	for _, code := range probes(t, base) {
		mine, _ := t.lookup(t.normal(code))
		theirs, _ := base.lookup(base.normal(code))
		for _, field := range mine.LooserThan(theirs) {
			faults = append(faults, Fault{
				Path: t.pathOf(code, mine, field),
				Text: fmt.Sprintf("%s: %s is looser than in the shipped table (%s): an operator's rules may only be stricter", code, field, theirs.Code),
			})
		}
	}
	return faults
}

// pathOf leads to what makes a code come to an entry.
func (t *Table) pathOf(code string, e Entry, field string) string {
	if _, ok := t.aliases[code]; ok {
		return "aliases." + code
	}
	section := "jurisdictions."
	if _, ok := t.fallbacks[e.Code]; ok {
		section = "fallbacks."
	}
	return section + e.Code + "." + field
}

// probes are all codes that either table treats in a way of its own: what it
// lists, its aliases, and an unlisted part of each country.
func probes(tables ...*Table) []string {
	seen := map[string]bool{codeUnknown: true}
	for _, t := range tables {
		for _, m := range []map[string]Entry{t.entries, t.fallbacks} {
			for code := range m {
				seen[code] = true
				seen[countryOf(code)+"-0"] = true
			}
		}
		for from := range t.aliases {
			seen[from] = true
		}
		for country := range t.subdivisions {
			seen[country], seen[country+"-0"] = true, true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// Tighten returns the data with every entry at least as strict as its parent,
// and every fallback at least as strict as all that it stands for: what an
// operator asks of a country then binds its parts and the cases of doubt too.
func Tighten(d TableData) TableData {
	d.Entries, d.Fallbacks = slices.Clone(d.Entries), slices.Clone(d.Fallbacks)
	at := map[string]int{}
	for i, e := range d.Entries {
		at[e.Code] = i
	}
	// Parents of parents: as many rounds as there could be generations.
	for range d.Entries {
		changed := false
		for i, e := range d.Entries {
			p, ok := at[e.Parent]
			if ok && len(e.LooserThan(d.Entries[p])) > 0 {
				d.Entries[i], changed = e.tightened(d.Entries[p]), true
			}
		}
		if !changed {
			break
		}
	}
	for i := range d.Fallbacks {
		for _, e := range d.Entries {
			if standsFor(d.Fallbacks[i].Code, e.Code) {
				d.Fallbacks[i] = d.Fallbacks[i].tightened(e)
			}
		}
	}
	return d
}

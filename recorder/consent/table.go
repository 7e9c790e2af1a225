package consent

import (
	"maps"
	"slices"
	"strings"
)

// codeUnknown is the fallback for an unknown or unlisted place (L6).
const codeUnknown = "ZZ"

// Subdivision says what a country's unlisted subdivision comes to. A country
// whose subdivision is not known always uses the country's fallback (L5).
type Subdivision string

// The two ways to treat a subdivision that is known but not listed.
const (
	UnlistedFallback Subdivision = "fallback" // the country's "-ZZ" entry
	UnlistedParent   Subdivision = "parent"   // the country's own entry
)

// TableData is the content of a Table. Keys and codes are upper case.
type TableData struct {
	Version      string
	Aliases      map[string]string // code as written → code as listed
	Subdivisions map[string]Subdivision
	Fallbacks    []Entry
	Entries      []Entry
	// RequireReview makes an entry that none of the operator's counsel has
	// reviewed count as the strictest fall-back.
	RequireReview bool
}

// Fault is one thing that is wrong with a table.
type Fault struct {
	// Path leads to the key in the layout of the table's file, its parts joined
	// by dots: "jurisdictions.US-CA.form".
	Path string
	Text string // the whole sentence
}

// TableError says why a table is refused.
type TableError struct{ Faults []Fault }

// Error implements error.
func (e *TableError) Error() string {
	lines := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		lines[i] = f.Text
	}
	return strings.Join(lines, "\n")
}

// Table holds the rules of all places. It never changes after NewTable. The
// zero Table knows no place, so that each counts as the strictest.
type Table struct {
	version      string
	aliases      map[string]string
	subdivisions map[string]Subdivision
	fallbacks    map[string]Entry
	entries      map[string]Entry
	review       bool
}

// NewTable checks the data and copies it. The error is a *TableError.
// A table is refused when a fallback is missing or looser than what it stands
// for, or when an entry is looser than its parent: an operator's edit must not
// open a hole by a slip.
func NewTable(d TableData) (*Table, error) {
	t := &Table{
		version:      d.Version,
		aliases:      maps.Clone(d.Aliases),
		subdivisions: maps.Clone(d.Subdivisions),
		fallbacks:    make(map[string]Entry, len(d.Fallbacks)),
		entries:      make(map[string]Entry, len(d.Entries)),
		review:       d.RequireReview,
	}
	var faults []Fault
	faults = append(faults, fill("fallbacks", t.fallbacks, d.Fallbacks)...)
	faults = append(faults, fill("jurisdictions", t.entries, d.Entries)...)
	faults = append(faults, t.validate()...)
	if len(faults) > 0 {
		return nil, &TableError{faults}
	}
	return t, nil
}

func fill(section string, into map[string]Entry, list []Entry) []Fault {
	var faults []Fault
	for _, e := range list {
		if _, twice := into[e.Code]; twice {
			faults = append(faults, Fault{section + "." + e.Code, e.Code + ": listed twice"})
		}
		into[e.Code] = e.clone()
	}
	return faults
}

// Version names the exact rules, for receipts and the ledger.
func (t *Table) Version() string { return t.version }

// Codes lists the places with an entry of their own, sorted.
func (t *Table) Codes() []string { return slices.Sorted(maps.Keys(t.entries)) }

// Listed returns the entry of a place or a fallback as it stands in the table,
// reviewed or not.
func (t *Table) Listed(code string) (Entry, bool) {
	e, ok := t.entries[code]
	if !ok {
		e, ok = t.fallbacks[code]
	}
	return e.clone(), ok
}

// Fallbacks lists the codes of the fallbacks, sorted.
func (t *Table) Fallbacks() []string { return slices.Sorted(maps.Keys(t.fallbacks)) }

// RequiresReview reports whether only reviewed entries count.
func (t *Table) RequiresReview() bool { return t.review }

// Lookup returns the entry that counts for a place code and the rule that led
// to it: "L1" the place itself, "L5" a subdivision that is unknown or unlisted,
// "L6" an unknown or unlisted country, RuleReview an entry that counts as
// unknown because nobody has reviewed it. It never fails: what cannot be read
// counts as unknown.
func (t *Table) Lookup(place string) (Entry, string) {
	e, rule := t.lookup(t.normal(place))
	if t.unreviewed(e) {
		return t.lastResort().clone(), RuleReview
	}
	return e.clone(), rule
}

// unreviewed reports whether an entry does not count as it stands.
func (t *Table) unreviewed(e Entry) bool {
	return t.review && e.ReviewedBy == "" && e.Code != codeUnknown
}

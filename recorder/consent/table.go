package consent

import (
	"errors"
	"fmt"
	"maps"
	"slices"
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
}

// Table holds the rules of all places. It never changes after NewTable. The
// zero Table knows no place, so that each counts as the strictest.
type Table struct {
	version      string
	aliases      map[string]string
	subdivisions map[string]Subdivision
	fallbacks    map[string]Entry
	entries      map[string]Entry
}

// NewTable checks the data and copies it. The error joins every fault found.
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
	}
	var faults []error
	faults = append(faults, fill(t.fallbacks, d.Fallbacks)...)
	faults = append(faults, fill(t.entries, d.Entries)...)
	faults = append(faults, t.validate()...)
	if len(faults) > 0 {
		return nil, fmt.Errorf("consent table: %w", errors.Join(faults...))
	}
	return t, nil
}

func fill(into map[string]Entry, list []Entry) []error {
	var faults []error
	for _, e := range list {
		if _, twice := into[e.Code]; twice {
			faults = append(faults, fmt.Errorf("%s: listed twice", e.Code))
		}
		into[e.Code] = e.clone()
	}
	return faults
}

// Version names the exact rules, for receipts and the ledger.
func (t *Table) Version() string { return t.version }

// Codes lists the places with an entry of their own, sorted.
func (t *Table) Codes() []string { return slices.Sorted(maps.Keys(t.entries)) }

// Lookup returns the entry that counts for a place code and the rule that led
// to it: "L1" the place itself, "L5" a subdivision that is unknown or unlisted,
// "L6" an unknown or unlisted country. It never fails: what cannot be read
// counts as unknown.
func (t *Table) Lookup(place string) (Entry, string) {
	e, rule := t.lookup(t.normal(place))
	return e.clone(), rule
}

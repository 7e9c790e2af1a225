package consent

import (
	"cmp"
	"slices"
	"strings"
)

// ResolvedPlace is one place that counts for the call, and why.
type ResolvedPlace struct {
	// Party is whose place it is; RecorderSide for the server and operator.
	Party Party  `json:"party"`
	Code  string `json:"code"` // of the entry that was used
	Name  string `json:"name"`
	Form  Form   `json:"form"` // what this place alone would ask
	// Said holds the codes as they were signalled, sorted; empty when nothing
	// was known.
	Said    []string `json:"said,omitempty"`
	Sources []Source `json:"sources,omitempty"`
	// Rules are the ids of the L-rules that led from Said to Code, sorted.
	Rules []string `json:"rules"`

	entry Entry
}

// places returns the set J of rules L1 to L9, sorted by party and code.
func (t *Table) places(f Facts) []ResolvedPlace {
	var all []ResolvedPlace
	for _, p := range f.Parties {
		all = append(all, t.partyPlaces(p)...)
	}
	for _, s := range f.Recorder {
		// The server's region and the operator's seat are different places, so
		// L4 does not apply between them.
		if s.Place = t.normal(s.Place); s.Place != "" {
			all = append(all, t.place(RecorderSide, s, "L2"))
		}
	}
	if len(all) == 0 {
		all = append(all, t.unknown(RecorderSide, "L6"))
	}
	return mergePlaces(all)
}

// partyPlaces unites the places of every moment of the call (L8): after each
// later signal the places are resolved anew, and none found before is dropped.
func (t *Table) partyPlaces(p PartyFacts) []ResolvedPlace {
	all := t.resolve(p.Party, p.Signals)
	for i, s := range p.Later {
		seen := slices.Concat(p.Signals, p.Later[:i+1])
		all = append(all, t.resolve(p.Party, seen)...)
		if t.normal(s.Place) == "" {
			all = append(all, t.unknown(p.Party, "L8"))
		}
	}
	return all
}

// resolve applies L3 to L7 to what is known of one party at one moment.
func (t *Table) resolve(p Party, signals []Signal) []ResolvedPlace {
	var known, firm []Signal
	for _, s := range signals {
		if s.Place = t.normal(s.Place); s.Place == "" {
			continue
		}
		known = append(known, s)
		if !s.VPN {
			firm = append(firm, s)
		}
	}
	var out []ResolvedPlace
	for _, s := range known {
		if !refined(s.Place, firm) {
			out = append(out, t.place(p, s, "L1"))
		}
	}
	switch {
	case len(known) == 0:
		out = append(out, t.unknown(p, "L6"))
	case len(firm) == 0:
		out = append(out, t.unknown(p, "L7"))
	}
	return out
}

// refined reports whether a firm signal names a part of the country that place
// names as a whole (L4). A VPN address confirms nothing (L7), so it refines
// nothing.
func refined(place string, firm []Signal) bool {
	return slices.ContainsFunc(firm, func(s Signal) bool {
		return s.Place != place && countryOf(s.Place) == place
	})
}

func (t *Table) place(p Party, s Signal, rule string) ResolvedPlace {
	e, found := t.lookup(s.Place)
	rules := []string{rule}
	if found != "L1" {
		rules = append(rules, found)
	}
	if t.unreviewed(e) {
		e, rules = t.lastResort(), append(rules, RuleReview)
	}
	return ResolvedPlace{
		Party: p, Code: e.Code, Name: e.Name, Form: e.EffectiveForm(),
		Said: []string{s.Place}, Sources: []Source{s.Source}, Rules: rules, entry: e,
	}
}

func (t *Table) unknown(p Party, rule string) ResolvedPlace {
	e := t.lastResort()
	return ResolvedPlace{Party: p, Code: e.Code, Name: e.Name, Form: e.EffectiveForm(), Rules: []string{rule}, entry: e}
}

func (t *Table) lastResort() Entry {
	if e, ok := t.fallbacks[codeUnknown]; ok {
		return e
	}
	return strictestEntry()
}

// lookup finds the entry for a code that normal has put into shape.
func (t *Table) lookup(code string) (Entry, string) {
	if _, divided := t.subdivisions[code]; divided {
		return t.fallbacks[fallbackOf(code)], "L5"
	}
	if e, ok := t.entries[code]; ok {
		return e, "L1"
	}
	if e, ok := t.fallbacks[code]; ok && code != codeUnknown {
		return e, "L5"
	}
	country := countryOf(code)
	if t.subdivisions[country] == UnlistedFallback {
		return t.fallbacks[fallbackOf(country)], "L5"
	}
	if e, ok := t.entries[country]; ok && wellFormed(code) {
		return e, "L5"
	}
	return t.lastResort(), "L6"
}

// normal puts a code into the shape of the table: upper case, aliases replaced
// (L9), "" for unknown. What is no ISO code at all becomes codeUnknown: it says
// something, but nothing that could be trusted.
func (t *Table) normal(place string) string {
	code := strings.ToUpper(strings.TrimSpace(place))
	switch {
	case code == "" || code == "?":
		return ""
	case !wellFormed(code):
		return codeUnknown
	}
	country := countryOf(code)
	to, aliased := t.aliases[country]
	switch {
	case !aliased:
		return code
	case countryOf(to) != to:
		return to
	default:
		return to + code[len(country):]
	}
}

// IsPlaceCode reports whether code has the shape of ISO 3166-1 alpha-2 or ISO
// 3166-2, in any case. It need not be listed anywhere.
func IsPlaceCode(code string) bool { return wellFormed(strings.ToUpper(code)) }

// wellFormed reports whether code looks like ISO 3166-1 alpha-2, or ISO 3166-2
// with one to three letters or digits after the hyphen.
func wellFormed(code string) bool {
	country, part, divided := strings.Cut(code, "-")
	if len(country) != 2 || !letter(country[0]) || !letter(country[1]) {
		return false
	}
	if !divided {
		return true
	}
	if len(part) < 1 || len(part) > 3 {
		return false
	}
	for i := range len(part) {
		if c := part[i]; !letter(c) && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func letter(c byte) bool { return 'A' <= c && c <= 'Z' }

func countryOf(code string) string {
	country, _, _ := strings.Cut(code, "-")
	return country
}

func fallbackOf(country string) string { return country + "-" + codeUnknown }

// mergePlaces joins what was said twice and sorts, so that the order of the
// facts never shows in a verdict.
func mergePlaces(all []ResolvedPlace) []ResolvedPlace {
	slices.SortStableFunc(all, func(a, b ResolvedPlace) int {
		return cmp.Or(compareParty(a.Party, b.Party), cmp.Compare(a.Code, b.Code))
	})
	var out []ResolvedPlace
	for _, p := range all {
		if n := len(out); n > 0 && out[n-1].Party == p.Party && out[n-1].Code == p.Code {
			last := &out[n-1]
			last.Said = append(last.Said, p.Said...)
			last.Sources = append(last.Sources, p.Sources...)
			last.Rules = append(last.Rules, p.Rules...)
			continue
		}
		out = append(out, p)
	}
	for i := range out {
		out[i].Said = sortedSet(out[i].Said)
		out[i].Sources = sortedSet(out[i].Sources)
		out[i].Rules = sortedSet(out[i].Rules)
	}
	return out
}

func sortedSet[T cmp.Ordered](list []T) []T {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

func compareParty(a, b Party) int {
	return cmp.Or(cmp.Compare(partyRank(a), partyRank(b)), cmp.Compare(a, b))
}

func partyRank(p Party) int {
	switch p {
	case Caller:
		return 0
	case Callee:
		return 1
	case Third:
		return 2
	case RecorderSide:
		return 4
	default:
		return 3
	}
}

package words

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/recorder/consent"
)

// why explains the verdict to the party p: where everybody may be, which place's
// rule decides, and what is policy. It says of nobody else how old they are or
// what they answered.
func why(t texts, v consent.Verdict, p consent.Party, ctx Context) []string {
	lines := []string{whereabouts(t, v, p, ctx)}
	if names := placeNames(t, v.Places, consent.RecorderSide); len(names) > 0 {
		lines = append(lines, upperFirst(fill(t.RecorderIn, "place", list(t.And, names))))
	}
	lines = append(lines, upperFirst(ruleLine(t, v)))
	if isMinor(v, p) {
		lines = append(lines, t.WhyMinor)
	}
	if needsGuardian(v, p) {
		lines = append(lines, fill(t.WhyGuardian, "age", strconv.Itoa(v.MinAge)))
	}
	return append(lines, t.WhyNoCounts, t.NotAdvice)
}

// whereabouts names the places of all parties, p first. Who has left is named
// too, for their place still counts.
func whereabouts(t texts, v consent.Verdict, p consent.Party, ctx Context) string {
	clauses := []string{clause(t, v, p, "", t.YouIn, t.YouMaybe, t.YouUnknown)}
	for _, other := range parties(v) {
		if other != p {
			clauses = append(clauses, clause(t, v, other, label(t, other, ctx), t.OtherIn, t.OtherMaybe, t.OtherUnknown))
		}
	}
	return upperFirst(list(t.And, clauses)) + "."
}

func clause(t texts, v consent.Verdict, p consent.Party, name, in, maybe, unknown string) string {
	var mine []consent.ResolvedPlace
	for _, r := range v.Places {
		if r.Party == p {
			mine = append(mine, r)
		}
	}
	names := placeNames(t, mine, p)
	switch {
	case len(mine) == 1 && len(mine[0].Said) == 0:
		return fill(unknown, "name", name)
	case len(names) == 1:
		return fill(in, "name", name, "place", names[0])
	default:
		return fill(maybe, "name", name, "place", list(t.Or, names))
	}
}

// ruleLine says which place's rule decides and what it asks.
func ruleLine(t texts, v consent.Verdict) string {
	rule := map[consent.Form]string{
		consent.FormNone: t.FormNone, consent.FormNotice: t.FormNotice, consent.FormExpress: t.FormExpress,
	}[v.Form]
	governing, all := distinct(t, v.Governing()), distinct(t, v.Places)
	var known []string
	for _, g := range v.Governing() {
		if !isFallback(g.Code) && !slices.Contains(known, placeName(t, g)) {
			known = append(known, placeName(t, g))
		}
	}
	switch {
	case len(governing) == 0:
		return fill(t.RuleOperator, "rule", rule)
	case len(known) == 0:
		return fill(t.RuleUnknown, "rule", rule)
	case len(all) == 1:
		return fill(t.RuleOnly, "place", known[0], "rule", rule)
	case len(governing) == len(all):
		return fill(t.RuleSame, "rule", rule)
	case len(known) > 1:
		return fill(t.RuleSome, "place", list(t.And, known), "rule", rule)
	case len(all) == 2:
		return fill(t.RuleStricter, "place", known[0], "rule", rule)
	default:
		return fill(t.RuleStrictest, "place", known[0], "rule", rule)
	}
}

// sourcesPerPlace keeps the list readable; the verdict holds them all.
const sourcesPerPlace = 3

// sources lists what the governing places' rules rest on, and for a child the
// source of the age limit: nobody else is to learn that there is a child.
func sources(v consent.Verdict, p consent.Party) []Source {
	// The sources are in the table's language, and so are the names with them.
	name := map[string]string{}
	for _, r := range v.Places {
		name[r.Code] = r.Name
	}
	type group struct{ id, place string }
	count := map[group]int{}
	out := []Source{}
	for _, r := range v.Rules {
		g := group{r.ID, r.Place}
		hidden := r.ID == consent.RuleM1 && !needsGuardian(v, p)
		if r.Place == "" || r.Citation == "" || hidden || count[g] == sourcesPerPlace {
			continue
		}
		count[g]++
		out = append(out, Source{Place: name[r.Place], Citation: r.Citation, Says: r.Says})
	}
	return out
}

// parties lists whose places count, in the verdict's order.
func parties(v consent.Verdict) []consent.Party {
	var out []consent.Party
	for _, r := range v.Places {
		if r.Party != consent.RecorderSide && !slices.Contains(out, r.Party) {
			out = append(out, r.Party)
		}
	}
	return out
}

func placeNames(t texts, places []consent.ResolvedPlace, p consent.Party) []string {
	var mine []consent.ResolvedPlace
	for _, r := range places {
		if r.Party == p {
			mine = append(mine, r)
		}
	}
	return distinct(t, mine)
}

func distinct(t texts, places []consent.ResolvedPlace) []string {
	var out []string
	for _, r := range places {
		if name := placeName(t, r); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func placeName(t texts, r consent.ResolvedPlace) string {
	if name, ok := t.Places[r.Code]; ok {
		return name
	}
	return fill(t.PlaceOther, "name", r.Name)
}

func isFallback(code string) bool { return code == "ZZ" || strings.HasSuffix(code, "-ZZ") }

func label(t texts, p consent.Party, ctx Context) string {
	if name := ctx.Others[p].Name; name != "" {
		return name
	}
	switch p {
	case consent.Caller:
		return t.Parties.Caller
	case consent.Callee:
		return t.Parties.Callee
	case consent.Third:
		return t.Parties.Third
	default:
		return t.Parties.Somebody
	}
}

func withRole(t texts, p consent.Party, ctx Context) string {
	name := label(t, p, ctx)
	if role := ctx.Others[p].Role; role != "" {
		return fill(t.NamedRole, "name", name, "role", role)
	}
	return name
}

// list joins all but the last item with commas and the last with the
// catalogue's word.
func list(last string, items []string) string {
	switch n := len(items); n {
	case 0:
		return ""
	case 1:
		return items[0]
	default:
		return fill(last, "first", strings.Join(items[:n-1], ", "), "last", items[n-1])
	}
}

func upperFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

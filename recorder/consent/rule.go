package consent

import "slices"

// Ids of the rules that can decide.
const (
	RuleP1       = "P1"        // an explicit no or a withdrawal
	RuleP2       = "P2"        // a forbidden purpose
	RuleM1       = "M1"        // a child without guardian's and own yes
	RuleM2       = "M2"        // a minor without own yes
	RuleM3       = "M3"        // an age that must be known first
	RuleNoMinors = "M-never"   // the operator never records minors
	RuleNobody   = "E-nobody"  // nobody is on the call
	RuleENone    = "E-none"    // one yes is enough
	RuleENotice  = "E-notice"  // everybody must be told
	RuleEExpress = "E-express" // everybody must say yes
	RuleReview   = "R-review"  // an entry that nobody has reviewed counts as unknown
	RuleOperator = "O-form"    // the operator asks for more than the places do
)

// RuleRef is one reason of a verdict.
type RuleRef struct {
	ID string `json:"id"`
	// Place is the code of the place whose rule it is; empty for rules that
	// belong to no place.
	Place string `json:"place,omitempty"`
	// Says is one English sentence; for a place, what its source says.
	Says     string `json:"says"`
	Citation string `json:"citation,omitempty"`
}

func formRule(f Form) string {
	switch f {
	case FormNone:
		return RuleENone
	case FormNotice:
		return RuleENotice
	default:
		return RuleEExpress
	}
}

// ruleRefs lists the deciding rule, the sources of the governing places, the
// source of the age limit if a minor is on the call, and how places were found.
func ruleRefs(v Verdict) []RuleRef {
	refs := []RuleRef{general(v.Rule)}
	if form := formRule(v.Form); form != v.Rule {
		refs = append(refs, general(form))
	}
	governing := v.Governing()
	if len(governing) == 0 {
		refs = append(refs, general(RuleOperator))
	}
	for _, p := range governing {
		for _, b := range p.entry.Basis {
			refs = append(refs, RuleRef{ID: formRule(v.Form), Place: p.Code, Says: b.Says, Citation: b.Cite})
		}
	}
	if slices.Contains([]string{RuleM1, RuleM2}, v.Rule) || slices.ContainsFunc(v.ExpressFrom, Person.IsGuardian) {
		refs = append(refs, ageRefs(v)...)
	}
	for _, p := range v.Places {
		for _, id := range p.Rules {
			if id != "L1" {
				refs = append(refs, RuleRef{ID: id, Place: p.Code, Says: says(id)})
			}
		}
	}
	return distinct(refs)
}

func ageRefs(v Verdict) []RuleRef {
	var refs []RuleRef
	for _, p := range v.Places {
		if p.entry.MinAge == v.MinAge {
			refs = append(refs, RuleRef{ID: RuleM1, Place: p.Code, Says: says(RuleM1), Citation: p.entry.MinAgeSource})
		}
	}
	return refs
}

func distinct(refs []RuleRef) []RuleRef {
	var out []RuleRef
	for _, r := range refs {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

func general(id string) RuleRef {
	r := RuleRef{ID: id, Says: says(id)}
	switch id {
	case RuleP1, RuleM2, RuleM3, RuleNoMinors, RuleOperator:
		r.Citation = "policy"
	case RuleP2:
		r.Citation = "18 U.S.C. 2511(2)(d)"
	}
	return r
}

func says(id string) string {
	switch id {
	case RuleP1:
		return "A no or a withdrawal by anyone keeps recording off for everybody."
	case RuleP2:
		return "No consent covers a recording made for a crime or a tort."
	case RuleM1:
		return "Below this age a parent or guardian must agree, and the child too."
	case RuleM2:
		return "A minor must say yes; staying on is never enough."
	case RuleM3:
		return "The age of everybody must be known first."
	case RuleNoMinors:
		return "This service never records anybody under 18."
	case RuleReview:
		return "Nobody of the operator's counsel has reviewed the entry, so the strictest rule is used."
	case RuleOperator:
		return "The operator asks for more than the law of the places does."
	case RuleNobody:
		return "Nobody is on the call."
	case RuleENone:
		return "One person on the call must say yes; nobody else need be asked."
	case RuleENotice:
		return "Everybody must be told first, and may then stay on or say no."
	case RuleEExpress:
		return "Everybody must say yes first."
	case "L2":
		return "The place of the recorder counts too."
	case "L5":
		return "The part of the country is unknown or not listed, so the entry for that case is used."
	case "L6":
		return "The place is unknown or not listed, so the strictest rule is used."
	case "L7":
		return "The place is known only through a hidden address, so the strictest rule is used too."
	case "L8":
		return "Somebody moved to an unknown place, so the strictest rule is used too."
	default:
		return id
	}
}

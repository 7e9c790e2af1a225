package receipt

import (
	"slices"

	"parley/recorder/consent"
)

// Judgement is the part of a verdict that the ledger and receipts keep.
type Judgement struct {
	TableVersion string           `json:"table_version"`
	Form         consent.Form     `json:"form"`
	Decision     consent.Decision `json:"decision"`
	Rule         string           `json:"rule"`
	// ExpressFrom lists whose active yes is needed, NoticeTo who must be told.
	ExpressFrom []consent.Person        `json:"express_from"`
	NoticeTo    []consent.Party         `json:"notice_to"`
	Places      []consent.ResolvedPlace `json:"places"`
	Rules       []consent.RuleRef       `json:"rules"`
}

// Judged takes from a verdict what is kept.
func Judged(v consent.Verdict) Judgement {
	return Judgement{
		TableVersion: v.TableVersion, Form: v.Form, Decision: v.Decision, Rule: v.Rule,
		ExpressFrom: v.ExpressFrom, NoticeTo: v.NoticeTo, Places: v.Places, Rules: v.Rules,
	}
}

// For is the judgement as one party may keep it: of the others' places only those
// whose rule decided, for they explain the verdict, and of these nothing but the
// code, the name and the form: neither what was said nor where it came from.
func (j Judgement) For(p consent.Party) Judgement {
	mine := []consent.ResolvedPlace{}
	for _, place := range j.Places {
		switch {
		case place.Party == p, place.Party == consent.RecorderSide:
			mine = append(mine, place)
		case place.Form == j.Form:
			mine = append(mine, consent.ResolvedPlace{Party: place.Party, Code: place.Code, Name: place.Name, Form: place.Form, Rules: []string{}})
		}
	}
	j.Places = mine
	j.Rules = slices.DeleteFunc(slices.Clone(j.Rules), func(r consent.RuleRef) bool {
		return r.Place != "" && !slices.ContainsFunc(mine, func(k consent.ResolvedPlace) bool { return k.Code == r.Place })
	})
	return j
}

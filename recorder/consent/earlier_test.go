package consent_test

import (
	"testing"

	"parley/recorder/consent"
)

// TestEarlierConsent: an earlier yes counts within its scope only.
func TestEarlierConsent(t *testing.T) {
	const month = 30 * 24 * 60 * 60 // seconds
	tab := embedded(t)
	tx := tab.Judge(consent.Policy{}, facts(at(consent.Caller, "US-TX", none), at(consent.Callee, "US-CA", none)))
	policy := consent.EarlierPolicy{Allowed: true, MaxAgeDays: 90}
	yes := consent.Earlier{Answer: express, AgeS: month, Purpose: []string{"quality", "training"}, Wording: "en-2"}
	scope := consent.Scope{Purpose: []string{"quality"}, Wording: "en-2"}
	type change func(*consent.EarlierPolicy, *consent.Verdict, *consent.Earlier, *consent.Scope)
	judge := func(parties ...consent.PartyFacts) change {
		return func(_ *consent.EarlierPolicy, v *consent.Verdict, _ *consent.Earlier, _ *consent.Scope) {
			*v = tab.Judge(consent.Policy{}, facts(parties...))
		}
	}
	ago := func(seconds int64) change {
		return func(_ *consent.EarlierPolicy, _ *consent.Verdict, e *consent.Earlier, _ *consent.Scope) {
			e.AgeS = seconds
		}
	}
	tests := []struct {
		name   string
		change change
		want   consent.EarlierRule
	}{
		{"as it stands", ago(month), consent.EarlierCounts},
		{"on its last day", ago(3 * month), consent.EarlierCounts},
		{"the operator lets none count", func(p *consent.EarlierPolicy, _ *consent.Verdict, _ *consent.Earlier, _ *consent.Scope) {
			p.Allowed = false
		}, consent.EarlierOff},
		{"everybody must agree per call", judge(at(consent.Caller, "DE", none), at(consent.Callee, "US-TX", none)), consent.EarlierPerCall},
		{"unknown place", judge(at(consent.Caller, "", none)), consent.EarlierPerCall},
		{"a minor is on the call", judge(aged(at(consent.Caller, "US-TX", none), 16), at(consent.Callee, "US-TX", none)), consent.EarlierPerCall},
		{"no verdict", func(_ *consent.EarlierPolicy, v *consent.Verdict, _ *consent.Earlier, _ *consent.Scope) {
			*v = consent.Verdict{}
		}, consent.EarlierPerCall},
		{"it was staying on", func(_ *consent.EarlierPolicy, _ *consent.Verdict, e *consent.Earlier, _ *consent.Scope) {
			e.Answer = continued
		}, consent.EarlierNoYes},
		{"it was a no", func(_ *consent.EarlierPolicy, _ *consent.Verdict, e *consent.Earlier, _ *consent.Scope) {
			e.Answer = declined
		}, consent.EarlierNoYes},
		{"it was taken back", func(_ *consent.EarlierPolicy, _ *consent.Verdict, e *consent.Earlier, _ *consent.Scope) {
			e.Withdrawn = true
		}, consent.EarlierWithdrawn},
		{"a new purpose", func(_ *consent.EarlierPolicy, _ *consent.Verdict, _ *consent.Earlier, s *consent.Scope) {
			s.Purpose = []string{"quality", "research"}
		}, consent.EarlierPurpose},
		{"no purpose", func(_ *consent.EarlierPolicy, _ *consent.Verdict, _ *consent.Earlier, s *consent.Scope) {
			s.Purpose = nil
		}, consent.EarlierPurpose},
		{"other words", func(_ *consent.EarlierPolicy, _ *consent.Verdict, _ *consent.Earlier, s *consent.Scope) {
			s.Wording = "en-3"
		}, consent.EarlierWording},
		{"too old", ago(3*month + 1), consent.EarlierTooOld},
		{"from the future", ago(-1), consent.EarlierTooOld},
		{"never older than a year", func(p *consent.EarlierPolicy, _ *consent.Verdict, e *consent.Earlier, _ *consent.Scope) {
			p.MaxAgeDays, e.AgeS = 36500, 366*24*60*60
		}, consent.EarlierTooOld},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, v, e, s := policy, tx, yes, scope
			tt.change(&p, &v, &e, &s)
			ok, rule := p.Counts(v, e, s)
			if rule != tt.want || ok != (tt.want == consent.EarlierCounts) {
				t.Errorf("got %t by %s, want %s", ok, rule, tt.want)
			}
		})
	}
}

package consent_test

import (
	"encoding/json"
	"errors"
	"testing"

	"parley/recorder/consent"
)

func TestGrant(t *testing.T) {
	tab := embedded(t)
	allowed := tab.Judge(consent.Policy{}, facts(at(consent.Caller, "DE", express), at(consent.Callee, "DE", express)))
	g, err := allowed.Grant()
	if err != nil || !g.Valid() {
		t.Fatalf("Grant: got valid %t, error %v; want a valid grant", g.Valid(), err)
	}
	if got, want := g.TableVersion(), tab.Version(); got != want {
		t.Errorf("TableVersion: got %q, want %q", got, want)
	}
	g.Rules()[0].ID = "changed"
	if got, want := g.Rules()[0].ID, consent.RuleEExpress; got != want {
		t.Errorf("first rule after a change to a copy: got %q, want %q", got, want)
	}
	if (consent.Grant{}).Valid() {
		t.Error("the zero Grant is valid")
	}
}

func TestNoGrant(t *testing.T) {
	tab := embedded(t)
	refused := tab.Judge(consent.Policy{}, facts(at(consent.Caller, "DE", express), at(consent.Callee, "US-TX", continued)))
	allowed := tab.Judge(consent.Policy{}, facts(at(consent.Caller, "DE", express)))
	forged := refused
	forged.Decision = consent.Record
	var decoded consent.Verdict
	data, err := json.Marshal(allowed)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &decoded); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		verdict consent.Verdict
		rule    string
	}{
		{"refused", refused, consent.RuleEExpress},
		{"decision changed by hand", forged, consent.RuleEExpress},
		{"zero", consent.Verdict{}, ""},
		{"made by hand", consent.Verdict{Decision: consent.Record}, ""},
		{"decoded", decoded, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, err := tt.verdict.Grant()
			var e *consent.RefusedError
			if !errors.As(err, &e) || g.Valid() || tt.verdict.MayRecord() {
				t.Fatalf("Grant: got valid %t, error %v; want a *RefusedError", g.Valid(), err)
			}
			if e.Rule != tt.rule {
				t.Errorf("rule: got %q, want %q", e.Rule, tt.rule)
			}
			if e.Rule != "" && (len(e.Places) != 1 || e.Places[0] != "DE") {
				t.Errorf("places: got %v, want [DE]", e.Places)
			}
			if e.Error() == "" {
				t.Error("empty error text")
			}
		})
	}
}

func TestGrantCovers(t *testing.T) {
	tab := embedded(t)
	both := facts(at(consent.Caller, "DE", express), at(consent.Callee, "DE", express))
	one := facts(at(consent.Caller, "DE", express))
	tests := []struct {
		name     string
		facts    consent.Facts
		of, call string
		parties  []consent.Party
		want     bool
	}{
		{"its call and both parties", both, "a", "a", []consent.Party{consent.Caller, consent.Callee}, true},
		{"its call and one of them", both, "a", "a", []consent.Party{consent.Callee}, true},
		{"another call", both, "a", "b", []consent.Party{consent.Caller}, false},
		{"facts without a call", both, "", "", []consent.Party{consent.Caller}, false},
		{"a party that was not judged", one, "a", "a", []consent.Party{consent.Caller, consent.Callee}, false},
		{"a third", both, "a", "a", []consent.Party{consent.Caller, consent.Third}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.facts.Call = tt.of
			v := tab.Judge(consent.Policy{}, tt.facts)
			v.Present = []consent.Party{consent.Caller, consent.Callee, consent.Third} // changes nothing
			g, err := v.Grant()
			if err != nil {
				t.Fatal(err)
			}
			if got := g.Covers(tt.call, tt.parties...); got != tt.want {
				t.Errorf("Covers(%q, %v): got %t, want %t", tt.call, tt.parties, got, tt.want)
			}
		})
	}
	if (consent.Grant{}).Covers("") || (consent.Grant{}).Covers("a") {
		t.Error("the zero Grant covers a call")
	}
}

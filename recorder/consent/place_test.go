package consent_test

import (
	"slices"
	"testing"

	"parley/recorder/consent"
)

func sig(place string, s consent.Source) consent.Signal {
	return consent.Signal{Place: place, Source: s}
}

func hidden(place string) consent.Signal {
	return consent.Signal{Place: place, Source: consent.SourceIP, VPN: true}
}

func TestPlacesOfAParty(t *testing.T) {
	type signals = []consent.Signal
	d, ip := consent.SourceDeclared, consent.SourceIP
	tests := []struct {
		name  string
		known signals
		later signals
		want  []string
	}{
		{"L1 declared", signals{sig("US-TX", d)}, nil, []string{"US-TX"}},
		{"lower case and space", signals{sig(" us-tx ", d)}, nil, []string{"US-TX"}},
		{"L3 union", signals{sig("US-TX", d), sig("DE", ip)}, nil, []string{"DE", "US-TX"}},
		{"L3 the same twice", signals{sig("DE", d), sig("DE", ip)}, nil, []string{"DE"}},
		{"L4 coarse agrees with fine", signals{sig("US-TX", d), sig("US", ip)}, nil, []string{"US-TX"}},
		{"L4 only within the country", signals{sig("US-TX", d), sig("CA", ip)}, nil, []string{"CA-ZZ", "US-TX"}},
		{"L4 through an alias", signals{sig("UK", d), sig("GB-SCT", ip)}, nil, []string{"GB"}},
		{"L5 bare US", signals{sig("US", d)}, nil, []string{"US-ZZ"}},
		{"L5 bare AU", signals{sig("AU", d)}, nil, []string{"AU-ZZ"}},
		{"L5 bare CA", signals{sig("CA", d)}, nil, []string{"CA-ZZ"}},
		{"L5 unlisted state", signals{sig("US-GU", d)}, nil, []string{"US-ZZ"}},
		{"L5 unlisted province", signals{sig("CA-ON", d)}, nil, []string{"CA"}},
		{"L5 listed province", signals{sig("CA-QC", d)}, nil, []string{"CA-QC"}},
		{"L5 unknown province by name", signals{sig("CA-ZZ", d)}, nil, []string{"CA-ZZ"}},
		{"L5 any other country", signals{sig("DE-BY", d)}, nil, []string{"DE"}},
		{"L6 nothing known", nil, nil, []string{"ZZ"}},
		{"L6 question mark", signals{sig("?", d)}, nil, []string{"ZZ"}},
		{"L6 a source that knew nothing adds nothing", signals{sig("DE", d), sig("", ip)}, nil, []string{"DE"}},
		{"L6 unlisted country", signals{sig("KE", d)}, nil, []string{"ZZ"}},
		{"L6 unlisted country with part", signals{sig("KE-30", d)}, nil, []string{"ZZ"}},
		{"L6 no code at all", signals{sig("Germany", d)}, nil, []string{"ZZ"}},
		{"L6 code with a gap", signals{sig("DE-", d)}, nil, []string{"ZZ"}},
		{"L6 code too long", signals{sig("CA-ONTA", d)}, nil, []string{"ZZ"}},
		{"L7 only a hidden address", signals{hidden("US-TX")}, nil, []string{"US-TX", "ZZ"}},
		{"L7 two hidden addresses", signals{hidden("US-TX"), hidden("DE")}, nil, []string{"DE", "US-TX", "ZZ"}},
		{"L7 beside a firm one", signals{sig("US-TX", d), hidden("DE")}, nil, []string{"DE", "US-TX"}},
		{"L7 confirms nothing", signals{sig("US", d), hidden("US-TX")}, nil, []string{"US-TX", "US-ZZ"}},
		{"L7 coarse beside firm fine", signals{sig("US-TX", d), hidden("US")}, nil, []string{"US-TX"}},
		{"L8 moves", signals{sig("US-TX", d)}, signals{sig("US-CA", ip)}, []string{"US-CA", "US-TX"}},
		{"L8 late precision does not loosen", signals{sig("US", d)}, signals{sig("US-TX", ip)}, []string{"US-TX", "US-ZZ"}},
		{"L8 late knowledge does not loosen", nil, signals{sig("US-TX", ip)}, []string{"US-TX", "ZZ"}},
		{"L8 late firm does not lift L7", signals{hidden("US-TX")}, signals{sig("US-TX", d)}, []string{"US-TX", "ZZ"}},
		{"L8 coarse later agrees", signals{sig("US-TX", d)}, signals{sig("US", ip)}, []string{"US-TX"}},
		{"L8 coarse, then fine", signals{sig("DE", d)}, signals{sig("US", ip), sig("US-TX", ip)}, []string{"DE", "US-TX", "US-ZZ"}},
		{"L8 fine, then coarse", signals{sig("DE", d)}, signals{sig("US-TX", ip), sig("US", ip)}, []string{"DE", "US-TX"}},
		{"L8 moved to who knows where", signals{sig("US-TX", d)}, signals{sig("", ip)}, []string{"US-TX", "ZZ"}},
		{"L9 PR", signals{sig("PR", d)}, nil, []string{"US-PR"}},
		{"L9 EL", signals{sig("EL", d)}, nil, []string{"GR"}},
		{"L9 UK with part", signals{sig("UK-ENG", d)}, nil, []string{"GB"}},
		{"L9 Delaware is not Germany", signals{sig("US-DE", d)}, nil, []string{"US-DE"}},
		{"L9 Norway", signals{sig("NO", d)}, nil, []string{"NO"}},
	}
	tab := embedded(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := consent.PartyFacts{Party: consent.Caller, Signals: tt.known, Later: tt.later}
			got := codes(tab.Judge(consent.Policy{}, facts(p)), consent.Caller)
			if !slices.Equal(got, tt.want) {
				t.Errorf("places of %v then %v: got %v, want %v", tt.known, tt.later, got, tt.want)
			}
		})
	}
}

func TestRecorderPlaces(t *testing.T) {
	tab := embedded(t)
	f := facts(at(consent.Caller, "US-TX", consent.AnswerExpress))
	f.Recorder = []consent.Signal{
		{Place: "US", Source: consent.SourceServer},
		{Place: "US-NV", Source: consent.SourceOperator},
		{Place: "", Source: consent.SourceServer},
	}
	v := tab.Judge(consent.Policy{}, f)
	// The server's country is not made finer by the operator's seat.
	if got, want := codes(v, consent.RecorderSide), []string{"US-NV", "US-ZZ"}; !slices.Equal(got, want) {
		t.Errorf("places of the recorder: got %v, want %v", got, want)
	}
	if v.Form != consent.FormExpress {
		t.Errorf("form: got %s, want express", v.Form)
	}
	if slices.Contains(v.NoticeTo, consent.RecorderSide) {
		t.Errorf("notice_to: got %v, want no recorder", v.NoticeTo)
	}
}

func TestZeroTableIsTheStrictest(t *testing.T) {
	v := new(consent.Table).Judge(consent.Policy{}, facts(
		at(consent.Caller, "US-TX", consent.AnswerExpress), at(consent.Callee, "US-NY", consent.AnswerContinued)))
	if v.Form != consent.FormExpress || v.MinAge != 18 || v.MayRecord() {
		t.Errorf("zero table: got form %s, age %d, may record %t; want express, 18, false", v.Form, v.MinAge, v.MayRecord())
	}
}

func TestLookupGivesACopy(t *testing.T) {
	tab := embedded(t)
	e, rule := tab.Lookup("de-by")
	if e.Code != "DE" || rule != "L5" {
		t.Fatalf("Lookup(de-by): got %s by %s, want DE by L5", e.Code, rule)
	}
	e.Basis[0].Cite = "changed"
	if again, _ := tab.Lookup("DE"); again.Basis[0].Cite == "changed" {
		t.Error("a change to a looked-up entry reached the table")
	}
}

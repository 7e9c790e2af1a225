package consent_test

import (
	"bytes"
	"os"
	"testing"

	"gopkg.in/yaml.v3"

	"parley/recorder/consent"
)

// The format of testdata/vectors.yaml, as its header explains it.
type vector struct {
	ID      string         `yaml:"id"`
	Caller  *string        `yaml:"caller_jurisdiction"`
	Callee  *string        `yaml:"callee_jurisdiction"`
	AgeA    *int           `yaml:"caller_age"`
	AgeB    *int           `yaml:"callee_age"`
	Signals vectorSignals  `yaml:"signals"`
	Answers vectorAnswers  `yaml:"answers"`
	Events  []vectorEvent  `yaml:"events"`
	Want    vectorExpected `yaml:"expected"`
}

type vectorSignals struct {
	Server     string      `yaml:"server"`
	NoticeMode string      `yaml:"notice_mode"`
	Caller     vectorHints `yaml:"caller"`
	Callee     vectorHints `yaml:"callee"`
}

type vectorHints struct {
	IP       string `yaml:"ip"`
	Geo      string `yaml:"geo"`
	Billing  string `yaml:"billing"`
	Phone    string `yaml:"phone"`
	VPN      bool   `yaml:"vpn"`
	Timezone string `yaml:"timezone"`
	Language string `yaml:"language"`
}

type vectorAnswers struct {
	Caller         consent.Answer `yaml:"caller"`
	Callee         consent.Answer `yaml:"callee"`
	CallerGuardian consent.Answer `yaml:"caller_guardian"`
	CalleeGuardian consent.Answer `yaml:"callee_guardian"`
}

type vectorEvent struct {
	Type         string         `yaml:"type"`
	Party        consent.Party  `yaml:"party"`
	By           consent.Person `yaml:"by"`
	Jurisdiction *string        `yaml:"jurisdiction"`
	Answer       consent.Answer `yaml:"answer"`
	To           string         `yaml:"to"`
	Reason       string         `yaml:"reason"`
	Purpose      string         `yaml:"purpose"`
	Recipient    string         `yaml:"recipient"`
	Age          int            `yaml:"age"`
}

type vectorExpected struct {
	Decision    consent.Decision `yaml:"decision"`
	MayRecord   bool             `yaml:"may_record"`
	NoticeTo    []consent.Party  `yaml:"notice_to"`
	ExpressFrom []consent.Person `yaml:"express_from"`
	Beep        consent.Beep     `yaml:"beep"`
	Reason      string           `yaml:"reason"`
}

func (v vector) facts() consent.Facts {
	f := consent.Facts{
		Parties: []consent.PartyFacts{
			{Party: consent.Caller, Signals: v.Signals.Caller.signals(v.Caller), Age: v.AgeA, Answer: v.Answers.Caller, GuardianAnswer: v.Answers.CallerGuardian},
			{Party: consent.Callee, Signals: v.Signals.Callee.signals(v.Callee), Age: v.AgeB, Answer: v.Answers.Callee, GuardianAnswer: v.Answers.CalleeGuardian},
		},
		BeepOnly: v.Signals.NoticeMode == "beep_only",
	}
	if v.Signals.Server != "" {
		f.Recorder = []consent.Signal{{Place: v.Signals.Server, Source: consent.SourceServer}}
	}
	return f
}

func (h vectorHints) signals(declared *string) []consent.Signal {
	all := []consent.Signal{
		{Place: h.IP, Source: consent.SourceIP, VPN: h.VPN},
		{Place: h.Geo, Source: consent.SourceGeo},
		{Place: h.Billing, Source: consent.SourceBilling},
		{Place: h.Phone, Source: consent.SourcePhone},
	}
	if declared != nil {
		all = append(all, consent.Signal{Place: *declared, Source: consent.SourceDeclared})
	}
	return all
}

func (e vectorEvent) event(t testing.TB) consent.Event {
	t.Helper()
	switch e.Type {
	case "join":
		place := ""
		if e.Jurisdiction != nil {
			place = *e.Jurisdiction
		}
		return consent.Join{Party: e.Party, Place: place, Source: consent.SourceDeclared, Answer: e.Answer}
	case "leave":
		return consent.Leave{Party: e.Party}
	case "location":
		return consent.Location{Party: e.Party, Place: e.To, Source: consent.SourceGeo}
	case "withdraw":
		return consent.Withdraw{By: e.By}
	case "consent":
		return consent.Consent{By: e.By}
	case "continued":
		return consent.Continued{By: e.By}
	case "pause":
		return consent.Pause{Reason: e.Reason}
	case "resume":
		return consent.Resume{}
	case "purpose_change":
		return consent.PurposeChange{Purpose: e.Purpose}
	case "recipient_added":
		return consent.RecipientAdded{Recipient: e.Recipient}
	case "age_learned":
		return consent.AgeLearned{Party: e.Party, Age: e.Age}
	}
	t.Fatalf("unknown event type %q", e.Type)
	return nil
}

func readVectors(t testing.TB) []vector {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&list); err != nil {
		t.Fatal(err)
	}
	if got, want := len(list), 42; got != want {
		t.Fatalf("vectors: got %d, want %d", got, want)
	}
	return list
}

func TestVectors(t *testing.T) {
	tab := embedded(t)
	for _, vec := range readVectors(t) {
		t.Run(vec.ID, func(t *testing.T) {
			f := vec.facts()
			for _, e := range vec.Events {
				f = consent.Apply(f, e.event(t))
			}
			got := tab.Judge(consent.Policy{}, f)
			if got.Decision != vec.Want.Decision {
				t.Errorf("decision: got %s by %s, want %s (%s)", got.Decision, got.Rule, vec.Want.Decision, vec.Want.Reason)
			}
			if got.MayRecord() != vec.Want.MayRecord {
				t.Errorf("may_record: got %t, want %t", got.MayRecord(), vec.Want.MayRecord)
			}
			if !sameSet(got.NoticeTo, vec.Want.NoticeTo) {
				t.Errorf("notice_to: got %v, want %v", got.NoticeTo, vec.Want.NoticeTo)
			}
			if !sameSet(got.ExpressFrom, vec.Want.ExpressFrom) {
				t.Errorf("express_from: got %v, want %v", got.ExpressFrom, vec.Want.ExpressFrom)
			}
			if got.Beep != vec.Want.Beep {
				t.Errorf("beep: got %s, want %s", got.Beep, vec.Want.Beep)
			}
		})
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"parley/cmd/internal/config"
	"parley/recorder/consent"
	"parley/recorder/consent/cases"
	"parley/recorder/consent/policy"
	"parley/recorder/consent/words"
)

// consentCommand is what operators and their counsel do with the rules.
type consentCommand struct {
	Judge   consentJudge   `cmd:"" help:"Judge the cases of a YAML file: one JSON object a case, one a line. Not legal advice."`
	Table   consentTable   `cmd:"" help:"List the places, and which entries nobody has reviewed or checked for a year. Not legal advice."`
	Explain consentExplain `cmd:"" help:"Tell why a call was or was not recorded, from the ledger. It works beside a running server. Not legal advice."`
}

// notAdvice is printed beside what a command says of the law.
const notAdvice = "Reference data and engineering, not legal advice: have counsel check every place you serve."

type consentJudge struct {
	File     string `arg:"" help:"List of cases in YAML; - reads from standard input."`
	Policy   string `help:"YAML file with the operator's switches; without it all are off." type:"path"`
	Table    string `help:"Table of rules to judge by instead of the shipped one." name:"consent-table" type:"path"`
	Overlay  string `help:"Stricter rules on top of the table." name:"consent-overlay" type:"path"`
	Language string `help:"Language of the reasons." default:"en"`
	Check    bool   `help:"Fail when a verdict is not what its case expects."`
}

// judged is one line of output.
type judged struct {
	ID          string           `json:"id"`
	Decision    consent.Decision `json:"decision"`
	MayRecord   bool             `json:"may_record"`
	NoticeTo    []consent.Party  `json:"notice_to"`
	ExpressFrom []consent.Person `json:"express_from"`
	Beep        consent.Beep     `json:"beep"`
	Reason      string           `json:"reason"`
	Rules       []judgedRule     `json:"rules"`
}

// judgedRule is a rule and the table that it stands in.
type judgedRule struct {
	consent.RuleRef
	Table string `json:"table"`
}

// Run implements the command. Nothing is printed unless every case can be
// judged.
func (c consentJudge) Run(s streams) error {
	data, err := readInput(c.File)
	if err != nil {
		return err
	}
	list, err := cases.Decode(data)
	if err != nil {
		return fmt.Errorf("%s:\n%w", c.File, err)
	}
	rules, err := loadRules(config.Rules{Table: c.Table, Overlay: c.Overlay})
	if err != nil {
		return err
	}
	p, err := loadPolicy(policy.Policy{}, c.Policy)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	var wrong []error
	for _, one := range list {
		v := one.Judge(rules, p.Judge)
		if err := enc.Encode(lineOf(one.ID, v, c.Language)); err != nil {
			return err
		}
		wrong = append(wrong, unexpected(one, v))
	}
	if _, err := s.out.Write(out.Bytes()); err != nil {
		return err
	}
	if c.Check {
		return errors.Join(wrong...)
	}
	return nil
}

func lineOf(id string, v consent.Verdict, language string) judged {
	j := judged{
		ID: id, Decision: v.Decision, MayRecord: v.MayRecord(), NoticeTo: v.NoticeTo,
		ExpressFrom: v.ExpressFrom, Beep: v.Beep, Reason: words.Catalogue{}.Reason(language, v),
	}
	for _, r := range v.Rules {
		j.Rules = append(j.Rules, judgedRule{r, v.TableVersion})
	}
	return j
}

// unexpected compares a verdict with what the case's author expects.
func unexpected(c cases.Case, v consent.Verdict) error {
	if c.Expected == nil {
		return nil
	}
	var faults []error
	differs := func(key string, got, want any) {
		if fmt.Sprint(got) != fmt.Sprint(want) {
			faults = append(faults, fmt.Errorf("case %q, line %d: %s is %v, expected %v", c.ID, c.Line, key, got, want))
		}
	}
	differs("decision", v.Decision, c.Expected.Decision)
	differs("may_record", v.MayRecord(), c.Expected.MayRecord)
	differs("notice_to", sorted(v.NoticeTo), sorted(c.Expected.NoticeTo))
	differs("express_from", sorted(v.ExpressFrom), sorted(c.Expected.ExpressFrom))
	differs("beep", v.Beep, c.Expected.Beep)
	return errors.Join(faults...)
}

// maxInputBytes bounds what a command reads from a file of its user.
const maxInputBytes = 8 << 20

func readInput(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(os.Stdin, maxInputBytes))
	}
	f, err := os.Open(filepath.Clean(name))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxInputBytes))
	return data, errors.Join(err, f.Close())
}

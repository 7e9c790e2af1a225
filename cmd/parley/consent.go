package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"parley/cmd/internal/config"
	"parley/recorder/consent"
	"parley/recorder/consent/policy"
	"parley/recorder/consent/table"
	"parley/recorder/consent/words"
	"parley/signaling/geoip"
	"parley/signaling/session"
	"parley/signaling/wire"
)

// consentSetup is what calls are judged and questions are worded by.
type consentSetup struct {
	rules  *consent.Table
	policy policy.Policy
	words  words.Catalogue
	// recorder holds the places of the server and of the operator's seat (L2).
	recorder []consent.Signal
	geoip    *geoip.Locator
}

// loadConsent reads everything that decides about recordings. All faults of
// all files are reported at once, and nothing is half-loaded.
func loadConsent(c config.Consent) (consentSetup, error) {
	var s consentSetup
	var rulesErr, policyErr, wordsErr, geoErr error
	s.rules, rulesErr = loadRules(c.Rules)
	s.policy, policyErr = loadPolicy(policy.Default(), c.Policy)
	if c.Words != "" {
		s.words, wordsErr = s.words.With(os.DirFS(c.Words))
		if wordsErr != nil {
			wordsErr = fmt.Errorf("%s: %w", c.Words, wordsErr)
		}
	}
	for _, p := range []consent.Signal{
		{Place: c.ServerPlace, Source: consent.SourceServer},
		{Place: c.OperatorPlace, Source: consent.SourceOperator},
	} {
		if p.Place != "" {
			s.recorder = append(s.recorder, p)
		}
	}
	s.geoip, geoErr = geoip.Open(geoip.Config{Places: c.GeoIP, Anonymous: c.GeoIPHidden})
	err := errors.Join(rulesErr, policyErr, wordsErr, geoErr)
	if err != nil && s.geoip != nil {
		err = errors.Join(err, s.geoip.Close())
	}
	return s, err
}

// retentionDays is the shortest of what the flag promises, the policy allows and
// any place allows.
func (s consentSetup) retentionDays(days int) int {
	if most := s.policy.Judge.MaxRetentionDays; most != 0 {
		days = min(days, most)
	}
	for _, code := range s.rules.Codes() {
		if e, _ := s.rules.Listed(code); e.MaxRetentionDays != 0 {
			days = min(days, e.MaxRetentionDays)
		}
	}
	return days
}

func loadRules(c config.Rules) (*consent.Table, error) {
	replaced, err := optionalFile(c.Table)
	overlay, oErr := optionalFile(c.Overlay)
	if err = errors.Join(err, oErr); err != nil {
		return nil, err
	}
	return table.Load(table.Source{Table: replaced, Overlay: overlay, RequireReview: c.RequireReview})
}

// optionalFile reads a file that need not be named; one that is named must be
// there, even if it is empty.
func optionalFile(name string) (table.File, error) {
	if name == "" {
		return table.File{}, nil
	}
	data, err := readInput(name)
	if data == nil {
		data = []byte{}
	}
	return table.File{Name: name, Data: data}, err
}

func loadPolicy(base policy.Policy, name string) (policy.Policy, error) {
	if name == "" {
		return base, nil
	}
	data, err := readInput(name)
	if err != nil {
		return base, err
	}
	p, err := policy.Decode(base, data)
	if err != nil {
		return base, fmt.Errorf("%s:\n%w", name, err)
	}
	return p, nil
}

// judge is the verdict on a call's facts with the recorder's places added.
func (s consentSetup) judge(f consent.Facts) consent.Verdict {
	f.Recorder = slices.Concat(f.Recorder, s.recorder)
	return s.rules.Judge(s.policy.Judge, f)
}

// env is what the sessions of calls decide by.
func (s consentSetup) env(op wire.Operator) session.Env {
	return session.Env{
		Limits: session.DefaultLimits(),
		Judge:  s.judge,
		Ask: func(v consent.Verdict, c session.Call, side session.Side) words.Question {
			return s.words.Ask(v, partyOf[side], s.askContext(op, c, side))
		},
		Earlier: func(v consent.Verdict, e consent.Earlier, version string) bool {
			counts, _ := s.policy.Judge.Earlier.Counts(v, e, consent.Scope{Purpose: s.policy.Purposes, Wording: version})
			return counts
		},
	}
}

var partyOf = [...]consent.Party{session.Member: consent.Caller, session.Expert: consent.Callee}

func (s consentSetup) askContext(op wire.Operator, c session.Call, side session.Side) words.Context {
	other := c.Sides[side.Other()]
	return words.Context{
		AgreedOn: agreedOn(c.Sides[side]),
		Language: c.Sides[side].Language, Operator: op.Name, RetentionDays: op.RetentionDays,
		Purposes: s.policy.Purposes, NoEnds: s.policy.EndOnDecline && c.Sides[side].FirstAsked(),
		Others: map[consent.Party]words.Other{partyOf[side.Other()]: {Name: other.Name}},
	}
}

// agreedOn is the day of the yes that stands in for one.
func agreedOn(p session.Place) string {
	if !p.Standing {
		return ""
	}
	return p.Earlier.At.UTC().Format(time.DateOnly)
}

func sorted[T ~string](list []T) []T {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

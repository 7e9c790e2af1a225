package main

import (
	"fmt"

	"parley/recorder/consent"
	"parley/recorder/consent/table"
	"parley/recorder/consent/words"
	"parley/signaling/session"
	"parley/signaling/wire"
)

// consentEnv is what calls are judged and questions are worded by.
func consentEnv(op wire.Operator, policy consent.Policy) (session.Env, error) {
	rules, err := table.Embedded()
	if err != nil {
		return session.Env{}, fmt.Errorf("read the consent rules: %w", err)
	}
	return session.Env{
		Limits: session.DefaultLimits(),
		Judge:  func(f consent.Facts) consent.Verdict { return rules.Judge(policy, f) },
		Ask: func(v consent.Verdict, c session.Call, s session.Side) words.Question {
			return words.Ask(v, partyOf[s], askContext(op, c, s))
		},
	}, nil
}

var partyOf = [...]consent.Party{session.Member: consent.Caller, session.Expert: consent.Callee}

func askContext(op wire.Operator, c session.Call, s session.Side) words.Context {
	other := c.Sides[s.Other()]
	return words.Context{
		Language: c.Sides[s].Language, Operator: op.Name, RetentionDays: op.RetentionDays,
		Purposes:   purposes(),
		PartBefore: consent.KeepSealed,
		Others:     map[consent.Party]words.Other{partyOf[s.Other()]: {Name: other.Name}},
	}
}

// purposes are what recordings are made for.
func purposes() []string { return []string{"Quality review"} }

package config

import (
	"errors"
	"fmt"
	"time"
)

// Retention configures how long recordings are kept.
type Retention struct {
	RetentionDays  int            `help:"Days for which recordings are kept; people are told so, and it is carried out." default:"90" env:"PARLEY_RETENTION_DAYS"`
	RetentionClass map[string]int `help:"Days for recordings made for a purpose of the consent policy, such as \"Quality review=30\"; the shortest of a recording's purposes counts." env:"PARLEY_RETENTION_CLASS"`
	TrashDays      int            `help:"Days for which a recording whose time is over can still be put back by a legal hold, before it is destroyed." default:"7" env:"PARLEY_TRASH_DAYS"`
}

// faults are what is wrong with the flags themselves.
func (r Retention) faults() (faults []error) {
	if r.RetentionDays < 1 {
		faults = append(faults, fmt.Errorf("--retention-days %d: must be at least 1", r.RetentionDays))
	}
	for purpose, days := range r.RetentionClass {
		if days < 1 {
			faults = append(faults, fmt.Errorf("--retention-class %q=%d: must be at least 1", purpose, days))
		}
	}
	if r.TrashDays < 0 {
		faults = append(faults, fmt.Errorf("--trash-days %d: must not be negative", r.TrashDays))
	}
	return faults
}

// Validate checks the flags and returns all faults.
func (r Retention) Validate() error { return errors.Join(r.faults()...) }

// Rights configures how long recordings are kept and who may hear them.
type Rights struct {
	Retention
	TraceDays     int           `help:"Days for which keyed hashes of members' network addresses and devices are kept, to find ratings that were not given freely; 0: none are kept." default:"30" env:"PARLEY_TRACE_DAYS"`
	SweepInterval time.Duration `help:"Time between two looks at what is due for erasure." default:"15m" env:"PARLEY_SWEEP_INTERVAL"`

	Erasure string `help:"What becomes of a person's wish to have their voice erased: approval (a privacy officer decides) or self (it is done at once)." default:"approval" enum:"approval,self" env:"PARLEY_ERASURE"`

	AccessCopy string `help:"What of a call's sound a person's copy of what is kept about them holds: own (their voice) or both (the other person's, too)." default:"own" enum:"own,both" env:"PARLEY_ACCESS_COPY"`

	PeoplePlay        string        `help:"Which of the two people of a call may play its recording: both, member, expert or none." default:"both" enum:"both,member,expert,none" env:"PARLEY_PEOPLE_PLAY"`
	PlayAfter         time.Duration `help:"How long after the call the two people may play it." default:"0s" env:"PARLEY_PLAY_AFTER"`
	QANames           bool          `help:"Show reviewers the names of those who spoke instead of pseudonyms." name:"qa-names" env:"PARLEY_QA_NAMES"`
	QANeedsAssignment bool          `help:"Let reviewers see and hear only the recordings that were assigned to them." name:"qa-needs-assignment" env:"PARLEY_QA_NEEDS_ASSIGNMENT"`
}

func (r Rights) faults() (faults []error) {
	faults = r.Retention.faults()
	if r.PlayAfter < 0 || r.SweepInterval < time.Second {
		faults = append(faults, fmt.Errorf("--play-after must not be negative, --sweep-interval not below 1s"))
	}
	return faults
}

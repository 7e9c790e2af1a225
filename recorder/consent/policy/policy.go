package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"gopkg.in/yaml.v3"

	"parley/recorder/consent"
	"parley/recorder/consent/internal/lines"
)

// layout is the only layout of the file that is known.
const layout = 1

// maxBytes bounds a policy file.
const maxBytes = 1 << 20

// Policy is what the operator has set.
type Policy struct {
	// Judge holds the switches that the judge obeys.
	Judge consent.Policy
	// Purposes are what recordings are for, each one by one.
	Purposes []string
	// EndOnDecline ends a call politely when the member says no before the
	// expert is rung; otherwise every call goes on unrecorded.
	EndOnDecline bool
}

// Default is what a server sets when its operator says nothing.
func Default() Policy {
	return Policy{
		Judge:    consent.Policy{NeverRecordMinors: true, UnknownAge: consent.UnknownMustAsk},
		Purposes: []string{"Quality review"},
	}
}

// file is the document; nil is a key that is not there.
type file struct {
	Layout            *int      `yaml:"policy"`
	NeverRecordMinors *bool     `yaml:"never_record_minors"`
	UnknownAge        *string   `yaml:"unknown_age"`
	CallAge           *int      `yaml:"call_age"`
	AtLeast           *string   `yaml:"at_least"`
	Beep              *bool     `yaml:"beep"`
	MaxRetentionDays  *int      `yaml:"max_retention_days"`
	Withdrawal        *string   `yaml:"withdrawal"`
	Decline           *string   `yaml:"decline"`
	Purposes          *[]string `yaml:"purposes"`
	Earlier           *earlier  `yaml:"earlier_consent"`
}

type earlier struct {
	Count      bool `yaml:"count"`
	MaxAgeDays *int `yaml:"max_age_days"`
}

// Decode reads a policy file. What it does not mention stays as in base. The
// error joins every fault found, with its line; base is returned then.
func Decode(base Policy, data []byte) (Policy, error) {
	var f file
	if len(data) > maxBytes {
		return base, fmt.Errorf("policy: %d bytes, the limit is %d", len(data), maxBytes)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("the file is empty: it begins with \"policy: 1\"")
		}
		return base, fmt.Errorf("policy: %w", err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return base, errors.New("policy: more than one document")
	}
	r := reader{at: lines.Of(data), out: base}
	r.read(f)
	if len(r.faults) > 0 {
		return base, errors.Join(r.faults...)
	}
	return r.out, nil
}

type reader struct {
	at     lines.Index
	out    Policy
	faults []error
}

func (r *reader) fault(key, format string, args ...any) {
	r.faults = append(r.faults, fmt.Errorf("policy: %s%s: %s", r.at.At(key), key, fmt.Sprintf(format, args...)))
}

func (r *reader) read(f file) {
	if f.Layout == nil || *f.Layout != layout {
		r.fault("policy", "must be %d, the only layout there is", layout)
	}
	j := &r.out.Judge
	set(f.NeverRecordMinors, &j.NeverRecordMinors)
	set(f.Beep, &j.Beep)
	r.ages(f)
	r.forms(f)
	if f.MaxRetentionDays != nil {
		if j.MaxRetentionDays = *f.MaxRetentionDays; j.MaxRetentionDays < 1 {
			r.fault("max_retention_days", "%d is no bound: write a number of days from 1", j.MaxRetentionDays)
		}
	}
	if f.Purposes != nil {
		r.purposes(*f.Purposes)
	}
	if f.Earlier != nil {
		r.earlier(*f.Earlier)
	}
}

func set(from *bool, to *bool) {
	if from != nil {
		*to = *from
	}
}

func (r *reader) ages(f file) {
	if f.UnknownAge != nil {
		switch *f.UnknownAge {
		case "must_be_known":
			r.out.Judge.UnknownAge = consent.UnknownMustAsk
		case "adult":
			r.out.Judge.UnknownAge = consent.UnknownIsAdult
		default:
			r.fault("unknown_age", "%q is neither must_be_known nor adult", *f.UnknownAge)
		}
	}
	if f.CallAge != nil {
		r.out.Judge.CallAge = *f.CallAge
		switch {
		case *f.CallAge < consent.BarAge:
			r.fault("call_age", "%d is looser than the platform's %d: write %d or more, or take the line out", *f.CallAge, consent.BarAge, consent.BarAge)
		case *f.CallAge > 130:
			r.fault("call_age", "%d is no age", *f.CallAge)
		}
	}
}

func (r *reader) forms(f file) {
	if f.AtLeast != nil {
		r.out.Judge.AtLeast = consent.Form(*f.AtLeast)
		switch *f.AtLeast {
		case string(consent.FormNotice), string(consent.FormExpress):
		case string(consent.FormNone):
			r.fault("at_least", "none asks for nothing more than the law: write notice or express, or take the line out")
		default:
			r.fault("at_least", "%q is neither notice nor express", *f.AtLeast)
		}
	}
	if f.Withdrawal != nil {
		switch *f.Withdrawal {
		case "ask":
			r.out.Judge.PartBefore = consent.AskKeepOrErase
		case "erase":
			r.out.Judge.PartBefore = consent.Erase
		case "keep":
			r.fault("withdrawal", "keep is looser than the rules where everybody must agree: there the person is asked. Write ask or erase, or take the line out: where a notice is enough the part before is kept anyway")
		default:
			r.fault("withdrawal", "%q is neither ask nor erase", *f.Withdrawal)
		}
	}
	if f.Decline != nil {
		switch *f.Decline {
		case "go_on", "end":
			r.out.EndOnDecline = *f.Decline == "end"
		default:
			r.fault("decline", "%q is neither go_on nor end", *f.Decline)
		}
	}
}

func (r *reader) purposes(list []string) {
	if len(list) == 0 {
		r.fault("purposes", "a recording without a purpose is not lawful: name at least one, or take the line out")
	}
	for _, p := range list {
		switch {
		case strings.TrimSpace(p) == "":
			r.fault("purposes", "an empty purpose covers anything: name it")
		case p == consent.UnlawfulPurpose:
			r.fault("purposes", "%q is the name of a forbidden purpose (rule P2)", p)
		}
	}
	r.out.Purposes = list
}

func (r *reader) earlier(e earlier) {
	p := consent.EarlierPolicy{Allowed: e.Count}
	switch {
	case !e.Count:
	case e.MaxAgeDays == nil:
		r.fault("earlier_consent", "max_age_days is missing: say how old a yes may be, from 1 to %d", consent.MaxEarlierDays)
	case *e.MaxAgeDays > consent.MaxEarlierDays:
		r.fault("earlier_consent.max_age_days", "%d is looser than the rules: a standing yes is renewed at least every %d days", *e.MaxAgeDays, consent.MaxEarlierDays)
	case *e.MaxAgeDays < 1:
		r.fault("earlier_consent.max_age_days", "%d is no number of days from 1", *e.MaxAgeDays)
	default:
		p.MaxAgeDays = *e.MaxAgeDays
	}
	r.out.Judge.Earlier = p
}

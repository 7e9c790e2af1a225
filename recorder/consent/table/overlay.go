package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"parley/recorder/consent"
	"parley/recorder/consent/internal/lines"
)

// overlayLayout is the only layout of an overlay that is known.
const overlayLayout = 1

// overlayFile is an operator's changes. Every field of a place may be missing:
// what is not said stays as it is.
type overlayFile struct {
	Layout        *int                `yaml:"overlay"`
	Date          *string             `yaml:"date"`
	By            *string             `yaml:"by"`
	Fallbacks     map[string]fallback `yaml:"fallbacks"`
	Jurisdictions map[string]fallback `yaml:"jurisdictions"`
}

// overlay applies the operator's changes to the content of a table. A place
// that the table does not list begins as what it came to without the overlay.
func overlay(content consent.TableData, f File) (consent.TableData, error) {
	var doc overlayFile
	dec := yaml.NewDecoder(bytes.NewReader(f.Data))
	dec.KnownFields(true)
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("the file is empty: it begins with \"overlay: 1\"")
		}
		return content, fmt.Errorf("%s: %w", f.Name, err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return content, fmt.Errorf("%s: more than one document", f.Name)
	}
	base, err := consent.NewTable(content)
	if err != nil {
		return content, err
	}
	o := overlaying{base: base, content: content, at: lines.Of(f.Data), name: f.Name}
	o.apply(doc)
	if len(o.faults) > 0 {
		return content, errors.Join(o.faults...)
	}
	out := consent.Tighten(o.content)
	out.Version += "+" + fingerprint(f.Data)
	return out, nil
}

type overlaying struct {
	base    *consent.Table
	content consent.TableData
	at      lines.Index
	name    string
	faults  []error
}

func (o *overlaying) fault(path, format string, args ...any) {
	o.faults = append(o.faults, fmt.Errorf("%s: %s%s", o.name, o.at.At(path), fmt.Sprintf(format, args...)))
}

func (o *overlaying) apply(doc overlayFile) {
	if doc.Layout == nil || *doc.Layout != overlayLayout {
		o.fault("overlay", "overlay: must be %d, the only layout there is", overlayLayout)
	}
	if doc.Date == nil {
		o.fault("date", "date: missing: write the day of this overlay, such as \"2026-01-31\"")
	} else if _, err := time.Parse(time.DateOnly, *doc.Date); err != nil {
		o.fault("date", "date: %q is no date such as 2026-01-31", *doc.Date)
	}
	if len(doc.Jurisdictions)+len(doc.Fallbacks) == 0 {
		o.fault("overlay", "no place is named under jurisdictions or fallbacks, so the file changes nothing")
	}
	o.content.Entries = slices.Clone(o.content.Entries)
	o.content.Fallbacks = slices.Clone(o.content.Fallbacks)
	for _, code := range slices.Sorted(maps.Keys(doc.Fallbacks)) {
		o.change("fallbacks", code, doc.Fallbacks[code].rules, &o.content.Fallbacks)
	}
	for _, code := range slices.Sorted(maps.Keys(doc.Jurisdictions)) {
		o.change("jurisdictions", code, doc.Jurisdictions[code].rules, &o.content.Entries)
	}
}

// change puts one place's changes into the list.
func (o *overlaying) change(section, code string, r rules, list *[]consent.Entry) {
	path := section + "." + code
	i := slices.IndexFunc(*list, func(e consent.Entry) bool { return e.Code == code })
	if i < 0 {
		if section == "fallbacks" || !consent.IsPlaceCode(code) || code != strings.ToUpper(code) {
			o.fault(path, "%s: no such code in the table: write one that `parley consent table` lists, or a country or a part of one such as \"DE\" or \"US-CA\"", code)
			return
		}
		if _, aliased := o.content.Aliases[code]; aliased {
			o.fault(path, "%s: only another name of %s: write that", code, o.content.Aliases[code])
			return
		}
		e, _ := o.base.Lookup(code)
		e.Code, e.Name, e.Parent = code, code, ""
		*list = append(*list, e)
		i = len(*list) - 1
	}
	before := (*list)[i]
	after := r.onto(before)
	o.refuseLooser(path, before, after)
	if after.ReviewedOn != "" {
		if _, err := time.Parse(time.DateOnly, after.ReviewedOn); err != nil {
			o.fault(path+".reviewed_on", "%s: reviewed_on: %q is no date such as 2026-01-31", code, after.ReviewedOn)
		}
	}
	(*list)[i] = after
}

func (o *overlaying) refuseLooser(path string, before, after consent.Entry) {
	for _, field := range after.LooserThan(before) {
		o.fault(path+"."+field, "%s: %s: %s is looser than %s in the table; an overlay may only be stricter: write %s or more, or take the line out",
			after.Code, field, fieldOf(after, field), fieldOf(before, field), fieldOf(before, field))
	}
	if was, is := before.Tone.IntervalS, after.Tone.IntervalS; was != 0 && (is == 0 || is > was) {
		o.fault(path+".beep_tone.interval_s", "%s: beep_tone.interval_s: %d is looser than %d in the table: write %d or less, or take the line out", after.Code, is, was, was)
	}
}

// fieldOf is the value of a field that can be too loose, as the file writes it.
func fieldOf(e consent.Entry, field string) string {
	switch field {
	case "consent":
		return string(e.Rule)
	case "form":
		return string(e.Form)
	case "explicit_opt_in":
		return fmt.Sprint(e.OptIn)
	case "notice_before":
		return fmt.Sprint(e.NoticeBefore)
	case "beep_tone.required":
		return fmt.Sprint(e.Tone.Required)
	case "beep_tone.accepted":
		return fmt.Sprint(e.Tone.Accepted)
	case "withdrawal":
		return string(e.Withdrawal)
	case "minors.age_of_consent_for_data":
		return fmt.Sprint(e.MinAge)
	case "retention_max_days":
		return fmt.Sprint(e.MaxRetentionDays)
	default:
		return fmt.Sprint(e.PerCall)
	}
}

// onto returns the entry with what r says.
func (r rules) onto(e consent.Entry) consent.Entry {
	put(&e.Name, r.Name)
	put((*string)(&e.Rule), r.Consent)
	put((*string)(&e.Form), r.Form)
	put(&e.OptIn, r.OptIn)
	put(&e.NoticeBefore, r.NoticeBefore)
	if r.Beep != nil {
		put(&e.Tone.Accepted, r.Beep.Accepted)
		put(&e.Tone.Required, r.Beep.Required)
		put(&e.Tone.IntervalS, r.Beep.IntervalS)
	}
	put((*string)(&e.Withdrawal), r.Withdrawal)
	if r.Minors != nil {
		put(&e.MinAge, r.Minors.Age)
		put(&e.MinAgeSource, r.Minors.Source)
	}
	put(&e.MaxRetentionDays, r.RetentionMaxDays)
	put(&e.PerCall, r.PerCall)
	put(&e.ReviewedBy, r.ReviewedBy)
	put(&e.ReviewedOn, r.ReviewedOn)
	return e
}

func put[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

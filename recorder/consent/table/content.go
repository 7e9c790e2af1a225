package table

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"parley/recorder/consent"
	"parley/recorder/consent/internal/lines"
)

// The only schema and the only recorder model whose rules the judge knows.
const (
	schemaVersion = 1
	recorderModel = "third_party_server"
)

// content turns the document, in which nothing required is missing, into what
// the judge takes. Values out of range are left for consent.NewTable.
func (d document) content(at lines.Index) (consent.TableData, error) {
	var faults []error
	fault := func(path, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s%s: %s", at.At(path), strings.ReplaceAll(path, ".", ": "), fmt.Sprintf(format, args...)))
	}
	if *d.SchemaVersion != schemaVersion {
		fault("schema_version", "%d is not %d", *d.SchemaVersion, schemaVersion)
	}
	if *d.RecorderModel != recorderModel {
		fault("recorder_model", "%q is not %q", *d.RecorderModel, recorderModel)
	}
	date := func(path, value string) {
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			fault(path, "%q is no date such as 2026-01-31", value)
		}
	}
	date("last_checked", *d.LastChecked)
	data := consent.TableData{Aliases: *d.Aliases, Subdivisions: map[string]consent.Subdivision{}}
	for _, country := range slices.Sorted(maps.Keys(*d.Subdivisions)) {
		s := (*d.Subdivisions)[country]
		if *s.Unknown != string(consent.UnlistedFallback) {
			fault("subdivisions."+country+".unknown", "%q is not %q", *s.Unknown, consent.UnlistedFallback)
		}
		data.Subdivisions[country] = consent.Subdivision(*s.Unlisted)
	}
	for _, code := range slices.Sorted(maps.Keys(*d.Fallbacks)) {
		e := (*d.Fallbacks)[code].entry(code)
		if e.ReviewedOn != "" {
			date("fallbacks."+code+".reviewed_on", e.ReviewedOn)
		}
		data.Fallbacks = append(data.Fallbacks, e)
	}
	for _, code := range slices.Sorted(maps.Keys(*d.Jurisdictions)) {
		e := (*d.Jurisdictions)[code].entry(code)
		date("jurisdictions."+code+".last_checked", e.LastChecked)
		if e.ReviewedOn != "" {
			date("jurisdictions."+code+".reviewed_on", e.ReviewedOn)
		}
		data.Entries = append(data.Entries, e)
	}
	return data, errors.Join(faults...)
}

func (r rules) entry(code string) consent.Entry {
	return consent.Entry{
		Code:         code,
		Name:         strings.TrimSpace(*r.Name),
		Rule:         consent.Rule(*r.Consent),
		Form:         consent.Form(*r.Form),
		OptIn:        *r.OptIn,
		NoticeBefore: *r.NoticeBefore,
		Tone:         consent.Tone{Accepted: *r.Beep.Accepted, Required: *r.Beep.Required, IntervalS: orZero(r.Beep.IntervalS)},
		Withdrawal:   consent.Withdrawal(*r.Withdrawal),
		MinAge:       *r.Minors.Age,
		MinAgeSource: *r.Minors.Source,

		MaxRetentionDays: orZero(r.RetentionMaxDays), PerCall: orZero(r.PerCall),
		ReviewedBy: orZero(r.ReviewedBy), ReviewedOn: orZero(r.ReviewedOn),
	}
}

func (j jurisdictionRecord) entry(code string) consent.Entry {
	e := j.rules.entry(code)
	e.Parent = orZero(j.Parent)
	e.Confidence = *j.Confidence
	e.EvidenceSeen = *j.EvidenceSeen
	e.LastChecked = *j.LastChecked
	e.RetentionNote = orZero(j.RetentionNote)
	for _, b := range *j.Basis {
		e.Basis = append(e.Basis, consent.Citation{Cite: *b.Citation, Says: *b.Says})
	}
	return e
}

func orZero[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

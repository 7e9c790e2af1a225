package table

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"parley/recorder/consent"
)

// The only schema and the only recorder model whose rules the judge knows.
const (
	schemaVersion = 1
	recorderModel = "third_party_server"
)

// content turns the document, in which nothing required is missing, into what
// the judge takes. Values out of range are left for consent.NewTable.
func (d document) content() (consent.TableData, error) {
	if *d.SchemaVersion != schemaVersion {
		return consent.TableData{}, fmt.Errorf("schema_version: %d is not %d", *d.SchemaVersion, schemaVersion)
	}
	if *d.RecorderModel != recorderModel {
		return consent.TableData{}, fmt.Errorf("recorder_model: %q is not %q", *d.RecorderModel, recorderModel)
	}
	if _, err := time.Parse(time.DateOnly, *d.LastChecked); err != nil {
		return consent.TableData{}, fmt.Errorf("last_checked: %q is no date such as 2026-01-31", *d.LastChecked)
	}
	data := consent.TableData{Aliases: *d.Aliases, Subdivisions: map[string]consent.Subdivision{}}
	for _, country := range slices.Sorted(maps.Keys(*d.Subdivisions)) {
		s := (*d.Subdivisions)[country]
		if *s.Unknown != string(consent.UnlistedFallback) {
			return consent.TableData{}, fmt.Errorf("subdivisions: %s: unknown: %q is not %q", country, *s.Unknown, consent.UnlistedFallback)
		}
		data.Subdivisions[country] = consent.Subdivision(*s.Unlisted)
	}
	for _, code := range slices.Sorted(maps.Keys(*d.Fallbacks)) {
		data.Fallbacks = append(data.Fallbacks, (*d.Fallbacks)[code].entry(code))
	}
	for _, code := range slices.Sorted(maps.Keys(*d.Jurisdictions)) {
		data.Entries = append(data.Entries, (*d.Jurisdictions)[code].entry(code))
	}
	return data, nil
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
	}
}

func (j jurisdictionRecord) entry(code string) consent.Entry {
	e := j.rules.entry(code)
	e.Parent = orZero(j.Parent)
	e.Confidence = *j.Confidence
	e.LastChecked = *j.LastChecked
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

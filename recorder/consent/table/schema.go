package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"parley/recorder/consent/internal/lines"
)

// The document as it stands in the file. Every field is a pointer, so that a key
// that is missing can be told from one that says false or zero; the tag
// `null:"ok"` marks those that may be null or missing.
type document struct {
	SchemaVersion *int                           `yaml:"schema_version"`
	LastChecked   *string                        `yaml:"last_checked"`
	Disclaimer    *string                        `yaml:"disclaimer"`
	RecorderModel *string                        `yaml:"recorder_model"`
	Aliases       *map[string]string             `yaml:"aliases"`
	Subdivisions  *map[string]subdivision        `yaml:"subdivisions"`
	Fallbacks     *map[string]fallback           `yaml:"fallbacks"`
	Jurisdictions *map[string]jurisdictionRecord `yaml:"jurisdictions"`
}

type subdivision struct {
	Unlisted *string `yaml:"unlisted"`
	Unknown  *string `yaml:"unknown"`
}

// rules are the fields that a fallback and a jurisdiction have in common.
type rules struct {
	Name         *string `yaml:"name"`
	Consent      *string `yaml:"consent"`
	Form         *string `yaml:"form"`
	OptIn        *bool   `yaml:"explicit_opt_in"`
	NoticeBefore *bool   `yaml:"notice_before"`
	Beep         *beep   `yaml:"beep_tone"`
	Withdrawal   *string `yaml:"withdrawal"`
	Minors       *minors `yaml:"minors"`
	Notes        *string `yaml:"notes" null:"ok"`
	// What an operator may add; the shipped table has none of them.
	RetentionMaxDays *int    `yaml:"retention_max_days" null:"ok"`
	PerCall          *bool   `yaml:"per_call" null:"ok"`
	ReviewedBy       *string `yaml:"reviewed_by" null:"ok"`
	ReviewedOn       *string `yaml:"reviewed_on" null:"ok"`
}

type fallback struct {
	rules `yaml:",inline"`
}

type jurisdictionRecord struct {
	rules           `yaml:",inline"`
	Parent          *string   `yaml:"parent" null:"ok"`
	Regimes         *[]string `yaml:"regimes" null:"ok"`
	ParticipantRule *string   `yaml:"participant_rule"`
	ThirdPartyRule  *string   `yaml:"third_party_rule"`
	Contested       *bool     `yaml:"contested"`
	RetentionNote   *string   `yaml:"retention_note" null:"ok"`
	Basis           *[]basis  `yaml:"basis"`
	Confidence      *string   `yaml:"confidence"`
	EvidenceSeen    *string   `yaml:"evidence_seen"`
	LastChecked     *string   `yaml:"last_checked"`
}

type beep struct {
	Accepted  *bool   `yaml:"accepted"`
	Required  *bool   `yaml:"required"`
	IntervalS *int    `yaml:"interval_s" null:"ok"`
	Note      *string `yaml:"note" null:"ok"`
}

type minors struct {
	Age    *int    `yaml:"age_of_consent_for_data"`
	Source *string `yaml:"source"`
}

type basis struct {
	Citation *string `yaml:"citation"`
	Says     *string `yaml:"what_it_says"`
}

func parse(data []byte) (document, error) {
	var doc document
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&doc); err != nil {
		return document{}, err
	}
	// A second document would be rules that nobody reads.
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return document{}, errors.New("more than one document")
	}
	if gaps := missing("", reflect.ValueOf(doc)); len(gaps) > 0 {
		return document{}, missingError(lines.Of(data), gaps)
	}
	return doc, nil
}

func missingError(at lines.Index, gaps []string) error {
	faults := make([]error, len(gaps))
	for i, gap := range gaps {
		faults[i] = fmt.Errorf("%smissing: %s", at.At(gap), gap)
	}
	return errors.Join(faults...)
}

// missing lists the keys that must be there and are not.
func missing(path string, v reflect.Value) []string {
	var gaps []string
	switch v.Kind() {
	case reflect.Pointer:
		return missing(path, v.Elem())
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			gaps = append(gaps, missing(path+"."+it.Key().String(), it.Value())...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			gaps = append(gaps, missing(fmt.Sprintf("%s[%d]", path, i), v.Index(i))...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			gaps = append(gaps, missingField(path, v.Type().Field(i), v.Field(i))...)
		}
	}
	return gaps
}

func missingField(path string, f reflect.StructField, v reflect.Value) []string {
	if f.Anonymous {
		return missing(path, v)
	}
	path = strings.TrimPrefix(path+"."+f.Tag.Get("yaml"), ".")
	if !v.IsNil() {
		return missing(path, v)
	}
	if f.Tag.Get("null") == "ok" {
		return nil
	}
	return []string{path}
}

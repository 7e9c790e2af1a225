package table

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"

	"parley/recorder/consent"
	"parley/recorder/consent/internal/lines"
)

//go:embed jurisdictions.yaml
var embedded []byte

// maxBytes bounds a table: the project's own has about 140 kB.
const maxBytes = 4 << 20

// Embedded returns the project's own rules.
func Embedded() (*consent.Table, error) { return Decode(embedded) }

// Decode reads rules in the format of jurisdictions.yaml, schema version 1, at
// most 4 MiB. The version of the table is
// "<schema_version>.<last_checked>.<first 12 hex digits of SHA-256 of data>", so
// that two tables with one version are the same bytes. The error joins every
// fault found, with its line.
func Decode(data []byte) (*consent.Table, error) {
	content, err := read(data)
	if err != nil {
		return nil, err
	}
	return build(content, lines.Of(data), "consent table")
}

// File is a file's name, for errors, and its content; no content is no file.
type File struct {
	Name string
	Data []byte
}

// Source is what an operator judges by.
type Source struct {
	Table   File // replaces the project's own
	Overlay File // changes entries of the table
	// RequireReview makes entries that nobody has reviewed count as unknown.
	RequireReview bool
}

// Load returns the operator's rules. A table and an overlay may ask for more
// than the project's own table and never for less; the error joins every fault
// with the file, its line, the reason and the cure, and there is no table then.
func Load(s Source) (*consent.Table, error) {
	content, err := read(embedded)
	if err != nil {
		return nil, err
	}
	if s.Table.Data != nil {
		if content, err = replacement(s.Table); err != nil {
			return nil, err
		}
	}
	at, name := lines.Index{}, "consent table"
	if s.Overlay.Data != nil {
		if content, err = overlay(content, s.Overlay); err != nil {
			return nil, err
		}
		at, name = lines.Of(s.Overlay.Data), s.Overlay.Name
	}
	if s.RequireReview {
		content.RequireReview = true
		content.Version += "+reviewed"
	}
	return build(content, at, name)
}

// replacement reads a table that stands in for the project's own.
func replacement(f File) (consent.TableData, error) {
	content, err := read(f.Data)
	if err != nil {
		return content, fmt.Errorf("%s: %w", f.Name, err)
	}
	at := lines.Of(f.Data)
	t, err := build(content, at, f.Name)
	if err != nil {
		return content, err
	}
	own, err := Embedded()
	if err != nil {
		return content, err
	}
	return content, located(f.Name, at, t.Looser(own))
}

func read(data []byte) (consent.TableData, error) {
	if len(data) > maxBytes {
		return consent.TableData{}, fmt.Errorf("consent table: %d bytes, the limit is %d", len(data), maxBytes)
	}
	doc, err := parse(data)
	if err != nil {
		return consent.TableData{}, fmt.Errorf("consent table: %w", err)
	}
	content, err := doc.content(lines.Of(data))
	if err != nil {
		return consent.TableData{}, fmt.Errorf("consent table: %w", err)
	}
	content.Version = fmt.Sprintf("%d.%s.%s", *doc.SchemaVersion, *doc.LastChecked, fingerprint(data))
	return content, nil
}

// fingerprint is the first 12 hex digits of SHA-256.
func fingerprint(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:6])
}

func build(content consent.TableData, at lines.Index, name string) (*consent.Table, error) {
	t, err := consent.NewTable(content)
	var refused *consent.TableError
	if errors.As(err, &refused) {
		return nil, located(name, at, refused.Faults)
	}
	return t, err
}

// located says where each fault stands; nil if there is none.
func located(name string, at lines.Index, faults []consent.Fault) error {
	all := make([]error, len(faults))
	for i, f := range faults {
		all[i] = fmt.Errorf("%s: %s%s", name, at.At(f.Path), f.Text)
	}
	return errors.Join(all...)
}

package table

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"

	"parley/recorder/consent"
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
// that two tables with one version are the same bytes.
func Decode(data []byte) (*consent.Table, error) {
	if len(data) > maxBytes {
		return nil, fmt.Errorf("consent table: %d bytes, the limit is %d", len(data), maxBytes)
	}
	doc, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("consent table: %w", err)
	}
	content, err := doc.content()
	if err != nil {
		return nil, fmt.Errorf("consent table: %w", err)
	}
	sum := sha256.Sum256(data)
	content.Version = fmt.Sprintf("%d.%s.%s", *doc.SchemaVersion, *doc.LastChecked, hex.EncodeToString(sum[:6]))
	return consent.NewTable(content)
}

package s3blob

import (
	"fmt"
	"io"
)

// Secret is a text that prints, logs and marshals as "[redacted]".
type Secret string

const redacted = "[redacted]"

// Reveal returns the text itself.
func (s Secret) Reveal() string { return string(s) }

// String implements [fmt.Stringer] and hides the text.
func (s Secret) String() string { return redacted }

// Format implements [fmt.Formatter], so that no verb shows the text.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText implements [encoding.TextMarshaler] and hides the text in JSON,
// YAML and logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

package feed

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// Cursor is a reader's place in the feed: the last event it has seen. The zero
// Cursor is before the first event. Its text is opaque to readers.
type Cursor struct{ seq uint64 }

// At returns the cursor of a reader that has seen everything up to a place.
func At(seq uint64) Cursor { return Cursor{seq} }

// Seq is the place of the last event seen, 0 for none.
func (c Cursor) Seq() uint64 { return c.seq }

// Faults of a cursor.
var (
	// ErrCursor: the text is no cursor, or one of a place that the feed has
	// not reached.
	ErrCursor = errors.New("feed: this is no cursor of this feed")
	// ErrExpired: events after the cursor have been deleted since.
	ErrExpired = errors.New("feed: events after this cursor are no longer kept")
)

// cursorVersion is the first byte of a cursor's text; it takes part in the check
// sum, which tells a cut or mistyped cursor from a real one.
const cursorVersion = 1

// String is the text of the cursor, empty for the zero Cursor. It holds letters,
// digits, - and _ only.
func (c Cursor) String() string {
	if c.seq == 0 {
		return ""
	}
	raw := binary.BigEndian.AppendUint64([]byte{cursorVersion}, c.seq)
	raw = binary.BigEndian.AppendUint32(raw, crc32.ChecksumIEEE(raw))
	return base64.RawURLEncoding.EncodeToString(raw)
}

// ParseCursor reads what String made; every other text is ErrCursor.
func ParseCursor(text string) (Cursor, error) {
	if text == "" {
		return Cursor{}, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != 13 || raw[0] != cursorVersion {
		return Cursor{}, ErrCursor
	}
	c := Cursor{binary.BigEndian.Uint64(raw[1:9])}
	if c.seq == 0 || c.String() != text {
		return Cursor{}, ErrCursor
	}
	return c, nil
}

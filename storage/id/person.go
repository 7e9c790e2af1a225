package id

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// PersonID names a person as the platform does. It is opaque: Parley compares
// it and stores it, and reads nothing out of it.
type PersonID string

// MaxPersonLen is the greatest length of a [PersonID], in characters (code
// points).
const MaxPersonLen = 128

// ParsePerson returns s as a person's id. It must hold 1 to [MaxPersonLen]
// printable characters of valid UTF-8; spaces, control characters and invisible
// formatting characters are refused, because two ids that look alike in a log
// or a list must be alike. Errors match [ErrInvalid].
func ParsePerson(s string) (PersonID, error) {
	if !utf8.ValidString(s) {
		return "", fmt.Errorf("%w: a person's id must be valid UTF-8", ErrInvalid)
	}
	if n := utf8.RuneCountInString(s); n < 1 || n > MaxPersonLen {
		return "", fmt.Errorf("%w: a person's id has %d characters, want 1 to %d", ErrInvalid, n, MaxPersonLen)
	}
	for _, r := range s {
		if !unicode.IsPrint(r) || unicode.IsSpace(r) {
			return "", fmt.Errorf("%w: a person's id must not hold the character %U", ErrInvalid, r)
		}
	}
	return PersonID(s), nil
}

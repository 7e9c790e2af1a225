package blob

import (
	"errors"
	"fmt"
	"strings"
)

const (
	// MaxKeyLen is the greatest length of a key in bytes. It leaves half of
	// the 1024 bytes that S3 allows to a configured prefix.
	MaxKeyLen = 512
	// MaxPartLen is the greatest length in bytes of one part of a key, below
	// the 255 that file systems allow.
	MaxPartLen = 200
)

// ValidateKey tells whether key may name an object: one or more parts divided by
// single slashes, each of 1 to [MaxPartLen] characters out of a-z, 0-9, dot,
// underscore and hyphen, none beginning with a dot, and at most [MaxKeyLen]
// bytes in all. So a key is a relative path that cannot climb, means the same on
// file systems that fold case, and never hides a file. Errors match [ErrKey].
func ValidateKey(key string) error {
	if len(key) > MaxKeyLen {
		return fmt.Errorf("%w: %d bytes long, want at most %d", ErrKey, len(key), MaxKeyLen)
	}
	for part := range strings.SplitSeq(key, "/") {
		if err := validatePart(part); err != nil {
			return fmt.Errorf("%w %q: %w", ErrKey, key, err)
		}
	}
	return nil
}

// ValidatePrefix tells whether prefix may be listed: empty, a key, or a key and
// one slash. Errors match [ErrKey].
func ValidatePrefix(prefix string) error {
	if prefix == "" {
		return nil
	}
	return ValidateKey(strings.TrimSuffix(prefix, "/"))
}

func validatePart(part string) error {
	switch {
	case part == "":
		return errors.New("a part is empty")
	case len(part) > MaxPartLen:
		return fmt.Errorf("a part has %d characters, want at most %d", len(part), MaxPartLen)
	case part[0] == '.':
		return errors.New("a part begins with a dot")
	}
	for _, c := range []byte(part) {
		if !keyChar(c) {
			return fmt.Errorf("character %q is not one of a-z, 0-9, dot, underscore, hyphen", c)
		}
	}
	return nil
}

func keyChar(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-'
}

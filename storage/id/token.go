package id

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrInvalid is matched by every error of the Parse functions. Their texts never
// repeat the input: it comes from outside and may be long, or a secret pasted
// into the wrong field.
var ErrInvalid = errors.New("invalid id")

// tokenLen is the length of 128 bits in base32 without padding.
const tokenLen = 26

// encoding is base32hex (RFC 4648, section 7) in lower case: its alphabet is in
// ASCII order, so the text sorts as the bits do.
var encoding = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// mint returns kind, an underscore and a UUIDv7 (RFC 9562, section 5.7) of now
// in base32. The 12 bits of rand_a hold the fraction of the millisecond
// (section 6.2, method 3), so ids sort by time down to about a quarter of a
// microsecond; 62 random bits tell apart what is minted within one such step.
func mint(kind string, now time.Time) string {
	var bits [16]byte
	rand.Read(bits[8:])
	fraction := uint64(now.Nanosecond()%int(time.Millisecond)) << 12 / uint64(time.Millisecond)
	const version7 = 7 << 12
	binary.BigEndian.PutUint64(bits[:8], uint64(now.UnixMilli())<<16|version7|fraction)
	bits[8] = bits[8]&0x3f | 0x80 // the variant of RFC 9562, section 4.1
	return kind + "_" + encoding.EncodeToString(bits[:])
}

// check tells whether s is an id that mint could have returned for kind.
func check(kind, s string) error {
	token, found := strings.CutPrefix(s, kind+"_")
	if !found || len(token) != tokenLen {
		return invalid(kind)
	}
	bits, err := encoding.DecodeString(token)
	// The last character carries two spare bits; without the second encoding
	// four texts would name one id.
	if err != nil || encoding.EncodeToString(bits) != token {
		return invalid(kind)
	}
	if bits[6]>>4 != 7 || bits[8]>>6 != 0b10 {
		return invalid(kind)
	}
	return nil
}

func invalid(kind string) error {
	return fmt.Errorf("%w: want %s_ and %d letters and digits as they were given out", ErrInvalid, kind, tokenLen)
}

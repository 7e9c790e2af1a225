package ogg

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"
)

const tagsMagic = "OpusTags"

// Tags is the comment header of a stream (RFC 7845 section 5.2).
type Tags struct {
	// Vendor names the encoder or, where packets were copied, the program that wrote
	// the file.
	Vendor string
	// Comments are NAME=value pairs in UTF-8; NAME is printable ASCII.
	Comments []string
}

// validate refuses comments that readers would stumble over.
func (t Tags) validate() error {
	if !utf8.ValidString(t.Vendor) {
		return fmt.Errorf("%w: vendor %q is not UTF-8", ErrTags, t.Vendor)
	}
	for _, comment := range t.Comments {
		name, _, found := strings.Cut(comment, "=")
		if !found || name == "" || strings.ContainsFunc(name, func(r rune) bool { return r < 0x20 || r > 0x7d }) {
			return fmt.Errorf("%w: comment %q is not NAME=value", ErrTags, comment)
		}
		if !utf8.ValidString(comment) {
			return fmt.Errorf("%w: comment %q is not UTF-8", ErrTags, comment)
		}
	}
	return nil
}

// appendTo appends the header packet to dst.
func (t Tags) appendTo(dst []byte) []byte {
	dst = append(dst, tagsMagic...)
	dst = appendString(dst, t.Vendor)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(t.Comments)))
	for _, comment := range t.Comments {
		dst = appendString(dst, comment)
	}
	return dst
}

func appendString(dst []byte, s string) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(s)))
	return append(dst, s...)
}

// parseTags reads a header packet. Bytes after the comments are ignored, as section
// 5.2 asks: they may be padding. Errors wrap [ErrTags].
func parseTags(packet []byte) (Tags, error) {
	rest, found := strings.CutPrefix(string(packet), tagsMagic)
	if !found {
		return Tags{}, fmt.Errorf("%w: no %q", ErrTags, tagsMagic)
	}
	vendor, rest, err := cutString(rest)
	if err != nil {
		return Tags{}, err
	}
	count, rest, err := cutLength(rest)
	if err != nil {
		return Tags{}, err
	}
	tags := Tags{Vendor: vendor}
	for range count {
		var comment string
		if comment, rest, err = cutString(rest); err != nil {
			return Tags{}, err
		}
		tags.Comments = append(tags.Comments, comment)
	}
	return tags, nil
}

// cutString takes a length and as many bytes off the front of data.
func cutString(data string) (s, rest string, err error) {
	length, data, err := cutLength(data)
	if err != nil {
		return "", "", err
	}
	if uint64(length) > uint64(len(data)) {
		return "", "", fmt.Errorf("%w: string of %d bytes in %d", ErrTags, length, len(data))
	}
	return data[:length], data[length:], nil
}

func cutLength(data string) (length uint32, rest string, err error) {
	if len(data) < 4 {
		return 0, "", fmt.Errorf("%w: %d bytes for a length", ErrTags, len(data))
	}
	return binary.LittleEndian.Uint32([]byte(data[:4])), data[4:], nil
}

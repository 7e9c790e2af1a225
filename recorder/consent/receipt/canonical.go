package receipt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// canonical encodes v after RFC 8785: keys sorted, no white space, strings with
// the fewest escapes. Of its rules for numbers and key order only what receipts
// need is here: all numbers are integers below 2^53 or the 1.1 of JSON-LD, and all keys are ASCII, so
// that byte order is the order of UTF-16 units (section 3.2.3).
func canonical(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		// Receipts are made of strings, integers, booleans and slices of them.
		panic(fmt.Sprintf("consent/receipt: encode: %v", err))
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		panic(fmt.Sprintf("consent/receipt: decode own encoding: %v", err))
	}
	var out strings.Builder
	write(&out, tree)
	return []byte(out.String())
}

func write(out *strings.Builder, v any) {
	switch v := v.(type) {
	case nil:
		out.WriteString("null")
	case bool:
		out.WriteString(strconv.FormatBool(v))
	case json.Number:
		out.WriteString(v.String())
	case string:
		writeString(out, v)
	case []any:
		out.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				out.WriteByte(',')
			}
			write(out, item)
		}
		out.WriteByte(']')
	case map[string]any:
		writeObject(out, v)
	}
}

func writeObject(out *strings.Builder, m map[string]any) {
	out.WriteByte('{')
	for i, key := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			out.WriteByte(',')
		}
		writeString(out, key)
		out.WriteByte(':')
		write(out, m[key])
	}
	out.WriteByte('}')
}

// writeString escapes what RFC 8785 section 3.2.2.2 names and nothing else.
func writeString(out *strings.Builder, s string) {
	short := map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\t': `\t`, '\n': `\n`, '\f': `\f`, '\r': `\r`}
	out.WriteByte('"')
	for _, r := range s {
		switch esc, ok := short[r]; {
		case ok:
			out.WriteString(esc)
		case r < 0x20:
			fmt.Fprintf(out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
}

package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

var errNotObject = errors.New("not a JSON object")

// members reads one JSON object and nothing after it. A name that comes twice
// is refused: parsers differ in which of the two counts (RFC 8259 section 4),
// and what stands before this server must not read another message than it.
func members(data []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, errNotObject
	}
	out := map[string]json.RawMessage{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, errNotObject
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return nil, errNotObject
		}
		key, _ := name.(string) // a member's name is always a string
		if _, twice := out[key]; twice {
			return nil, fmt.Errorf("member %.40q is given twice", key)
		}
		out[key] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, errNotObject
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON object")
	}
	return out, nil
}

// checkMembers holds the members of an object against the struct that they are
// for: exactly those names, all that are not marked omitempty, and null only
// where the field is a pointer. encoding/json alone would let a name of other
// case, a missing member and a null pass as something that was never said.
func checkMembers(got map[string]json.RawMessage, want reflect.Type) error {
	known := fields(want)
	for name := range got {
		if _, ok := known[name]; !ok {
			return fmt.Errorf("unknown member %.40q", name)
		}
	}
	for name, f := range known {
		value, given := got[name]
		pointer := f.Type.Kind() == reflect.Pointer
		switch null := string(value) == "null"; {
		case !given && !optional(f):
			return fmt.Errorf("%s is missing", name)
		case null && !pointer:
			return fmt.Errorf("%s must not be null", name)
		case given && !null && pointer && f.Type.Elem().Kind() == reflect.Struct:
			if err := checkObject(value, f.Type.Elem()); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

func checkObject(data []byte, want reflect.Type) error {
	got, err := members(data)
	if err != nil {
		return err
	}
	return checkMembers(got, want)
}

// fields are the members of a struct's JSON object by name, those of embedded
// structs included.
func fields(t reflect.Type) map[string]reflect.StructField {
	out := map[string]reflect.StructField{}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			for name, inner := range fields(f.Type) {
				out[name] = inner
			}
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out[name] = f
	}
	return out
}

func optional(f reflect.StructField) bool {
	return strings.Contains(f.Tag.Get("json"), ",omitempty")
}

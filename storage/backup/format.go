package backup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"parley/storage/meta/sqlmeta"
)

const (
	formatName    = "parley-backup"
	formatVersion = 1
	// maxLine bounds a line in bytes.
	maxLine = 64 << 20
)

// ErrFormat is matched when a file is no backup, of a version that this program
// does not read, or not whole.
var ErrFormat = errors.New("not a whole backup")

// header is the first line.
type header struct {
	Format  string    `json:"format"`
	Version int       `json:"version"`
	Schema  int64     `json:"schema"`
	TakenAt time.Time `json:"taken_at"`
}

func (h header) validate() error {
	if h.Format != formatName {
		return fmt.Errorf("%w: it does not begin as one", ErrFormat)
	}
	if h.Version != formatVersion {
		return fmt.Errorf("%w: it has version %d of the format, and this program reads %d", ErrFormat, h.Version, formatVersion)
	}
	return nil
}

// heading begins a table.
type heading struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
}

// trailer is the last line.
type trailer struct {
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

// raw is a value that has no form of its own in JSON.
type raw struct {
	Bytes []byte `json:"base64,omitzero"`
	Text  []byte `json:"text_base64,omitzero"`
}

// encodeLine returns a value as a line.
func encodeLine(value any) ([]byte, error) {
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	err := e.Encode(value) // with a line feed
	return line.Bytes(), err
}

func encodeRecord(r sqlmeta.Record) ([]byte, error) {
	if r.Table != "" {
		return encodeLine(heading{r.Table, r.Columns})
	}
	values := make([]any, len(r.Values))
	for i, value := range r.Values {
		switch v := value.(type) {
		case []byte:
			value = raw{Bytes: append([]byte{}, v...)}
		case string:
			if !utf8.ValidString(v) {
				value = raw{Text: []byte(v)}
			}
		}
		values[i] = value
	}
	return encodeLine(values)
}

// decodeRecord reads a line between the first and the last one.
func decodeRecord(line []byte) (sqlmeta.Record, error) {
	if bytes.HasPrefix(line, []byte("{")) {
		var h heading
		if err := json.Unmarshal(line, &h); err != nil || h.Table == "" {
			return sqlmeta.Record{}, fmt.Errorf("%w: a line is neither the beginning of a table nor a row", ErrFormat)
		}
		return sqlmeta.Record{Table: h.Table, Columns: h.Columns}, nil
	}
	var texts []json.RawMessage
	if err := json.Unmarshal(line, &texts); err != nil {
		return sqlmeta.Record{}, fmt.Errorf("%w: a row is no array: %w", ErrFormat, err)
	}
	values := make([]any, len(texts))
	for i, text := range texts {
		var err error
		if values[i], err = decodeValue(text); err != nil {
			return sqlmeta.Record{}, fmt.Errorf("%w: value %d of a row: %w", ErrFormat, i+1, err)
		}
	}
	return sqlmeta.Record{Values: values}, nil
}

func decodeValue(text json.RawMessage) (any, error) {
	switch text[0] {
	case 'n':
		return nil, nil
	case '"':
		var s string
		err := json.Unmarshal(text, &s)
		return s, err
	case '{':
		var r raw
		if err := json.Unmarshal(text, &r); err != nil {
			return nil, err
		}
		if r.Text != nil {
			return string(r.Text), nil
		}
		if r.Bytes == nil {
			return nil, errors.New("an object without bytes")
		}
		return r.Bytes, nil
	}
	return strconv.ParseInt(string(text), 10, 64)
}

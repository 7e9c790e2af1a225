package backup

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"iter"

	"parley/storage/meta/sqlmeta"
)

// Opener opens what was sealed.
type Opener interface {
	OpenReader(src io.Reader) (io.Reader, error)
}

// Check reads a whole backup and returns what it holds. Errors match [ErrFormat],
// or those of package envelope where it was changed or is for another key.
func Check(src io.Reader, open Opener) (Summary, error) {
	r, err := newReader(src, open)
	if err == nil {
		for _, err = range r.records() {
			if err != nil {
				break
			}
		}
	}
	if err != nil {
		return Summary{}, fmt.Errorf("read backup: %w", err)
	}
	return r.made, nil
}

// Read returns the version of a backup's schema, and its records. They end with
// an error where [Check] would have found one.
func Read(src io.Reader, open Opener) (schema int64, records iter.Seq2[sqlmeta.Record, error], err error) {
	r, err := newReader(src, open)
	if err != nil {
		return 0, nil, fmt.Errorf("read backup: %w", err)
	}
	return r.made.Schema, r.records(), nil
}

// reader reads the lines of one backup.
type reader struct {
	lines *bufio.Scanner
	sum   hash.Hash
	made  Summary
}

func newReader(src io.Reader, open Opener) (*reader, error) {
	plain, err := open.OpenReader(src)
	if err != nil {
		return nil, err
	}
	r := &reader{lines: bufio.NewScanner(plain), sum: sha256.New()}
	r.lines.Buffer(make([]byte, 1<<16), maxLine)
	line, err := r.next()
	if err != nil {
		return nil, err
	}
	var h header
	if err := json.Unmarshal(line, &h); err != nil {
		return nil, fmt.Errorf("%w: it does not begin as one", ErrFormat)
	}
	r.take(line)
	r.made.Schema, r.made.TakenAt = h.Schema, h.TakenAt
	return r, h.validate()
}

// next returns the next line, without its end.
func (r *reader) next() ([]byte, error) {
	if !r.lines.Scan() {
		if err := r.lines.Err(); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("%w: its end is missing", ErrFormat)
	}
	return r.lines.Bytes(), nil
}

// take counts a line in.
func (r *reader) take(line []byte) {
	r.sum.Write(line) // which never fails
	r.sum.Write([]byte{'\n'})
}

func (r *reader) records() iter.Seq2[sqlmeta.Record, error] {
	return func(yield func(sqlmeta.Record, error) bool) {
		for {
			line, err := r.next()
			if err == nil && bytes.HasPrefix(line, []byte(`{"rows":`)) {
				if err = r.end(line); err == nil {
					return
				}
			}
			var record sqlmeta.Record
			if err == nil {
				r.take(line)
				record, err = decodeRecord(line)
			}
			if !yield(record, err) || err != nil {
				return
			}
			if record.Table == "" {
				r.made.Rows++
			}
		}
	}
}

// end compares what was read with the last line.
func (r *reader) end(line []byte) error {
	var t trailer
	if err := json.Unmarshal(line, &t); err != nil {
		return fmt.Errorf("%w: its last line: %w", ErrFormat, err)
	}
	r.made.SHA256 = hex.EncodeToString(r.sum.Sum(nil))
	if t.Rows != r.made.Rows || t.SHA256 != r.made.SHA256 {
		return fmt.Errorf("%w: it holds %d rows with the hash %s, and says %d and %s", ErrFormat, r.made.Rows, r.made.SHA256, t.Rows, t.SHA256)
	}
	if r.lines.Scan() {
		return fmt.Errorf("%w: something follows its last line", ErrFormat)
	}
	return r.lines.Err()
}

package backup

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"time"

	"parley/storage/meta/sqlmeta"
)

// Dumper is what can be backed up.
type Dumper interface {
	Dump(ctx context.Context, use func(version int64, records iter.Seq2[sqlmeta.Record, error]) error) error
}

// Sealer seals what is written to it.
type Sealer interface {
	SealWriter(dst io.Writer) (io.WriteCloser, error)
}

// Summary tells what a backup holds.
type Summary struct {
	// Schema is the version of the database's schema.
	Schema int64
	// TakenAt is the instant that it shows, by the clock of who wrote it.
	TakenAt time.Time
	// Rows is how many rows all tables have.
	Rows int64
	// SHA256 is the hash of the plaintext, in hexadecimal.
	SHA256 string
}

// Write writes a backup of the store to dst, which is complete when it returns
// nil. The store is used by others meanwhile.
func Write(ctx context.Context, dst io.Writer, seal Sealer, store Dumper, now time.Time) (Summary, error) {
	sealed, err := seal.SealWriter(dst)
	if err != nil {
		return Summary{}, fmt.Errorf("write backup: %w", err)
	}
	w := &writer{dst: bufio.NewWriterSize(sealed, 1<<16), sum: sha256.New(), made: Summary{TakenAt: now.UTC()}}
	err = store.Dump(ctx, w.all)
	if err == nil {
		err = errors.Join(w.dst.Flush(), sealed.Close())
	}
	if err != nil {
		return Summary{}, fmt.Errorf("write backup: %w", err)
	}
	return w.made, nil
}

// writer writes the lines of one backup.
type writer struct {
	dst  *bufio.Writer
	sum  hash.Hash
	made Summary
}

func (w *writer) all(version int64, records iter.Seq2[sqlmeta.Record, error]) error {
	w.made.Schema = version
	line, err := encodeLine(header{formatName, formatVersion, version, w.made.TakenAt})
	if err := w.add(line, err); err != nil {
		return err
	}
	for r, err := range records {
		if err != nil {
			return err
		}
		line, err := encodeRecord(r)
		if err := w.add(line, err); err != nil {
			return err
		}
		if r.Table == "" {
			w.made.Rows++
		}
	}
	w.made.SHA256 = hex.EncodeToString(w.sum.Sum(nil))
	return w.add(encodeLine(trailer{w.made.Rows, w.made.SHA256}))
}

func (w *writer) add(line []byte, err error) error {
	if err != nil {
		return err
	}
	if len(line) > maxLine {
		return fmt.Errorf("a row has %d bytes, more than a line may have", len(line))
	}
	w.sum.Write(line) // which never fails
	_, err = w.dst.Write(line)
	return err
}

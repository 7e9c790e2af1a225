package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"parley/storage/id"
)

func insertEnvelopes(ctx context.Context, tx *sql.Tx, recording id.RecordingID, envelopes map[string][]byte) error {
	for _, part := range id.Parts() {
		err := execOne(ctx, tx, `INSERT INTO key_envelopes (recording_id, part, sealed) VALUES (?, ?, ?)`,
			recording, part, envelopes[part])
		if err != nil {
			return err
		}
	}
	return nil
}

// Envelope implements [meta.Envelopes].
func (s *Store) Envelope(ctx context.Context, recording id.RecordingID, part string) ([]byte, error) {
	var sealed []byte
	err := s.reader.QueryRowContext(ctx, `
		SELECT sealed FROM key_envelopes
		WHERE recording_id = ? AND part = ? AND sealed IS NOT NULL`, recording, part).Scan(&sealed)
	return sealed, explain(ctx, fmt.Sprintf("read key envelope of %s of %s", part, recording), err)
}

// DestroyEnvelope implements [meta.Envelopes]. The bytes are overwritten where
// the database has them, and the write-ahead log, which has older copies, is
// emptied. What the file system or a disk keeps of overwritten blocks is beyond
// its reach, as are backups; there the envelope is safe as long as the master key.
func (s *Store) DestroyEnvelope(ctx context.Context, recording id.RecordingID, part string, at time.Time) error {
	err := s.writeOne(ctx, `
		UPDATE key_envelopes SET sealed = NULL, destroyed_at = COALESCE(destroyed_at, ?)
		WHERE recording_id = ? AND part = ?`, toMicros(at), recording, part)
	if err == nil {
		err = s.emptyLog(ctx)
	}
	return explain(ctx, fmt.Sprintf("destroy key envelope of %s of %s", part, recording), err)
}

// emptyLog moves what the write-ahead log holds to the database and truncates it.
// It waits for readers that need the log, as long as the busy timeout.
func (s *Store) emptyLog(ctx context.Context) error {
	var busy, logged, moved int
	err := s.writer.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &logged, &moved)
	if err == nil && busy != 0 {
		err = errors.New("a reader held the write-ahead log, which may have a copy of it still: repeat")
	}
	return err
}

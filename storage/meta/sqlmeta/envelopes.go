package sqlmeta

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parley/storage/id"
)

func insertEnvelopes(ctx context.Context, tx *sql.Tx, recording id.RecordingID, envelopes map[string][]byte) error {
	for _, part := range id.Parts() {
		err := execOne(ctx, tx, `INSERT INTO key_envelopes (recording_id, part, sealed) VALUES ($1, $2, $3)`,
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
		WHERE recording_id = $1 AND part = $2 AND sealed IS NOT NULL`, recording, part).Scan(&sealed)
	return sealed, s.explain(ctx, fmt.Sprintf("read key envelope of %s of %s", part, recording), err)
}

// DestroyEnvelope implements [meta.Envelopes].
func (s *Store) DestroyEnvelope(ctx context.Context, recording id.RecordingID, part string, at time.Time) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		err := execOne(ctx, tx, `
			UPDATE key_envelopes SET sealed = NULL, destroyed_at = COALESCE(destroyed_at, $1)
			WHERE recording_id = $2 AND part = $3`, toMicros(at), recording, part)
		if err != nil {
			return err
		}
		// What somebody wrote goes with what they said.
		_, err = tx.ExecContext(ctx, `
			DELETE FROM texts WHERE part = $1 AND call_id = (SELECT call_id FROM recordings WHERE id = $2)`, part, recording)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM evaluations WHERE recording_id = $1`, recording)
		return err
	})
	if err == nil {
		err = s.engine.Erase(ctx, s.writer)
	}
	return s.explain(ctx, fmt.Sprintf("destroy key envelope of %s of %s", part, recording), err)
}

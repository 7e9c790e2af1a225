package sqlmeta

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

const selectPerson = `SELECT id, role, name, headline, languages, available, wrap_up_until, missed, away_why, updated_at FROM people `

// UpsertPerson implements [meta.People].
func (s *Store) UpsertPerson(ctx context.Context, p meta.Person) error {
	if err := p.Validate(); err != nil {
		return err
	}
	languages, err := json.Marshal(append([]string{}, p.Languages...))
	if err != nil {
		return fmt.Errorf("%w: person %s: languages: %w", meta.ErrInvalid, p.ID, err)
	}
	err = s.writeOne(ctx, `
		INSERT INTO people (id, role, name, headline, languages, available, updated_at)
		VALUES ($1, $2, $3, $4, $5, FALSE, $6)
		ON CONFLICT (id) DO UPDATE SET
			role = excluded.role, name = excluded.name, headline = excluded.headline,
			languages = excluded.languages, updated_at = excluded.updated_at`,
		p.ID, p.Role, p.Name, p.Headline, string(languages), toMicros(p.UpdatedAt))
	return s.explain(ctx, fmt.Sprintf("store person %s", p.ID), err)
}

// Person implements [meta.People].
func (s *Store) Person(ctx context.Context, person id.PersonID) (meta.Person, error) {
	p, err := scanPerson(s.reader.QueryRowContext(ctx, selectPerson+`WHERE id = $1`, person))
	return p, s.explain(ctx, fmt.Sprintf("read person %s", person), err)
}

// Experts implements [meta.People].
func (s *Store) Experts(ctx context.Context) ([]meta.Person, error) {
	experts, err := collect(ctx, s.reader, scanPerson, selectPerson+`WHERE role = $1 ORDER BY name, id`, meta.RoleExpert)
	return experts, s.explain(ctx, "list experts", err)
}

// SetAvailable implements [meta.People].
func (s *Store) SetAvailable(ctx context.Context, person id.PersonID, available bool, at time.Time) error {
	err := s.writeOne(ctx, `
		UPDATE people SET available = $1, wrap_up_until = NULL, missed = 0, away_why = '', updated_at = $2
		WHERE id = $3`, available, toMicros(at), person)
	return s.explain(ctx, fmt.Sprintf("store availability of %s", person), err)
}

// SetWrapUp implements [meta.People].
func (s *Store) SetWrapUp(ctx context.Context, person id.PersonID, until *time.Time) error {
	err := s.writeOne(ctx, `UPDATE people SET wrap_up_until = $1, missed = 0 WHERE id = $2`, toNullable(until), person)
	return s.explain(ctx, fmt.Sprintf("store wrap-up of %s", person), err)
}

// CountMissed implements [meta.People].
func (s *Store) CountMissed(ctx context.Context, person id.PersonID, most int, at time.Time) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		if err := execOne(ctx, tx, `UPDATE people SET missed = missed + 1 WHERE id = $1`, person); err != nil || most <= 0 {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE people SET available = FALSE, missed = 0, away_why = $1, updated_at = $2
			WHERE id = $3 AND available AND missed >= $4`, meta.AwayMissed, toMicros(at), person, most)
		return err
	})
	return s.explain(ctx, fmt.Sprintf("count a missed call of %s", person), err)
}

func scanPerson(r row) (meta.Person, error) {
	var (
		p         meta.Person
		languages string
		updated   int64
		wrapUp    sql.NullInt64
	)
	err := r.Scan(&p.ID, &p.Role, &p.Name, &p.Headline, &languages, &p.Available, &wrapUp, &p.Missed, &p.AwayWhy, &updated)
	if err != nil {
		return meta.Person{}, err
	}
	if err := json.Unmarshal([]byte(languages), &p.Languages); err != nil {
		return meta.Person{}, fmt.Errorf("languages of %s: %w", p.ID, err)
	}
	p.WrapUpUntil, p.UpdatedAt = fromNullable(wrapUp), fromMicros(updated)
	return p, nil
}

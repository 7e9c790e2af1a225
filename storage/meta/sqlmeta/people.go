package sqlmeta

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

const selectPerson = `SELECT id, role, name, headline, languages, available, updated_at FROM people `

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
	err := s.writeOne(ctx, `UPDATE people SET available = $1, updated_at = $2 WHERE id = $3`, available, toMicros(at), person)
	return s.explain(ctx, fmt.Sprintf("store availability of %s", person), err)
}

func scanPerson(r row) (meta.Person, error) {
	var (
		p         meta.Person
		languages string
		updated   int64
	)
	if err := r.Scan(&p.ID, &p.Role, &p.Name, &p.Headline, &languages, &p.Available, &updated); err != nil {
		return meta.Person{}, err
	}
	if err := json.Unmarshal([]byte(languages), &p.Languages); err != nil {
		return meta.Person{}, fmt.Errorf("languages of %s: %w", p.ID, err)
	}
	p.UpdatedAt = fromMicros(updated)
	return p, nil
}

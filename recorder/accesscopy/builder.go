package accesscopy

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"parley/recorder/consent/ledger"
	"parley/recorder/playback"
	"parley/storage/chain"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/signing"
)

// Store is the metadata that is kept about people.
type Store interface {
	Person(ctx context.Context, p id.PersonID) (meta.Person, error)
	BlocksBy(ctx context.Context, by id.PersonID) ([]meta.Block, error)
	ListCalls(ctx context.Context, f meta.CallFilter) ([]meta.Call, error)
	Recordings(ctx context.Context, f meta.RecordingFilter) ([]meta.Recording, error)
	Erasures(ctx context.Context, f meta.ErasureFilter) ([]meta.Erasure, error)
	Texts(ctx context.Context, f meta.TextFilter) ([]meta.Text, error)
	Rating(ctx context.Context, c id.CallID, by id.PersonID) (meta.Rating, error)
	Evaluations(ctx context.Context, f meta.EvaluationFilter) ([]meta.Evaluation, error)
	ChainEntries(ctx context.Context, name, subject string, after uint64, limit int) ([]chain.Entry, error)
}

// Library opens recordings.
type Library interface {
	Open(ctx context.Context, rec id.RecordingID) (*playback.Recording, error)
}

// Vault opens what people wrote; *envelope.Master is one.
type Vault interface {
	OpenSecret(name string, sealed []byte) ([]byte, error)
}

// Subject is whose copy it is: one person in one role.
type Subject struct {
	Person id.PersonID
	// Role is ledger.Member or ledger.Expert.
	Role string
}

// leg is the place of the subject in a call.
func (s Subject) leg() int {
	if s.Role == ledger.Expert {
		return 1
	}
	return 0
}

// spoke tells whether it is the subject who had their place among two people.
func (s Subject) spoke(member, expert id.PersonID) bool {
	return s.Person == [2]id.PersonID{member, expert}[s.leg()]
}

// Builder makes copies. It may be used concurrently.
type Builder struct {
	Store   Store
	Library Library
	Vault   Vault
	Keys    signing.KeySet
	// Operator is the name under which the service is run.
	Operator string
	// Whole has both voices in a copy; without it there is the person's own alone.
	Whole bool
	Now   func() time.Time
}

// Allow is asked before the sound of a recording is read, and writes that down; its
// error ends the copy.
type Allow func(ctx context.Context, rec id.RecordingID) error

// Write writes the archive. The error is that of w, of the stores, of allow or of
// ctx; what was written before it is no archive then.
func (b *Builder) Write(ctx context.Context, w io.Writer, s Subject, allow Allow) error {
	a := &archive{out: &tracked{Writer: w}, at: b.Now()}
	a.zip = zip.NewWriter(a.out)
	c, err := b.person(ctx, s)
	if err != nil {
		return err
	}
	c.MadeAt = a.at.UTC()
	if err := b.calls(ctx, a, s, &c); err != nil {
		return err
	}
	if err := b.recordings(ctx, a, s, &c, allow); err != nil {
		return err
	}
	if err := b.evaluations(ctx, s, &c); err != nil {
		return err
	}
	keys, err := b.Keys.JWKS()
	if err != nil {
		return err
	}
	page, err := index(c)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(c, "", "  ")
	return errors.Join(err, a.file("parley-keys.json", keys), a.file("data.json", data), a.file("index.html", page), a.zip.Close())
}

// person is what is kept of the person alone.
func (b *Builder) person(ctx context.Context, s Subject) (Contents, error) {
	c := Contents{
		Version: Version, Operator: b.Operator, Person: Person{ID: s.Person, Role: s.Role},
		Calls: []Call{}, Recordings: []Recording{}, Evaluations: []Evaluation{}, Blocks: []Block{},
	}
	p, err := b.Store.Person(ctx, s.Person)
	switch {
	case err == nil && p.Role == s.Role:
		c.Person.Name, c.Person.Headline, c.Person.Languages = p.Name, p.Headline, p.Languages
		c.Person.Available, c.Person.UpdatedAt = &p.Available, &p.UpdatedAt
	case err != nil && !errors.Is(err, meta.ErrNotExist):
		return c, err
	}
	blocks, err := b.Store.BlocksBy(ctx, s.Person)
	for _, one := range blocks {
		c.Blocks = append(c.Blocks, Block{one.Whom, one.At})
	}
	return c, err
}

// archive is what is written to.
type archive struct {
	out *tracked
	zip *zip.Writer
	at  time.Time
}

// create begins a file. Sound is packed already.
func (a *archive) create(name string, method uint16) (io.Writer, error) {
	return a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: a.at})
}

func (a *archive) file(name string, content []byte) error {
	w, err := a.create(name, zip.Deflate)
	if err == nil {
		_, err = w.Write(content)
	}
	return err
}

func (a *archive) json(name string, content any) error {
	data, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		return err
	}
	return a.file(name, data)
}

// tracked remembers that writing failed, to tell it from a failure to read.
type tracked struct {
	io.Writer
	err error
}

// Write implements [io.Writer].
func (t *tracked) Write(p []byte) (int, error) {
	n, err := t.Writer.Write(p)
	if err != nil {
		t.err = err
	}
	return n, err
}

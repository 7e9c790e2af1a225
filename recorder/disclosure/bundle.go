package disclosure

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"parley/recorder/consent/ledger"
	"parley/recorder/consent/receipt"
	"parley/recorder/playback"
	"parley/storage/audit"
	"parley/storage/chain"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/signing"
)

// StatementType is the JWS type of a bundle's statement.
const StatementType = "disclosure-statement+jws"

const statementVersion = 1

// Names of files in a bundle.
const (
	statementFile = "statement.jws"
	proofFile     = "proof.json"
	excerptFile   = "excerpt.json"
)

var (
	// ErrNotApproved says that an order has not been approved by enough people.
	ErrNotApproved = errors.New("disclosure: not approved by two people")
	// ErrNothing says that nothing of what was ordered is left.
	ErrNothing = errors.New("disclosure: nothing of it is left")
)

// Statement is what is signed about a bundle.
type Statement struct {
	Version  int       `json:"version"`
	Operator string    `json:"operator"`
	MadeAt   time.Time `json:"made_at"`
	Order    Order     `json:"order"`
	Call     id.CallID `json:"call"`
	// Started is the instant at which playing time 0 was recorded.
	Started time.Time `json:"started"`
	Voices  []Voice   `json:"voices"`
	Files   []File    `json:"files"`
}

// Voice ties the pages of a voice to its sealed original.
type Voice struct {
	Leg          string `json:"leg"`
	SealedSHA256 string `json:"sealed_sha256"`
	SealedBytes  int64  `json:"sealed_bytes"`
	Pages        int    `json:"pages"`
	Root         hash   `json:"root"`
}

// File is a file of the bundle.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 hash   `json:"sha256"`
}

// proof is what ties the pages in a file to the root of their voice.
type proof struct {
	Leg  string `json:"leg"`
	File string `json:"file"`
	shown
	Leaves []leaf `json:"leaves"`
	Path   []hash `json:"path"`
}

// leaf is a page that is in the file.
type leaf struct {
	Bytes int  `json:"bytes"`
	Hash  hash `json:"hash"`
}

// Store is what a bundle is made of, beside the sound.
type Store interface {
	Objects(ctx context.Context, r id.RecordingID) ([]meta.StoredObject, error)
	ChainEntries(ctx context.Context, name, subject string, after uint64, limit int) ([]chain.Entry, error)
}

// Library opens recordings.
type Library interface {
	Open(ctx context.Context, rec id.RecordingID) (*playback.Recording, error)
}

// Maker makes bundles. It may be used concurrently.
type Maker struct {
	Store    Store
	Library  Library
	Key      *signing.Key
	Operator string
	Now      func() time.Time
}

// Write writes the bundle of an order. Errors match [ErrNotApproved], [ErrNothing], or
// those of the library; what was written before an error is no bundle.
func (m *Maker) Write(ctx context.Context, w io.Writer, o Order) error {
	if !o.Approved() {
		return fmt.Errorf("%w: order %d", ErrNotApproved, o.Number)
	}
	r, err := m.Library.Open(ctx, o.Recording)
	if err != nil {
		return err
	}
	return errors.Join(m.write(ctx, w, o, r), r.Close())
}

func (m *Maker) write(ctx context.Context, w io.Writer, o Order, r *playback.Recording) error {
	p := &packer{zip: zip.NewWriter(w)}
	s := Statement{
		Version: statementVersion, Operator: m.Operator, MadeAt: m.Now().UTC(), Order: o, Call: r.Manifest.Call, Started: r.Manifest.Started,
		Voices: []Voice{},
	}
	proofs, err := m.voices(p, &s, r)
	if err != nil {
		return err
	}
	if err := m.papers(ctx, p, s); err != nil {
		return err
	}
	if err := errors.Join(p.json("manifest.json", r.Manifest), p.json(proofFile, proofs)); err != nil {
		return err
	}
	s.Files = p.files
	payload, err := json.Marshal(s)
	if err != nil {
		return err
	}
	jws, err := m.Key.Sign(StatementType, payload)
	if err != nil {
		return err
	}
	return errors.Join(p.text(statementFile, []byte(jws)), p.zip.Close())
}

// voices writes what was ordered of the sound.
func (m *Maker) voices(p *packer, s *Statement, r *playback.Recording) ([]proof, error) {
	proofs := []proof{}
	for leg, name := range [2]string{id.PartMember, id.PartExpert} {
		voice := r.Voice(leg)
		if voice == nil || !s.Order.covers(name) {
			continue
		}
		c := cut{proof: proof{Leg: name, File: soundFile(name)}, from: s.Order.FromMs, until: s.Order.ToMs}
		err := p.file(c.File, func(w io.Writer) error {
			return pages(voice, func(one page) error { return c.add(w, one) })
		})
		if err != nil {
			return nil, fmt.Errorf("the %s's voice: %w", name, err)
		}
		if !c.begun {
			return nil, fmt.Errorf("%w: the %s's voice has no sound in the stretch that was ordered", ErrNothing, name)
		}
		one := r.Manifest.Voices[leg]
		c.Path = path(c.all, c.shown)
		proofs = append(proofs, c.proof)
		s.Voices = append(s.Voices, Voice{name, one.SHA256, one.Bytes, len(c.all), rootOf(c.all)})
	}
	if len(proofs) == 0 {
		return nil, fmt.Errorf("%w: order %d", ErrNothing, s.Order.Number)
	}
	return proofs, nil
}

// cut takes a stretch out of a voice.
type cut struct {
	proof
	all         []hash
	from, until int64 // ms; until 0: the end
	begun       bool
}

// add takes the next page, and writes it if it is of the stretch.
func (c *cut) add(w io.Writer, p page) error {
	h := leafHash(p.data)
	c.all = append(c.all, h)
	wanted := p.header || p.to > c.from*samplesPerMs && (c.until == 0 || p.from < c.until*samplesPerMs)
	switch {
	case p.header:
		c.Head, c.From, c.To = len(c.all), len(c.all), len(c.all)
	case wanted && !c.begun:
		c.begun, c.From, c.To = true, len(c.all)-1, len(c.all)
	case wanted:
		c.To = len(c.all)
	}
	if !wanted {
		return nil
	}
	c.Leaves = append(c.Leaves, leaf{len(p.data), h})
	_, err := w.Write(p.data)
	return err
}

// custody is where the sealed originals are and what was done.
type custody struct {
	Objects []meta.StoredObject `json:"sealed_objects"`
	Order   Order               `json:"order"`
}

// papers writes what goes with the sound.
func (m *Maker) papers(ctx context.Context, p *packer, s Statement) error {
	consent, err := entries(ctx, m.Store, ledger.Chain, string(s.Call))
	if err != nil {
		return err
	}
	access, err := entries(ctx, m.Store, audit.Chain, string(s.Order.Recording))
	if err != nil {
		return err
	}
	objects, err := m.Store.Objects(ctx, s.Order.Recording)
	if err != nil {
		return err
	}
	for _, e := range consent {
		if err := writeReceipt(p, e); err != nil {
			return err
		}
	}
	return errors.Join(p.json("ledger.json", consent), p.json("access-log.json", access), p.json("custody.json", custody{objects, s.Order}))
}

func entries(ctx context.Context, store Store, name, subject string) (all []chain.Entry, err error) {
	for after := uint64(0); ; {
		page, err := store.ChainEntries(ctx, name, subject, after, meta.MaxLimit)
		if err != nil {
			return nil, err
		}
		if all = append(all, page...); len(page) < meta.MaxLimit {
			return all, nil
		}
		after = page[len(page)-1].Seq
	}
}

// writeReceipt writes the receipt that an entry of the ledger holds, if it is one.
func writeReceipt(p *packer, e chain.Entry) error {
	if e.Kind != ledger.KindReceipt {
		return nil
	}
	var issued ledger.ReceiptIssued
	if err := json.Unmarshal(e.Body, &issued); err != nil {
		return fmt.Errorf("ledger entry %d: %w", e.Seq, err)
	}
	file, err := receipt.File(issued.JWS)
	if err != nil {
		return fmt.Errorf("ledger entry %d: %w", e.Seq, err)
	}
	return p.text(fmt.Sprintf("receipts/%d.json", issued.Answer), file)
}

// packer writes the archive, and remembers what is in it.
type packer struct {
	zip   *zip.Writer
	files []File
}

func (p *packer) file(name string, content func(io.Writer) error) error {
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		return err
	}
	sum, n := sha256.New(), &counter{}
	if err := content(io.MultiWriter(w, sum, n)); err != nil {
		return err
	}
	p.files = append(p.files, File{name, n.bytes, hash(sum.Sum(nil))})
	return nil
}

func (p *packer) text(name string, content []byte) error {
	return p.file(name, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

func (p *packer) json(name string, content any) error {
	data, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		return err
	}
	return p.text(name, data)
}

type counter struct{ bytes int64 }

// Write implements [io.Writer].
func (c *counter) Write(p []byte) (int, error) {
	c.bytes += int64(len(p))
	return len(p), nil
}

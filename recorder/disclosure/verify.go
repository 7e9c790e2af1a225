package disclosure

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"parley/storage/signing"
)

// maxText bounds what is read of a file that is not sound.
const maxText = 64 << 20

// ErrNotABundle says that a file cannot be read as a bundle, or that its statement is
// not signed by one of the keys.
var ErrNotABundle = errors.New("disclosure: not a genuine bundle")

// Fault is what is wrong with a bundle, and where.
type Fault struct {
	// File is the file in the bundle; empty: between files.
	File string `json:"file"`
	// From and To are the bytes of it, To beyond the last one; both 0: all of it.
	From   int64  `json:"from"`
	To     int64  `json:"to"`
	Detail string `json:"detail"`
}

// Report is what was found.
type Report struct {
	Statement Statement `json:"statement"`
	// Excerpt tells that the archive holds no more than a stretch of the bundle.
	Excerpt bool    `json:"excerpt"`
	Faults  []Fault `json:"faults"`

	proofs []proof
	jws    []byte
}

// verification is one under way.
type verification struct {
	Report
	raw   io.ReaderAt
	size  int64
	files map[string]*zip.File
	order []*zip.File
}

// Verify checks a bundle or an excerpt of one. The error matches [ErrNotABundle] where
// nothing can be said about it; else the report has all faults, and none if every byte
// is as it was written.
func Verify(raw io.ReaderAt, size int64, keys signing.KeySet) (Report, error) {
	v := &verification{raw: raw, size: size, files: map[string]*zip.File{}}
	v.Faults = []Fault{}
	archive, err := zip.NewReader(raw, size)
	if err != nil {
		return v.Report, fmt.Errorf("%w: the archive's directory at its end: %w", ErrNotABundle, err)
	}
	v.order = archive.File
	for _, f := range archive.File {
		v.files[f.Name] = f
	}
	if err := v.statement(keys); err != nil {
		return v.Report, fmt.Errorf("%w: %s: %w", ErrNotABundle, statementFile, err)
	}
	v.approvals()
	v.listed()
	v.sound()
	if len(v.Faults) == 0 {
		v.container()
	}
	return v.Report, nil
}

func (v *verification) fault(file string, from, to int64, format string, args ...any) {
	v.Faults = append(v.Faults, Fault{file, from, to, fmt.Sprintf(format, args...)})
}

// read reads a file that is not sound. The archive's own checksum does not count: the
// hash does.
func (v *verification) read(name string) ([]byte, error) {
	f, ok := v.files[name]
	if !ok {
		return nil, errors.New("it is missing")
	}
	r, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if len(data) > maxText {
		err = errors.New("it is too long")
	}
	return data, err
}

func (v *verification) statement(keys signing.KeySet) (err error) {
	if v.jws, err = v.read(statementFile); err != nil {
		return err
	}
	payload, err := keys.Verify(StatementType, string(v.jws))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(payload, &v.Statement); err != nil {
		return err
	}
	if n := v.Statement.Version; n != statementVersion {
		return fmt.Errorf("version %d, this program reads %d", n, statementVersion)
	}
	_, v.Excerpt = v.files[excerptFile]
	return nil
}

func (v *verification) approvals() {
	if !v.Statement.Order.Approved() {
		v.fault(statementFile, 0, 0, "the order was not approved by two people")
	}
}

// listed holds each file against the statement.
func (v *verification) listed() {
	known := map[string]bool{statementFile: true}
	if v.Excerpt {
		known[excerptFile] = true
	}
	for _, want := range v.Statement.Files {
		known[want.Name] = true
		f, ok := v.files[want.Name]
		switch {
		case !ok && !v.Excerpt:
			v.fault(want.Name, 0, 0, "it is missing")
		case ok && v.isSound(want.Name): // page by page, below
		case ok:
			v.whole(f, want)
		}
	}
	seen := map[string]bool{}
	for _, f := range v.order {
		if !known[f.Name] && !(v.Excerpt && v.isSound(f.Name)) || seen[f.Name] {
			v.fault(f.Name, 0, 0, "it does not belong to the bundle")
		}
		seen[f.Name] = true
	}
}

func (v *verification) isSound(name string) bool {
	for _, voice := range v.Statement.Voices {
		if name == soundFile(voice.Leg) {
			return true
		}
	}
	return false
}

func soundFile(leg string) string { return "audio/" + leg + ".opus" }

func (v *verification) whole(f *zip.File, want File) {
	sum := sha256.New()
	r, err := f.OpenRaw()
	n := int64(0)
	if err == nil {
		n, err = io.Copy(sum, r)
	}
	if err != nil || n != want.Bytes || hash(sum.Sum(nil)) != want.SHA256 {
		v.fault(want.Name, 0, n, "it was altered")
	}
}

// sound proves each page by the root of its voice, and names those that were altered.
func (v *verification) sound() {
	name := proofFile
	if v.Excerpt {
		name = excerptFile
	}
	data, err := v.read(name)
	if err == nil {
		err = json.Unmarshal(data, &v.proofs)
	}
	if err != nil {
		v.fault(name, 0, 0, "the pages of the sound cannot be proven: %v", err)
		return
	}
	for _, voice := range v.Statement.Voices {
		p, ok := v.proofOf(voice.Leg)
		switch {
		case !ok && v.Excerpt:
		case !ok || p.File != soundFile(voice.Leg):
			v.fault(name, 0, 0, "nothing proves the %s's voice", voice.Leg)
		case !p.holds(voice):
			v.fault(name, 0, 0, "it does not lead to the signed root of the %s's voice", voice.Leg)
		default:
			v.pages(p)
		}
	}
}

func (v *verification) proofOf(leg string) (proof, bool) {
	for _, p := range v.proofs {
		if p.Leg == leg {
			return p, true
		}
	}
	return proof{}, false
}

// holds tells whether the leaves lead to the root of a voice.
func (p proof) holds(voice Voice) bool {
	leaves := make([]hash, len(p.Leaves))
	for i, l := range p.Leaves {
		leaves[i] = l.Hash
	}
	root, ok := rebuilt(voice.Pages, p.shown, leaves, p.Path)
	return ok && root == voice.Root
}

// pages holds the sound against the leaves.
func (v *verification) pages(p proof) {
	f, ok := v.files[p.File]
	if !ok {
		v.fault(p.File, 0, 0, "it is missing")
		return
	}
	r, err := f.OpenRaw()
	at := int64(0)
	for i, l := range p.Leaves {
		if err != nil || l.Bytes < 0 || l.Bytes > maxText {
			break
		}
		data := make([]byte, l.Bytes)
		_, err = io.ReadFull(r, data)
		end := at + int64(l.Bytes)
		if err == nil && leafHash(data) != l.Hash {
			v.fault(p.File, at, end, "page %d of %d was altered", i+1, len(p.Leaves))
		}
		at = end
	}
	if err != nil || at != int64(f.UncompressedSize64) {
		v.fault(p.File, 0, 0, "it has not the length that was signed")
	}
}

// container writes the archive anew and compares: what is between the files is as it
// was, too.
func (v *verification) container() {
	c := &comparer{raw: v.raw}
	p := &packer{zip: zip.NewWriter(c)}
	var err error
	for _, f := range v.order {
		err = errors.Join(err, p.file(f.Name, func(w io.Writer) error {
			r, err := f.OpenRaw()
			if err == nil {
				_, err = io.Copy(w, r)
			}
			return err
		}))
	}
	err = errors.Join(err, p.zip.Close())
	switch {
	case c.differs:
		v.fault("", c.at, c.at+1, "the archive was altered between its files")
	case err != nil || c.at != v.size:
		v.fault("", c.at, v.size, "the archive has more or less than it was written with")
	}
}

// comparer compares what is written with what is there.
type comparer struct {
	raw     io.ReaderAt
	at      int64
	differs bool
}

var errDiffers = errors.New("it differs")

// Write implements [io.Writer].
func (c *comparer) Write(p []byte) (int, error) {
	if c.differs {
		return 0, errDiffers
	}
	there := make([]byte, len(p))
	n, err := c.raw.ReadAt(there, c.at)
	if n == len(p) && bytes.Equal(there, p) {
		c.at += int64(n)
		return n, nil
	}
	for i := range n {
		if there[i] != p[i] {
			n = i
			break
		}
	}
	c.at += int64(n)
	c.differs = true
	return n, errors.Join(errDiffers, err)
}

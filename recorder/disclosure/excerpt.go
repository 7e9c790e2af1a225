package disclosure

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"parley/storage/signing"
)

// ErrCannotCut says that no excerpt can be cut from an archive.
var ErrCannotCut = errors.New("disclosure: no excerpt can be cut from it")

// Excerpt writes the stretch of a bundle between two times, in milliseconds of playing
// time, to w: its pages, the statement, and the hashes that prove them. Nothing else of
// the bundle is in it. The bundle must be whole; errors match [ErrNotABundle] or
// [ErrCannotCut].
func Excerpt(w io.Writer, raw io.ReaderAt, size int64, keys signing.KeySet, fromMs, toMs int64) error {
	r, err := Verify(raw, size, keys)
	switch {
	case err != nil:
		return err
	case len(r.Faults) > 0:
		return fmt.Errorf("%w: %s: %s", ErrCannotCut, r.Faults[0].File, r.Faults[0].Detail)
	case fromMs < 0 || toMs <= fromMs:
		return fmt.Errorf("%w: from %d ms to %d ms", ErrCannotCut, fromMs, toMs)
	}
	archive, err := zip.NewReader(raw, size)
	if err != nil {
		return err
	}
	p := &packer{zip: zip.NewWriter(w)}
	var proofs []proof
	for _, whole := range r.proofs {
		if len(whole.Path) > 0 {
			return fmt.Errorf("%w: it is a stretch itself; cut from the whole", ErrCannotCut)
		}
		one, err := shorten(p, archive, whole, fromMs, toMs)
		if err != nil {
			return err
		}
		proofs = append(proofs, one)
	}
	data, err := json.MarshalIndent(proofs, "", "  ")
	return errors.Join(err, p.text(excerptFile, data), p.text(statementFile, r.jws), p.zip.Close())
}

// shorten writes the stretch of one voice.
func shorten(p *packer, archive *zip.Reader, whole proof, fromMs, toMs int64) (proof, error) {
	voice, err := archive.Open(whole.File)
	if err != nil {
		return proof{}, err
	}
	c := cut{proof: proof{Leg: whole.Leg, File: whole.File}, from: fromMs, until: toMs}
	err = p.file(whole.File, func(w io.Writer) error {
		return pages(voice, func(one page) error { return c.add(w, one) })
	})
	if err = errors.Join(err, voice.Close()); err != nil {
		return proof{}, err
	}
	if !c.begun {
		return proof{}, fmt.Errorf("%w: it has no sound between %d ms and %d ms", ErrCannotCut, fromMs, toMs)
	}
	c.Path = path(c.all, c.shown)
	return c.proof, nil
}

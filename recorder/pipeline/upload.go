package pipeline

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"parley/storage/blob"
	"parley/storage/id"
	"parley/storage/meta"
)

// uploadTimeout bounds one object's way to the store and back; an hour of
// voice is about 11 MB.
const uploadTimeout = 5 * time.Minute

// upload puts all objects at once, reads each back, and enters them in metadata
// together. Nobody finds any of them before.
func (j *job) upload() error {
	if j.stored == nil {
		j.stored = map[string]meta.StoredObject{}
	}
	var g errgroup.Group
	for _, files := range [][2]*sealedFile{j.done.out.voices, j.done.out.peaks} {
		for leg, f := range files {
			g.Go(func() error {
				return j.put(partOfLeg[leg], f.size, f.sum(), func() (io.ReadCloser, error) { return os.Open(f.path) })
			})
		}
	}
	g.Go(func() error {
		sum := sha256.Sum256(j.manifest)
		return j.put(id.PartCall, int64(len(j.manifest)), hex.EncodeToString(sum[:]), func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(j.manifest)), nil
		})
	})
	if err := g.Wait(); err != nil {
		return err
	}
	return j.enter()
}

// enter tells metadata where the objects are, in one transaction.
func (j *job) enter() error {
	ctx, cancel := context.WithTimeout(j.p.ctx, metaTimeout)
	defer cancel()
	if err := j.p.cfg.Meta.PutObject(ctx, slices.Collect(maps.Values(j.stored))...); err != nil {
		return fmt.Errorf("enter the objects of %s: %w", j.rec.ID, err)
	}
	return nil
}

func (j *job) put(part string, size int64, sum string, open func() (io.ReadCloser, error)) error {
	if j.isStored(sum) {
		return nil
	}
	ctx, cancel := context.WithTimeout(j.p.ctx, uploadTimeout)
	defer cancel()
	r, err := open()
	if err != nil {
		return fmt.Errorf("open %s of %s: %w", part, j.rec.ID, err)
	}
	defer func() { _ = r.Close() }() // read only
	o := meta.StoredObject{Recording: j.rec.ID, Part: part, Key: newKey(j.rec.ID), Size: size, SHA256: sum}
	if err := j.p.cfg.Objects.Put(ctx, o.Key, r, size); err != nil {
		return fmt.Errorf("store %s of %s: %w", part, j.rec.ID, err)
	}
	if err := verify(ctx, j.p.cfg.Objects, o); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.stored[sum] = o
	return nil
}

func (j *job) isStored(sum string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, done := j.stored[sum]
	return done
}

// newKey names an object. Each attempt has a name of its own, for objects are
// written once; what a broken attempt left is swept up by its prefix.
func newKey(rec id.RecordingID) string {
	return objectPrefix(rec) + hex.EncodeToString(randomBytes())
}

func objectPrefix(rec id.RecordingID) string { return "recordings/" + string(rec) + "/" }

func randomBytes() []byte {
	b := make([]byte, 12)
	_, _ = rand.Read(b) // crypto/rand never fails (Go 1.24)
	return b
}

// forget removes from metadata what attempts that failed have entered.
func (j *job) forget() error {
	ctx, cancel := context.WithTimeout(j.p.ctx, metaTimeout)
	defer cancel()
	var keys []string
	for _, o := range j.stored {
		keys = append(keys, o.Key)
	}
	if err := j.p.cfg.Meta.KeepObjects(ctx, j.rec.ID, keys); err != nil {
		return fmt.Errorf("forget what is left of %s: %w", j.rec.ID, err)
	}
	return nil
}

// sweep removes from the store what attempts that failed have left there, once the
// recording is published: nobody who listens waits for it.
func (p *Pipeline) sweep(rec id.RecordingID) error {
	ctx, cancel := context.WithTimeout(p.ctx, uploadTimeout)
	defer cancel()
	objects, err := p.cfg.Meta.Objects(ctx, rec)
	if err != nil {
		return fmt.Errorf("look up the objects of %s: %w", rec, err)
	}
	var left []string
	for info, err := range p.cfg.Objects.List(ctx, objectPrefix(rec)) {
		if err != nil {
			return fmt.Errorf("list what is left of %s: %w", rec, err)
		}
		if !slices.ContainsFunc(objects, func(o meta.StoredObject) bool { return o.Key == info.Key }) {
			left = append(left, info.Key)
		}
	}
	for _, key := range left {
		if err := p.cfg.Objects.Delete(ctx, key); err != nil && !errors.Is(err, blob.ErrNotExist) {
			return fmt.Errorf("remove what is left of %s: %w", rec, err)
		}
	}
	return nil
}

// verify reads an object back and compares it with what was sent.
func verify(ctx context.Context, s blob.Store, o meta.StoredObject) error {
	got, err := blob.Sum(ctx, s, o.Key)
	if err != nil {
		return fmt.Errorf("read back %s: %w", o.Key, err)
	}
	if got != o.SHA256 {
		return errors.Join(
			fmt.Errorf("read back %s: the stored object differs from what was sent", o.Key),
			s.Delete(ctx, o.Key),
		)
	}
	return nil
}

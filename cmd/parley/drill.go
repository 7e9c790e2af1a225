package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"parley/cmd/internal/config"
	"parley/cmd/internal/metrics"
	"parley/recorder/coverage"
	"parley/recorder/drill"
	"parley/storage/blob/fsblob"
	"parley/storage/id"
	"parley/storage/meta"
)

// drillCommand works beside a running server.
type drillCommand struct {
	Data     string        `help:"Data folder." default:"data" env:"PARLEY_DATA" type:"path"`
	Database config.Secret `help:"postgres:// URL of the metadata database; empty: the SQLite file in --data." env:"PARLEY_DATABASE"`
	Keys     config.Keys   `embed:""`
	Offsite  config.S3     `embed:"" prefix:"offsite-" envprefix:"PARLEY_OFFSITE_"`
	Count    int           `help:"How many recordings are restored." default:"3"`
}

// kindDrill is what the audit chain calls the restoring of a recording for proof.
const kindDrill = "drill"

// Run implements the command. It ends with an error if anything was not as it
// should be, or nothing could be proven.
func (c drillCommand) Run(ctx context.Context, s streams) error {
	if c.Offsite.Endpoint == "" {
		return errors.New("there is no off-site copy to restore from: name it with --offsite-endpoint")
	}
	st, err := c.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(c.with(ctx, s, st), st.Close())
}

func (c drillCommand) open(ctx context.Context) (*stores, error) {
	cfg := config.Serve{Data: c.Data, Database: c.Database, Keys: c.Keys, Offsite: c.Offsite}
	if err := refuseMissing(cfg); err != nil {
		return nil, err
	}
	st := &stores{calls: metrics.NewObjectCalls(), unlock: func() {}}
	err := st.openOffsite(ctx, cfg)
	if err == nil {
		st.master, err = openMasters(ctx, cfg, false)
	}
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	st.closers = append(st.closers, st.master)
	db, err := metadata(cfg)
	if err == nil {
		st.meta, err = db.OpenAsItIs(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	st.closers = append(st.closers, st.meta)
	return st, nil
}

// with restores to a folder that goes afterwards; what is in it is sealed.
func (c drillCommand) with(ctx context.Context, s streams, st *stores) error {
	dir, err := os.MkdirTemp("", "parley-drill-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // it holds nothing that anybody could open
	folder, err := fsblob.Open(fsblob.Config{Dir: filepath.Join(dir, "objects")})
	if err != nil {
		return err
	}
	key, err := st.signingKey(ctx)
	if err != nil {
		return errors.Join(err, folder.Close())
	}
	d := &drill.Drill{
		Meta: st.meta, Second: st.offsite, Folder: folder, Opener: st.master,
		Proof: coverage.Ledger{Entries: st.meta, Keys: key.Public()},
	}
	return errors.Join(c.restore(ctx, s, st, d), folder.Close())
}

func (c drillCommand) restore(ctx context.Context, s streams, st *stores, d *drill.Drill) error {
	chosen, err := d.Choose(ctx, c.Count)
	if err != nil {
		return err
	}
	if len(chosen) == 0 {
		return errors.New("no recording has an off-site copy yet, so nothing was proven")
	}
	did := meta.Drill{Recordings: len(chosen)}
	for _, r := range chosen {
		err := c.one(ctx, st, d, r)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			did.Failed++
			_, _ = fmt.Fprintf(s.err, "parley: %s: %v\n", r, err)
			continue
		}
		_, _ = fmt.Fprintf(s.out, "%s: restored, opened and decoded; hashes and length are those of its manifest\n", r)
	}
	did.At = time.Now()
	if err := st.meta.PutDrill(ctx, did); err != nil {
		return err
	}
	if did.Failed > 0 {
		return fmt.Errorf("%d of %d recordings could not be restored from the off-site copy", did.Failed, did.Recordings)
	}
	_, err = fmt.Fprintf(s.out, "All %d recordings were restored.\n", did.Recordings)
	return err
}

// one restores one recording, which is written down like every other access.
func (c drillCommand) one(ctx context.Context, st *stores, d *drill.Drill, r id.RecordingID) error {
	if _, err := st.meta.AppendChain(ctx, "audit", kindDrill, string(r), "operator", struct{}{}, time.Now()); err != nil {
		return err
	}
	return d.Restore(ctx, r)
}

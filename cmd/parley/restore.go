package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"parley/cmd/internal/config"
	"parley/signaling/api"
	"parley/storage/backup"
	"parley/storage/blob"
	"parley/storage/envelope"
	"parley/storage/erasure"
	"parley/storage/holding"
	"parley/storage/meta/sqlmeta"
	"parley/storage/rotation"
)

// restoreCommand works on a stopped server.
type restoreCommand struct {
	storeFlags
	Offsite config.S3 `embed:"" prefix:"offsite-" envprefix:"PARLEY_OFFSITE_"`

	File  string `arg:"" help:"File that parley backup wrote." type:"existingfile"`
	Force bool   `help:"Replace what the database holds."`
}

// Entries of the audit chain about the database itself have this subject.
const subjectMetadata = "metadata"

// restored is what the audit chain says of a restore.
type restored struct {
	TakenAt time.Time `json:"taken_at"`
	SHA256  string    `json:"sha256"`
	Rows    int64     `json:"rows"`
	// Erased counts the voices that were erased again, Held the legal holds that
	// were placed again, Released those that were released again, and Asked the
	// erasures that wait again.
	Erased   int `json:"erased"`
	Held     int `json:"held,omitempty"`
	Released int `json:"released,omitempty"`
	Asked    int `json:"asked,omitempty"`
	// Resealed counts what was sealed to other master keys than today's.
	Resealed int `json:"resealed,omitempty"`
	// Broken are the chains that did not verify.
	Broken []string `json:"broken,omitempty"`
}

// Run implements the command. Nothing is changed before the whole backup was
// read; a restore that is cut off later is to be run again.
func (c restoreCommand) Run(ctx context.Context, s streams) (err error) {
	keys, err := openMasters(ctx, c.config(), false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keys.Close()) }()
	master, err := retiredMaster(keys, c.Data)
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	made, err := backup.Check(f, master)
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, 0); err != nil {
		return err
	}
	schema, records, err := backup.Read(f, master)
	if err != nil {
		return err
	}
	did := restored{TakenAt: made.TakenAt, SHA256: made.SHA256, Rows: made.Rows}
	if err := c.into(ctx, sqlmeta.Dump{Version: schema, Records: records}, master, &did); err != nil {
		return err
	}
	for _, b := range did.Broken {
		_, _ = fmt.Fprintln(s.err, "parley: warning: in the backup itself,", b)
	}
	_, err = fmt.Fprintf(s.out, "Restored %d rows as of %s; erased again what was erased since: %d voices. "+
		"Placed %d legal holds again and released %d; %d erasures wait again.\n",
		did.Rows, did.TakenAt.Format(time.RFC3339), did.Erased, did.Held, did.Released, did.Asked)
	return err
}

// into puts the dump into the database and notes what was done.
func (c restoreCommand) into(ctx context.Context, dump sqlmeta.Dump, master *envelope.Master, did *restored) error {
	cfg := c.config()
	st, err := lockStores(cfg)
	if err != nil {
		return err
	}
	cfg.Offsite = c.Offsite
	err = st.openObjects(ctx, cfg)
	if err == nil {
		err = st.openOffsite(ctx, cfg)
	}
	if err != nil {
		return errors.Join(err, st.Close())
	}
	db, err := metadata(cfg)
	if err != nil {
		return errors.Join(err, st.Close())
	}
	dump.Finish = func(ctx context.Context, store *sqlmeta.Store) error {
		return errors.Join(finishRestore(ctx, store, st, master, did), sealToToday(ctx, store, master, did))
	}
	err = db.Restore(ctx, dump, c.Force)
	if errors.Is(err, sqlmeta.ErrNotEmpty) {
		err = fmt.Errorf("%w: --force replaces it", err)
	}
	return errors.Join(err, db.Close(), st.Close())
}

// sealToToday seals what an older backup held to the master keys of today. What
// no key here opens is left as it was in the backup, and told.
func sealToToday(ctx context.Context, store *sqlmeta.Store, master *envelope.Master, did *restored) error {
	p, err := rotation.Run(ctx, store, master, nil)
	did.Resealed = p.Resealed
	var failed rotation.Failures
	if errors.As(err, &failed) {
		did.Broken = append(did.Broken, failed.Error())
		return nil
	}
	return err
}

// finishRestore checks what was restored, does again what was done since, and
// writes that down.
func finishRestore(ctx context.Context, store *sqlmeta.Store, st *stores, master *envelope.Master, did *restored) error {
	names, err := store.ChainNames(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		broken, err := brokenChain(ctx, store, name)
		if err != nil {
			return err
		}
		did.Broken = append(did.Broken, broken...)
	}
	if err := st.again(ctx, store, master, did); err != nil {
		return err
	}
	_, err = store.AppendChain(ctx, api.AuditChain, kindRestored, subjectMetadata, "operator", did, time.Now())
	return err
}

// again puts into an older database what the lists outside of it say: what was
// erased, then which holds stand and which erasures wait. Where there are off-site
// copies, theirs count as well: the first store may be one that was lost.
func (s *stores) again(ctx context.Context, to *sqlmeta.Store, master *envelope.Master, did *restored) error {
	for _, objects := range []blob.Store{s.objects, s.offsite} {
		if objects == nil {
			continue
		}
		erased, err := erasure.Replay(ctx, erasure.NewLog(objects).All(ctx), to)
		did.Erased = max(did.Erased, erased)
		if err != nil {
			return err
		}
		held, err := holding.Replay(ctx, objects, master, to)
		did.Held, did.Released, did.Asked = did.Held+held.Placed, did.Released+held.Released, did.Asked+held.Erasures
		if err != nil {
			return err
		}
		if held.Unread > 0 {
			did.Broken = append(did.Broken, fmt.Sprintf("%d erasures that somebody has asked for are sealed to a key that is not here: they have to be asked for again", held.Unread))
		}
	}
	return nil
}

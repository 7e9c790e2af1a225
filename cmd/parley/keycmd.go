package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"parley/cmd/internal/config"
	"parley/signaling/api"
	"parley/storage/envelope"
	"parley/storage/hsm"
	"parley/storage/meta/sqlmeta"
	"parley/storage/rotation"
)

// keyCommand works beside a running server, and on a stopped one.
type keyCommand struct {
	List   keyList    `cmd:"" help:"List the master keys and what is sealed to each."`
	New    keyNew     `cmd:"" help:"Make a master key; a running server uses it at once."`
	Rotate keyRotate  `cmd:"" help:"Seal every key envelope and secret to the master keys of now; may be cut off and repeated."`
	Retire keyRetire  `cmd:"" help:"Take a master key out of use, unless something hangs on it alone."`
	Escrow keyEscrow  `cmd:"" name:"escrow-test" help:"Prove that the escrow's key opens everything."`
	Public keyPublics `cmd:"" help:"Print the public halves, for a node that only seals."`
}

// keyFlags find the metadata and the master keys of a server.
type keyFlags struct {
	Data     string        `help:"Data folder." default:"data" env:"PARLEY_DATA" type:"path"`
	Database config.Secret `help:"postgres:// URL of the metadata database; empty: the SQLite file in --data." env:"PARLEY_DATABASE"`
	Keys     config.Keys   `embed:""`
}

// subjectMaster is what entries of the audit chain about master keys are about.
const subjectMaster = "master-key"

// keyring is what the key commands work on.
type keyring struct {
	*masters
	store *sqlmeta.Store
}

// with opens the metadata and the keys. Two changes of keys at once are kept
// apart.
func (f keyFlags) with(ctx context.Context, do func(*keyring) error) (err error) {
	if err := refuseMissing(f.serve()); err != nil {
		return err
	}
	unlock, err := lockFile(filepath.Join(f.Data, "keys.lock"), "another `parley key` is at work")
	if err != nil {
		return err
	}
	defer unlock()
	return f.open(ctx, do)
}

func (f keyFlags) serve() config.Serve {
	return config.Serve{Data: f.Data, Database: f.Database, Keys: f.Keys}
}

// open opens the metadata and the keys, for what changes no master key.
func (f keyFlags) open(ctx context.Context, do func(*keyring) error) (err error) {
	cfg := f.serve()
	if err := refuseMissing(cfg); err != nil {
		return err
	}
	keys, err := openMasters(ctx, cfg, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keys.Close()) }()
	db, err := metadata(cfg)
	if err != nil {
		return err
	}
	store, err := db.OpenAsItIs(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return do(&keyring{keys, store})
}

// audit writes down what was done to master keys.
func (k *keyring) audit(ctx context.Context, kind string, body any) error {
	_, err := k.store.AppendChain(ctx, api.AuditChain, kind, subjectMaster, "operator", body, time.Now())
	return err
}

func recipientIDs(m *envelope.Master) (ids []string) {
	for _, r := range m.Recipients() {
		ids = append(ids, r.ID())
	}
	return ids
}

type keyList struct{ keyFlags }

// Run implements the command.
func (c keyList) Run(ctx context.Context, s streams) error {
	return c.with(ctx, func(k *keyring) error {
		uses, err := rotation.Count(ctx, k.store)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(w, "KEY\tKIND\tWHERE\tSEALED TO IT\tTO IT ALONE\tUSE")
		for _, row := range k.rows() {
			u := uses.ByKey[row.id]
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%s\n", row.id, row.kind, row.where, u.Sealed, u.Alone, row.use)
			delete(uses.ByKey, row.id)
		}
		for id, u := range uses.ByKey {
			_, _ = fmt.Fprintf(w, "%s\t?\tnot here\t%d\t%d\t%s\n", id, u.Sealed, u.Alone, "gone")
		}
		if err := w.Flush(); err != nil {
			return err
		}
		p := printer{out: s.out}
		if uses.Unnamed > 0 {
			p.line("%d of %d were sealed by an earlier version and do not name their keys: `parley key rotate` seals them anew.", uses.Unnamed, uses.Total)
		}
		if weak := k.weakest(); weak != "" {
			p.line("Not proof against quantum computers: %s.", weak)
		}
		return p.err
	})
}

// keyRow is a line of the list.
type keyRow struct{ id, kind, where, use string }

func (k *keyring) rows() (rows []keyRow) {
	for _, key := range k.Keys() {
		use := "seals and opens"
		if key.OpensOnly() {
			use = "opens only"
		}
		r := key.Recipient()
		rows = append(rows, keyRow{r.ID(), r.Kind(), k.where(r.ID()), use})
	}
	for _, r := range k.Escrow() {
		rows = append(rows, keyRow{r.ID(), r.Kind(), "escrow", "seals; opens elsewhere"})
	}
	return rows
}

// weakest names the classic keys that something new is sealed to.
func (k *keyring) weakest() (names string) {
	for _, r := range k.Recipients() {
		if !r.PostQuantum() {
			if names != "" {
				names += ", "
			}
			names += r.ID() + " (" + r.Kind() + ")"
		}
	}
	return names
}

type keyPublics struct{ keyFlags }

// Run implements the command.
func (c keyPublics) Run(ctx context.Context, s streams) error {
	keys, err := openMasters(ctx, config.Serve{Data: c.Data, Keys: c.Keys}, false)
	if err != nil {
		return err
	}
	w := printer{out: s.out}
	for _, r := range keys.Recipients() {
		w.line("%s", r)
	}
	return errors.Join(w.err, keys.Close())
}

type keyNew struct {
	keyFlags
	Kind string `help:"x25519; post-quantum, which withstands quantum computers; or hsm, in the module of --hsm-module." default:"x25519" enum:"x25519,post-quantum,hsm"`
}

// Run implements the command.
func (c keyNew) Run(ctx context.Context, s streams) error {
	if c.Kind == "hsm" {
		if c.Keys.HSM.Module == "" {
			return errors.New("--kind hsm needs --hsm-module, --hsm-token and the PIN in PARLEY_HSM_PIN")
		}
		if err := hsm.Generate(hsmConfig(c.Keys.HSM)); err != nil {
			return err
		}
		_, err := fmt.Fprintf(s.out, "Made %s in token %s. Restart the server with --hsm-module, then run `parley key rotate`.\n", c.Keys.HSM.Key, c.Keys.HSM.Token)
		return err
	}
	return c.with(ctx, func(k *keyring) error {
		kind := map[string]string{"x25519": envelope.KindX25519, "post-quantum": envelope.KindHybrid}[c.Kind]
		path := filepath.Join(c.Data, masterFile)
		key, err := envelope.AddMasterKey(path, kind)
		if err != nil {
			return err
		}
		id := key.Recipient().ID()
		if err := k.audit(ctx, "key.added", map[string]string{"key": id, "kind": kind}); err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "Made master key %s in %s: keep a copy of that file elsewhere. Now run `parley key rotate`.\n", id, path)
		return err
	})
}

type keyRotate struct{ keyFlags }

// Run implements the command.
func (c keyRotate) Run(ctx context.Context, s streams) error {
	return c.with(ctx, func(k *keyring) error {
		p, err := k.reseal(ctx, s, k.Master)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "All %d key envelopes and secrets are sealed to the master keys of now; %d were sealed anew.\n", p.Seen, p.Resealed)
		return err
	})
}

// reseal seals everything to the keys of m, and writes it down.
func (k *keyring) reseal(ctx context.Context, s streams, m *envelope.Master) (rotation.Progress, error) {
	next := time.Now().Add(time.Second)
	p, err := rotation.Run(ctx, k.store, m, func(p rotation.Progress) {
		if time.Now().After(next) {
			next = time.Now().Add(time.Second)
			_, _ = fmt.Fprintf(s.err, "%d seen, %d sealed anew\n", p.Seen, p.Resealed) // stderr is all there is
		}
	})
	if err != nil {
		return p, fmt.Errorf("%w (%d were sealed anew; run it again when that is mended)", err, p.Resealed)
	}
	if p.Resealed == 0 {
		return p, nil
	}
	if err := k.store.EraseReplaced(ctx); err != nil {
		_, _ = fmt.Fprintln(s.err, "parley: warning: older bytes may be left in the database's files until the server writes on:", err)
	}
	return p, k.audit(ctx, "key.rotated", map[string]any{"keys": recipientIDs(m), "resealed": p.Resealed})
}

// has tells whether one of the keys here has an id.
func (k *keyring) has(id string) bool {
	return slices.ContainsFunc(k.Keys(), func(key envelope.MasterKey) bool { return key.Recipient().ID() == id })
}

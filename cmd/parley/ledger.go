package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parley/cmd/internal/config"
	"parley/cmd/internal/metrics"
	"parley/recorder/consent/ledger"
	"parley/storage/notary"
	"parley/storage/signing"
)

// ledgerCommand works beside a running server, too: it only reads, and makes at most
// the signing key that the server would make.
type ledgerCommand struct {
	Verify ledgerVerify `cmd:"" help:"Find changed, missing, reordered or cut-off entries and name them."`
	Key    ledgerKey    `cmd:"" help:"Print the public key that verifies receipts and ledger heads."`
}

// open opens what proves things: the database and the master key, without the lock
// of the data folder.
func (f storeFlags) openLedger(ctx context.Context) (*stores, error) {
	cfg := f.config()
	if err := refuseMissing(cfg); err != nil {
		return nil, err
	}
	db, err := metadata(cfg)
	if err != nil {
		return nil, err
	}
	s := &stores{calls: metrics.NewObjectCalls(), unlock: func() {}}
	if s.meta, err = db.Open(ctx); err != nil {
		return nil, err
	}
	s.closers = append(s.closers, s.meta)
	if cfg.S3.Endpoint != "" {
		err = s.openObjects(ctx, cfg)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// publicKeys are those of the file, or else of the deployment.
func (s *stores) publicKeys(ctx context.Context, file string, cfg config.Serve) (signing.KeySet, error) {
	if file != "" {
		return readKeys(file)
	}
	if err := s.openMaster(ctx, cfg); err != nil {
		return nil, fmt.Errorf("%w (or name the public key with --key)", err)
	}
	key, err := s.signingKey(ctx)
	if err != nil {
		return nil, err
	}
	return key.Public(), nil
}

type ledgerKey struct {
	storeFlags
	As string `help:"jwks (JSON Web Key Set), pem, or id." default:"jwks" enum:"jwks,pem,id"`
}

// Run implements the command.
func (c ledgerKey) Run(ctx context.Context, s streams) error {
	st, err := c.openLedger(ctx)
	if err != nil {
		return err
	}
	keys, err := st.publicKeys(ctx, "", c.config())
	if err := errors.Join(err, st.Close()); err != nil {
		return err
	}
	switch c.As {
	case "pem":
		out, err := keys.PEM()
		if err == nil {
			_, err = s.out.Write(out)
		}
		return err
	case "id":
		for id := range keys {
			_, err = fmt.Fprintln(s.out, id)
		}
		return err
	}
	out, err := keys.JWKS()
	if err == nil {
		_, err = fmt.Fprintf(s.out, "%s\n", out)
	}
	return err
}

type ledgerVerify struct {
	storeFlags
	Key  string `help:"File with the public keys; empty: the key of the data folder." type:"path"`
	JSON bool   `help:"Print one JSON object."`

	chains []string // to be verified; nil: all that are signed
}

// ledgerReport is what the command finds.
type ledgerReport struct {
	notary.Report
	// Receipts counts the receipts whose signature and answer stand.
	Receipts int `json:"receipts"`
}

// Run implements the command: it exits non-zero when anything is wrong.
func (c ledgerVerify) Run(ctx context.Context, s streams) error {
	st, err := c.openLedger(ctx)
	if err != nil {
		return err
	}
	r, err := c.verify(ctx, st)
	if err := errors.Join(err, st.Close()); err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(s.out).Encode(r)
	} else {
		err = r.print(s)
	}
	if err == nil && !r.OK {
		err = errSilent
	}
	return err
}

func (c ledgerVerify) verify(ctx context.Context, st *stores) (ledgerReport, error) {
	keys, err := st.publicKeys(ctx, c.Key, c.config())
	if err != nil {
		return ledgerReport{}, err
	}
	if c.chains == nil {
		c.chains = signedChains()
	}
	receipts := ledger.Auditor{Keys: keys}
	r, err := notary.Verification{
		Store: st.meta, Keys: keys, Chains: c.chains, Visit: receipts.Visit,
		Witnesses: st.witnesses(config.Serve{Data: c.Data, S3: c.S3}),
	}.Run(ctx)
	return ledgerReport{Report: r, Receipts: receipts.Receipts}, err
}

// maxShown bounds how many faults of a chain are printed for people.
const maxShown = 20

func (r ledgerReport) print(s streams) error {
	w := printer{out: s.out}
	faults := 0
	for _, c := range r.Chains {
		faults += len(c.Faults)
		w.line("chain %s: %d entries, signed up to entry %d", c.Chain, c.Entries, c.SignedTo)
		for i, f := range c.Faults {
			if i == maxShown {
				w.line("  … and %d more", len(c.Faults)-i)
				break
			}
			w.line("  entry %d %s: %s", f.Seq, f.Kind, f.Detail)
		}
		for i, b := range c.Backwards {
			if i == maxShown {
				w.line("  … and %d more steps of the clock", len(c.Backwards)-i)
				break
			}
			w.line("  entry %d: the clock had been set back by %s; the order stands", b.Seq, time.Duration(b.By)*time.Microsecond)
		}
	}
	w.line("%d signed heads, %d kept by witnesses; %d receipts stand", r.Heads, r.Witnessed, r.Receipts)
	if r.OK {
		w.line("The ledger is whole.")
	} else {
		w.line("The ledger is NOT whole: faults: %d.", faults)
	}
	return w.err
}

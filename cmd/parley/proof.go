package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"parley/cmd/internal/config"
	"parley/recorder/consent/ledger"
	"parley/recorder/coverage"
	"parley/recorder/playback"
	"parley/signaling/api"
	"parley/storage/chain"
	"parley/storage/meta/sqlmeta"
	"parley/storage/notary"
	"parley/storage/signing"
)

// signingKey is the deployment's key of receipts and ledger heads, made at first
// use and kept sealed like the other secrets.
func (s *stores) signingKey(ctx context.Context) (*signing.Key, error) {
	seed, err := s.secret(ctx, "signing-key")
	if err != nil {
		return nil, err
	}
	return signing.FromSeed(seed)
}

// signedChains are the chains whose heads are signed.
func signedChains() []string { return []string{ledger.Chain, api.AuditChain} }

// headFile keeps signed heads in the data folder.
func headFile(data string) *notary.FileWitness {
	return notary.NewFileWitness(filepath.Join(data, "ledger-heads.jsonl"))
}

// witnesses keep signed heads apart from the database: a file in the data folder,
// and the object store where it is not a folder beside that file.
func (s *stores) witnesses(cfg config.Serve) []notary.Witness {
	list := []notary.Witness{headFile(cfg.Data)}
	if cfg.S3.Endpoint != "" {
		list = append(list, notary.NewObjectWitness(s.objects))
	}
	return list
}

func (s *stores) newNotary(cfg config.Serve, key *signing.Key, log zerolog.Logger) *notary.Notary {
	return notary.New(notary.Config{
		Store: s.meta, Key: key, Chains: signedChains(), Witnesses: s.witnesses(cfg),
		Every: cfg.HeadEvery, Interval: cfg.HeadInterval, Now: time.Now,
		Log: log.With().Str("component", "notary").Logger(),
	})
}

// witnessed is the metadata, with the notary told of each entry of a chain, and
// whoever keeps holds outside of the database of each of those.
type witnessed struct {
	*sqlmeta.Store
	notary *notary.Notary
	held   func(ctx context.Context)
}

// store is the metadata for whoever acts on behalf of people.
func (n *node) store() witnessed { return witnessed{n.stores.meta, n.notary, n.heldChanged} }

func (w witnessed) AppendChain(ctx context.Context, name, kind, subject, actor string, body any, at time.Time) (chain.Entry, error) {
	e, err := w.Store.AppendChain(ctx, name, kind, subject, actor, body, at)
	if err == nil {
		w.notary.Appended()
	}
	return e, err
}

// library opens recordings that the ledger covers.
func (s *stores) library(keys signing.KeySet) *playback.Library {
	return &playback.Library{
		Meta: s.meta, Objects: s.objects, Opener: s.master, Proof: coverage.Ledger{Entries: s.meta, Keys: keys},
	}
}

// readKeys reads a file of public keys.
func readKeys(path string) (signing.KeySet, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	keys, err := signing.ParseKeys(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; it must hold public Ed25519 keys as `parley ledger key` prints them", path, err)
	}
	return keys, nil
}

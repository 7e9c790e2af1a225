package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"parley/cmd/internal/config"
	"parley/storage/envelope"
	"parley/storage/hsm"
	"parley/storage/meta"
	"parley/storage/transit"
)

// Where master keys are in the data folder, and those that were retired.
const (
	masterFile  = "master.key"
	retiredFile = "master.key.retired"
)

// masters are the master keys of a deployment and what reaches them.
type masters struct {
	*envelope.Master
	sources map[string]envelope.MasterSource // by where they are, for people
	closers []io.Closer
	// sealer, unless nil, is all that the node has for recordings.
	sealer *envelope.Sealer
}

// openMasters opens the master keys, wherever they are. If there is none, one is
// made in the data folder, provided that mayMake.
func openMasters(ctx context.Context, cfg config.Serve, mayMake bool) (*masters, error) {
	if cfg.SealOnly.On {
		return sealOnlyMasters(cfg)
	}
	m := &masters{sources: map[string]envelope.MasterSource{}}
	err := errors.Join(cfg.Keys.Faults()...)
	for _, add := range []func() error{
		func() error { return m.addFile(cfg, mayMake) },
		func() error { return m.addSecret(cfg.Keys.MasterKey) },
		func() error { return m.addHSM(cfg.Keys.HSM) },
		func() error { return m.addTransit(ctx, cfg.Keys.Transit) },
	} {
		if err == nil {
			err = add()
		}
	}
	if err == nil {
		err = m.join(cfg.Keys.Escrow)
	}
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// join makes one master of all.
func (m *masters) join(escrow []string) error {
	recipients, err := parseRecipients("--escrow-recipient", escrow)
	if err != nil {
		return err
	}
	var sources []envelope.MasterSource
	for _, s := range m.sources {
		sources = append(sources, s)
	}
	if m.Master, err = envelope.NewMaster(recipients, sources...); err != nil {
		return fmt.Errorf("no master key that seals: %w", err)
	}
	return nil
}

func (m *masters) addFile(cfg config.Serve, mayMake bool) error {
	path := filepath.Join(cfg.Data, masterFile)
	_, err := os.Lstat(path)
	missing := errors.Is(err, os.ErrNotExist)
	switch {
	case missing && cfg.Keys.Elsewhere():
		return nil
	case missing && !mayMake:
		return fmt.Errorf("the master key %s is missing, and no other one is configured: put the file back from your copy; "+
			"without it what is stored cannot be opened", path)
	}
	file, err := envelope.CreateMasterFile(path, envelope.KindX25519)
	if err == nil {
		m.sources[path] = file
	}
	return err
}

func (m *masters) addSecret(secret config.Secret) error {
	if secret == "" {
		return nil
	}
	keys, err := envelope.ParseMasterKeys(strings.Join(strings.Fields(string(secret)), "\n"))
	if err != nil {
		return fmt.Errorf("PARLEY_MASTER_KEY: %w", err)
	}
	m.sources["PARLEY_MASTER_KEY"] = keys
	return nil
}

func (m *masters) addHSM(cfg config.HSM) error {
	if cfg.Module == "" {
		return nil
	}
	device, err := hsm.Open(hsmConfig(cfg))
	if err != nil {
		return err
	}
	m.closers = append(m.closers, device)
	key, err := envelope.DeviceKey(device)
	m.sources["HSM token "+cfg.Token] = envelope.MasterKeys{key}
	return err
}

func hsmConfig(cfg config.HSM) hsm.Config {
	return hsm.Config{Module: cfg.Module, Token: cfg.Token, Key: cfg.Key, PIN: string(cfg.PIN)}
}

func (m *masters) addTransit(ctx context.Context, cfg config.Transit) error {
	if cfg.Address == "" {
		return nil
	}
	server := transit.Config{Address: cfg.Address, Token: string(cfg.Token), Mount: cfg.Mount, Key: cfg.Key, Namespace: cfg.Namespace}
	if cfg.CA != "" {
		var err error
		if server.CA, err = os.ReadFile(cfg.CA); err != nil {
			return fmt.Errorf("--transit-ca: %w", err)
		}
	}
	versions, err := transit.Open(ctx, server)
	if err != nil {
		return err
	}
	var keys envelope.MasterKeys
	for i, v := range versions {
		key, err := envelope.ServerKey(v)
		if err != nil {
			return err
		}
		if i > 0 { // what was sealed to older versions opens
			key = key.OpeningOnly()
		}
		keys = append(keys, key)
	}
	m.sources["Transit at "+cfg.Address] = keys
	return nil
}

// Close lets go of devices.
func (m *masters) Close() error {
	var err error
	for _, c := range m.closers {
		err = errors.Join(err, c.Close())
	}
	return err
}

// where says in which place a key is.
func (m *masters) where(id string) string {
	for place, source := range m.sources {
		for _, k := range source.MasterKeys() {
			if k.Recipient().ID() == id {
				return place
			}
		}
	}
	return "escrow"
}

// retiredMaster is the master with the retired keys of the data folder as well,
// which open backups of their time and seal nothing.
func retiredMaster(m *masters, data string) (*envelope.Master, error) {
	sources := []envelope.MasterSource{m}
	retired, err := envelope.ReadMasterFile(filepath.Join(data, retiredFile))
	if err == nil {
		var keys envelope.MasterKeys
		for _, k := range retired.MasterKeys() {
			keys = append(keys, k.OpeningOnly())
		}
		sources = append(sources, keys)
	} else if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return envelope.NewMaster(m.Escrow(), sources...)
}

// MasterKeys implements [envelope.MasterSource].
func (m *masters) MasterKeys() []envelope.MasterKey { return m.Keys() }

// anySealed tells whether something is sealed to a master key already.
func anySealed(ctx context.Context, store meta.Masters) (bool, error) {
	first, err := store.SealedAfter(ctx, meta.SealedName{}, 1)
	return len(first) > 0, err
}

// refuseWrongMaster ends the start with a master key of another deployment, or
// without one that was retired too early: the server's own secrets do not open.
func refuseWrongMaster(ctx context.Context, store meta.Masters, m *envelope.Master, place string) error {
	for after := (meta.SealedName{Kind: meta.SealedSecret}); ; {
		page, err := store.SealedAfter(ctx, after, meta.MaxLimit)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, one := range page {
			if err := m.Opens(one.Bytes); errors.Is(err, envelope.ErrNoMatchingKey) {
				return fmt.Errorf("the master keys here are not those of the data in %s: %s cannot be opened: %w. "+
					"Use the right key, or put back the one that was retired; nothing was changed", place, one.SealedName, err)
			}
			after = one.SealedName
			if one.Kind == meta.SealedText { // they are many, and one is like another
				after = meta.SealedName{Kind: meta.SealedWebhook}
				break
			}
		}
	}
}

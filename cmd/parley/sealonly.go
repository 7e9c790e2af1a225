package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"parley/cmd/internal/config"
	"parley/recorder/pipeline"
	"parley/storage/envelope"
)

// nodeFile has the key of a node that only seals. What is sealed to it are the
// node's own secrets, such as that of its TURN server; no recording is.
const nodeFile = "node.key"

// sealOnlyMasters are those of a node that has no master key: its own secrets are
// sealed to its own key and to the masters, recordings to the masters only.
func sealOnlyMasters(cfg config.Serve) (*masters, error) {
	if path := filepath.Join(cfg.Data, masterFile); fileExists(path) {
		return nil, fmt.Errorf("--seal-only: %s is on this machine: take it away", path)
	}
	recipients, err := parseRecipients("--master-recipient", cfg.SealOnly.Recipients)
	if err != nil {
		return nil, err
	}
	escrow, err := parseRecipients("--escrow-recipient", cfg.Keys.Escrow)
	if err != nil {
		return nil, err
	}
	recipients = append(recipients, escrow...)
	path := filepath.Join(cfg.Data, nodeFile)
	node, err := envelope.CreateMasterFile(path, envelope.KindX25519)
	if err != nil {
		return nil, err
	}
	m := &masters{sources: map[string]envelope.MasterSource{path: node}, sealer: envelope.NewSealer(recipients...)}
	m.Master, err = envelope.NewMaster(recipients, node)
	return m, err
}

func fileExists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, os.ErrNotExist)
}

func parseRecipients(flag string, texts []string) (recipients []envelope.MasterRecipient, err error) {
	for _, text := range texts {
		r, err := envelope.ParseMasterRecipient(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", flag, err)
		}
		recipients = append(recipients, r)
	}
	return recipients, nil
}

// Sealer makes the keys of recordings.
func (m *masters) Sealer() *envelope.Sealer {
	if m.sealer != nil {
		return m.sealer
	}
	return m.Master.Sealer()
}

// opener opens journals of recordings; a node that only seals has none.
func (m *masters) opener() pipeline.Opener {
	if m.sealer != nil {
		return nil
	}
	return m.Master
}

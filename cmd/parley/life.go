package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"parley/signaling/hub"
	"parley/storage/id"
)

const (
	// lifeFile is where, in the data folder, a process keeps that it is alive and
	// with which calls, for the one that starts after it was killed.
	lifeFile = "alive.json"
	// lookEvery is how often the calls are looked at, lifeEvery how often the
	// file is written while they stay the same: what is billed of a call that a
	// kill cut off may be so much too short.
	lookEvery = 250 * time.Millisecond
	lifeEvery = 2 * time.Second
)

// life is the content of the file: which calls were under way at a time.
type life struct {
	At    time.Time   `json:"at"`
	Calls []id.CallID `json:"calls"`
}

// showLife keeps the file up to date until ctx ends.
func (n *node) showLife(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var last life
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := life{At: time.Now().UTC(), Calls: n.hub.LiveCallIDs()}
		slices.Sort(now.Calls)
		same := slices.Equal(now.Calls, last.Calls)
		if same && (len(now.Calls) == 0 || now.At.Sub(last.At) < lifeEvery) {
			continue
		}
		if err := now.write(n.cfg.Data); err != nil {
			n.log.Warn().Err(err).Msg("sign of life not written")
		}
		last = now
	}
}

// write replaces the file in one step. It is not forced to the disk: after a
// power cut an older one may be read, and calls count as shorter.
func (l life) write(dir string) error {
	data, err := json.Marshal(l)
	if err != nil {
		return err
	}
	name := filepath.Join(dir, lifeFile)
	if err := os.WriteFile(name+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// readLife reads what the former process left; one that cannot be read says
// nothing.
func readLife(dir string) (l life, err error) {
	data, err := os.ReadFile(filepath.Join(dir, lifeFile))
	if errors.Is(err, fs.ErrNotExist) {
		return life{}, nil
	}
	if err != nil {
		return life{}, err
	}
	if json.Unmarshal(data, &l) != nil {
		return life{}, nil
	}
	return l, nil
}

// endUnfinished ends the calls that a killed process left without an end, and
// tells platforms. In a database that others may use too, those are the calls
// that the file names.
func (n *node) endUnfinished(ctx context.Context) error {
	left, err := readLife(n.cfg.Data)
	if err != nil {
		return fmt.Errorf("read the sign of life of the former process: %w", err)
	}
	calls, err := n.stores.meta.UnfinishedCalls(ctx)
	if err != nil {
		return fmt.Errorf("look for unfinished calls: %w", err)
	}
	ended := 0
	for _, c := range calls {
		mine := slices.Contains(left.Calls, c.ID)
		if !mine && n.cfg.Database != "" {
			continue
		}
		var alive time.Time
		if mine {
			alive = left.At
		}
		c, event := hub.Dropped(c, alive)
		if err := n.stores.meta.UpdateCall(ctx, c); err != nil {
			return fmt.Errorf("end the unfinished call %s: %w", c.ID, err)
		}
		n.Publish(event)
		ended++
	}
	if ended > 0 {
		n.log.Warn().Int("calls", ended).Msg("ended the calls that the former process was killed with")
	}
	return nil
}

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
	// with which calls, for the one that starts after it.
	lifeFile = "alive.json"
	// lookEvery is how often the calls are looked at, lifeEvery how often the
	// file is written while they stay the same: what is billed of a call that a
	// kill cut off may be so much too short.
	lookEvery = 250 * time.Millisecond
	lifeEvery = 2 * time.Second
	// awayMost is how long a server may have been away for its calls to be taken up:
	// who is called back after that has gone on to something else.
	awayMost = 2 * time.Minute
)

// life is the content of the file: which calls were under way at a time.
type life struct {
	At    time.Time   `json:"at"`
	Calls []id.CallID `json:"calls"`
	// Waits is since when those have waited for their people that were taken up from
	// an earlier process, and Unprovable are those whose ledger could not be written.
	Waits      map[id.CallID]time.Time `json:"waits,omitempty"`
	Unprovable []id.CallID             `json:"unprovable,omitempty"`
}

func lifeOf(at time.Time, lives []hub.Life) life {
	l := life{At: at, Waits: map[id.CallID]time.Time{}}
	for _, c := range lives {
		l.Calls = append(l.Calls, c.Call)
		if !c.Waits.IsZero() {
			l.Waits[c.Call] = c.Waits
		}
		if c.Unprovable {
			l.Unprovable = append(l.Unprovable, c.Call)
		}
	}
	return l
}

// alive is when the two of a call last had a process; zero if the file knows nothing.
func (l life) alive(c id.CallID) time.Time {
	if since, waits := l.Waits[c]; waits {
		return since
	}
	if slices.Contains(l.Calls, c) {
		return l.At
	}
	return time.Time{}
}

// showLife keeps the file up to date until ctx ends.
func (n *node) showLife(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var last life
	for ended := false; !ended; {
		select {
		case <-ctx.Done():
			ended = true // what is left now is for the next process
		case <-tick.C:
		}
		now := lifeOf(time.Now().UTC(), n.hub.Lives())
		same := slices.Equal(now.Calls, last.Calls) && len(now.Waits) == len(last.Waits) && len(now.Unprovable) == len(last.Unprovable)
		if same && (len(now.Calls) == 0 || now.At.Sub(last.At) < lifeEvery && !ended) {
			continue
		}
		if err := now.write(n.cfg.Data); err != nil {
			n.log.Warn().Err(err).Msg("sign of life not written")
		}
		last = now
	}
	return nil
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

// settleUnfinished takes up the calls that the former process left without an end, if
// two had them and it was not long ago, and ends the others, which platforms are told.
// In a database that others may use too, those are the calls that the file names.
func (n *node) settleUnfinished(ctx context.Context) error {
	former, err := readLife(n.cfg.Data)
	if err != nil {
		return fmt.Errorf("read the sign of life of the former process: %w", err)
	}
	calls, err := n.stores.meta.UnfinishedCalls(ctx)
	if err != nil {
		return fmt.Errorf("look for unfinished calls: %w", err)
	}
	ended, takenUp := 0, 0
	for _, c := range calls {
		left := hub.Left{Call: c, Alive: former.alive(c.ID), Unprovable: slices.Contains(former.Unprovable, c.ID)}
		if left.Alive.IsZero() && n.cfg.Database != "" {
			continue
		}
		if n.takeUp(ctx, left) {
			takenUp++
			continue
		}
		if err := n.endLeft(ctx, left); err != nil {
			return err
		}
		ended++
	}
	if ended+takenUp > 0 {
		n.log.Warn().Int("taken_up", takenUp).Int("ended", ended).Msg("calls of the former process")
	}
	return nil
}

// takeUp goes on with a call, and tells whether it does.
func (n *node) takeUp(ctx context.Context, l hub.Left) bool {
	if n.cfg.ResumeCalls == 0 || l.Call.ConnectedAt == nil || l.Alive.IsZero() || time.Since(l.Alive) > awayMost {
		return false
	}
	if err := n.hub.TakeUp(ctx, l); err != nil {
		n.log.Error().Err(err).Str("call_id", string(l.Call.ID)).Msg("call of the former process not taken up: it ends")
		return false
	}
	return true
}

func (n *node) endLeft(ctx context.Context, l hub.Left) error {
	c, event := hub.Dropped(l.Call, l.Alive)
	if err := n.stores.meta.UpdateCall(ctx, c); err != nil {
		return fmt.Errorf("end the unfinished call %s: %w", c.ID, err)
	}
	n.Publish(event)
	return nil
}

package pipeline

import (
	"errors"
	"math"
	"strings"
	"testing"

	"parley/storage/meta"
)

func TestJudgeRoom(t *testing.T) {
	rows := []struct {
		name          string
		free, reserve uint64
		want          room
	}{
		{"plenty", 1000, 100, roomEnough},
		{"twice the reserve", 200, 100, roomEnough},
		{"a byte less than twice", 199, 100, roomScarce},
		{"the reserve", 100, 100, roomScarce},
		{"a byte less", 99, 100, roomNone},
		{"nothing", 0, 100, roomNone},
		{"no reserve", 0, 0, roomEnough},
		{"a reserve that no disk has", math.MaxUint64 - 1, math.MaxUint64, roomNone},
		{"twice the reserve is no number", math.MaxUint64, math.MaxUint64 - 1, roomScarce},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			if got := judgeRoom(r.free, r.reserve); got != r.want {
				t.Errorf("judgeRoom(%d, %d): got %d, want %d", r.free, r.reserve, got, r.want)
			}
		})
	}
}

// TestNoRoom: without room nothing is begun and nothing is written.
func TestNoRoom(t *testing.T) {
	p := newHouse(t).start(func(cfg *Config) { cfg.Reserve = math.MaxUint64 })
	r, err := p.pipeline.Begin(t.Context(), Start{Call: p.call, Grant: granted(t, p.call.ID), OnStatus: func(bool) {}})
	if !errors.Is(err, ErrNoRoom) || r != nil {
		t.Fatalf("Begin: got %v, %v, want ErrNoRoom", r, err)
	}
	if got := p.local(); len(got) != 0 {
		t.Errorf("files: got %q, want none", got)
	}
	list, err := p.meta.Recordings(t.Context(), meta.RecordingFilter{})
	if err != nil || len(list) != 0 {
		t.Errorf("metadata: got %v and error %v, want no recording", list, err)
	}
}

// TestRoomBecomesScarce: the log warns before anything is refused.
func TestRoomBecomesScarce(t *testing.T) {
	h := newHouse(t)
	free, err := freeBytes(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := h.start(func(cfg *Config) { cfg.Reserve = free/2 + free/4 })
	r := p.begin()
	if !strings.Contains(p.log.String(), "the disk fills up") {
		t.Errorf("log: got %q, want a warning", p.log)
	}
	r.Finish()
	p.stored()
}

// TestRoomThatCannotBeTold: a folder that is gone is no reason to begin.
func TestRoomThatCannotBeTold(t *testing.T) {
	p := newHouse(t).start(func(cfg *Config) { cfg.Reserve = 1 })
	p.pipeline.cfg.Dir += "/gone"
	if _, err := p.pipeline.Begin(t.Context(), Start{Call: p.call, Grant: granted(t, p.call.ID)}); err == nil {
		t.Error("Begin: got no error, want one that tells of the folder")
	}
}

package pipeline

import (
	"errors"
	"fmt"
	"syscall"
)

// ErrNoRoom is returned for a recording that is to begin on a disk that is
// nearly full. What runs already keeps the room that is left.
var ErrNoRoom = errors.New("pipeline: too little room on the disk to begin a recording")

// room is what free space means for a recording that is to begin.
type room int

const (
	roomEnough room = iota
	roomScarce      // less than twice the reserve
	roomNone        // less than the reserve
)

// judgeRoom decides on free space and reserve, both in bytes.
func judgeRoom(free, reserve uint64) room {
	switch {
	case free < reserve:
		return roomNone
	case free-reserve < reserve:
		return roomScarce
	}
	return roomEnough
}

// checkRoom tells whether a recording may begin. Without a reserve it always
// may.
func (p *Pipeline) checkRoom() error {
	reserve := p.cfg.Reserve
	if reserve == 0 {
		return nil
	}
	free, err := freeBytes(p.cfg.Dir)
	if err != nil {
		return err
	}
	switch judgeRoom(free, reserve) {
	case roomNone:
		return fmt.Errorf("%w: %d MiB are free, the reserve is %d MiB", ErrNoRoom, free>>20, reserve>>20)
	case roomScarce:
		p.cfg.Log.Warn().Uint64("free_mib", free>>20).Uint64("reserve_mib", reserve>>20).
			Msg("the disk fills up: soon calls will not be recorded")
	}
	return nil
}

// freeBytes is what an ordinary user may still write to a folder's file system.
func freeBytes(dir string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, fmt.Errorf("look for room in %s: %w", dir, err)
	}
	return s.Bavail * uint64(s.Bsize), nil
}

package pipeline

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// A recording's fault file is made, with all the room it will ever need, when
// the recording begins. When the disk is full later and the process then
// killed, it is the place where the reason could still be written down.
const (
	faultSuffix = "fault"
	faultBytes  = 512
)

// createFault makes an empty fault file durable.
func createFault(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("create fault file: %w", err)
	}
	_, err = f.Write(bytes.Repeat([]byte{' '}, faultBytes))
	return errors.Join(err, f.Sync(), f.Close())
}

// writeFault writes a note over what the file holds, so that no room is needed.
func writeFault(path, note string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("open fault file: %w", err)
	}
	_, err = f.WriteAt([]byte(note)[:min(len(note), faultBytes)], 0)
	return errors.Join(err, f.Sync(), f.Close())
}

// readFault returns the note of an earlier process, or nothing.
func readFault(path string) (note string, err error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read fault file: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(f, faultBytes))
	return string(bytes.TrimSpace(data)), errors.Join(err, f.Close())
}

// Lost implements capture.Sink: from here on nothing is saved any more.
func (r *Recording) Lost(err error) {
	if r.start.OnLost != nil {
		r.start.OnLost()
	}
	note := lostNote(r.saved.Load(), err)
	r.p.work.Go(func() { // the node must not wait for a disk that fails
		if err := writeFault(r.p.path(r.rec.ID, faultSuffix), note); err != nil {
			r.log.Error().Err(err).Msg("the end of capture is not noted on disk")
		}
	})
}

// lostNote says from when on, in µs since time 0, nothing was saved, and why.
func lostNote(from int64, err error) string {
	why := "the journal could not be written"
	if errors.Is(err, syscall.ENOSPC) {
		why = "the disk was full"
	}
	return fmt.Sprintf("nothing was saved from %s on: %s", clockTime(from), why)
}

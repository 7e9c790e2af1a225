package journal

import (
	"errors"
	"fmt"
	"os"

	"parley/storage/envelope"
)

// Continue opens the journal of an earlier process to append to it, behind the batch
// with the number last. h is its header. What that process was writing when it ended
// stays where it is: a reader names it and passes over it.
func Continue(path string, h Header, last uint64) (*Writer, error) {
	w := &Writer{header: h, number: last}
	for i, l := range h.Lanes {
		r, err := envelope.ParseRecipient(l.Recipient)
		if err != nil {
			return nil, fmt.Errorf("continue journal: %w", err)
		}
		w.sealers[i] = envelope.NewBatchSealer(r)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, fmt.Errorf("continue journal: %w", err)
	}
	if err := f.Sync(); err != nil { // what it holds is what the next batches stand on
		return nil, errors.Join(fmt.Errorf("continue journal: %w", err), f.Close())
	}
	w.file = f
	return w, nil
}

// Last is the highest number of a batch whose frame is whole.
func Last(data []byte) (last uint64) {
	for offset := int64(0); offset < int64(len(data)); {
		f, err := parseFrame(data[offset:])
		if err != nil {
			offset = resync(data, offset+1)
			continue
		}
		if f.lane != laneHeader {
			last = max(last, f.number)
		}
		offset += f.size()
	}
	return last
}

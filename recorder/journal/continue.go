package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"parley/storage/envelope"
)

// Continue opens the journal of an earlier process to append to it, behind the batch
// with the number last. h is its header. What that process was writing when it ended
// stays where it is: a reader names it and passes over it.
func Continue(path string, h Header, last uint64) (*Writer, error) {
	w := &Writer{header: h}
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
	w.file = f
	// The header comes once more: what does not read right before it was cut off by the
	// end of a process, and not harmed later.
	body, err := json.Marshal(h)
	if err := errors.Join(err, w.write(laneHeader, body), w.Sync()); err != nil {
		return nil, errors.Join(fmt.Errorf("continue journal: %w", err), f.Close())
	}
	w.number = last
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

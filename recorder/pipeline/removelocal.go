package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"

	"parley/storage/id"
)

// RemoveLocal removes what a finished recording's part has left in the folder:
// nothing, unless the recording was damaged. A journal holds the key envelopes of
// both voices, so it goes with the first voice that is erased.
func (p *Pipeline) RemoveLocal(_ context.Context, rec id.RecordingID, part string) error {
	var errs []error
	for _, suffix := range []string{part + objectSuffix, part + peaksSuffix, faultSuffix, eraseSuffix, journalSuffix, journalSuffix + damagedSuffix} {
		if err := os.Remove(p.path(rec, suffix)); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("remove local copies of %s: %w", rec, err)
	}
	return syncFolder(p.cfg.Dir) // what is certified as gone must not come back with the power
}

package meta

import (
	"context"
	"time"

	"parley/storage/id"
)

// CopyQueue tells what waits to be copied to the second store.
type CopyQueue struct {
	// Waiting counts the objects.
	Waiting int
	// Oldest is when the recording was stored whose object has waited for
	// longest; nil if none waits.
	Oldest *time.Time
}

// Copies keeps which objects have a copy in a second store. What is to be copied
// and what is to be removed follows from what else is stored: every object of a
// stored recording, until its key envelope is destroyed. So nothing can be
// forgotten that was not queued.
type Copies interface {
	// CopiesDue returns objects that have no verified copy, the oldest recording
	// first; none whose last check has found a fault, and none under the keys of
	// except. limit is 1 to MaxLimit, and DefaultLimit for 0.
	CopiesDue(ctx context.Context, except []string, limit int) ([]StoredObject, error)
	// CopyQueue counts what CopiesDue returns.
	CopyQueue(ctx context.Context) (CopyQueue, error)
	// BeginCopy notes that there may be a copy from now on, FinishCopy that there
	// is one and that it was verified. Both may be repeated.
	BeginCopy(ctx context.Context, key string, at time.Time) error
	FinishCopy(ctx context.Context, key string, at time.Time) error
	// HasCopy tells whether FinishCopy was called for the object.
	HasCopy(ctx context.Context, key string) (bool, error)
	// CopiesToRemove returns the keys of copies, also of such as may be there,
	// whose object is not stored any more or whose key envelope was destroyed;
	// none of except.
	CopiesToRemove(ctx context.Context, except []string, limit int) ([]string, error)
	// ForgetCopy notes that there is no copy; one that is not known is no error.
	ForgetCopy(ctx context.Context, key string) error
}

// Checks keeps when stored objects were last read and found as they should be.
type Checks interface {
	// ChecksDue returns objects of stored recordings whose last check was before
	// a time or never, the one checked longest ago first; none whose key
	// envelope was destroyed. except and limit are as for CopiesDue.
	ChecksDue(ctx context.Context, before time.Time, except []string, limit int) ([]StoredObject, error)
	// PutCheck stores what a check has found: a fault, or nothing.
	PutCheck(ctx context.Context, key string, at time.Time, fault string) error
	// Faults counts the objects whose last check has found one.
	Faults(ctx context.Context) (int, error)
	// SetReport stores the report of a recording and nothing else. Errors match
	// ErrInvalid and ErrNotExist.
	SetReport(ctx context.Context, recording id.RecordingID, report string) error
}

// Drill is one proof that recordings can be restored from the second store.
type Drill struct {
	At time.Time
	// Recordings is how many were restored, Failed how many of them were not as
	// they should be.
	Recordings, Failed int
}

// Drills keeps the proofs.
type Drills interface {
	// PutDrill stores a proof; its time must be one of its own.
	PutDrill(ctx context.Context, d Drill) error
	// LastDrill returns the newest proof in which nothing failed, or ErrNotExist.
	LastDrill(ctx context.Context) (Drill, error)
}

package sweep

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"parley/storage/blob"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/offsite"
)

// Metadata is what a sweep reads and writes of it.
type Metadata interface {
	meta.Checks
	HasCopy(ctx context.Context, key string) (bool, error)
	Recording(ctx context.Context, r id.RecordingID) (meta.Recording, error)
	Envelope(ctx context.Context, r id.RecordingID, part string) ([]byte, error)
	ForgetLock(ctx context.Context, store, key string) error
}

// Rot is what was found.
type Rot struct {
	Recording meta.Recording
	Object    meta.StoredObject
	// Fault is gone or changed.
	Fault string
	// Repaired tells that it was put back and read back.
	Repaired bool
}

// Config holds the parts of a [Sweeper].
type Config struct {
	Meta  Metadata
	First blob.Store
	// Second, which may be nil, has the copies to repair from.
	Second blob.Store
	// Pass is the time in which every object is checked once.
	Pass time.Duration
	// Rate bounds what is read, in bytes per second.
	Rate int64
	// OnRot is told of each find.
	OnRot func(Rot)
	Now   func() time.Time
	Log   zerolog.Logger
}

// Stats tell what a sweep has done.
type Stats struct {
	// Objects and Bytes count what was checked since the start, Repaired what was
	// put back.
	Objects, Bytes, Repaired uint64
	// Faults is how many stored objects are not sound now.
	Faults int
	// Failing is how many could not be checked at the last look.
	Failing int
}

// Sweeper checks objects. Its methods are safe for concurrent use.
type Sweeper struct {
	cfg Config

	mu    sync.Mutex // guards stats
	stats Stats
}

// New returns a sweeper that does nothing before [Sweeper.Run].
func New(cfg Config) *Sweeper { return &Sweeper{cfg: cfg} }

// Stats returns what was done so far.
func (s *Sweeper) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

// idle is how long a sweep rests when nothing is due, or a store is away.
const idle = time.Minute

// Run checks what is due, again and again, until ctx ends. It returns nil.
func (s *Sweeper) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		n, err := s.batch(ctx)
		if err != nil && ctx.Err() == nil {
			s.cfg.Log.Warn().Err(err).Msg("the integrity sweep waits")
		}
		if n == 0 {
			rest(ctx, idle)
		}
	}
	return nil
}

// batch checks some of what is due, and returns how much it could. It goes on after an
// object that cannot be checked, returns all of those, and gives up early only on a
// store that is away. What could not be checked is asked for again after a rest.
func (s *Sweeper) batch(ctx context.Context) (int, error) {
	var faults blob.Faults
	n := 0
	for {
		due, err := s.cfg.Meta.ChecksDue(ctx, s.cfg.Now().Add(-s.cfg.Pass), faults.Keys(), 0)
		if err != nil {
			return n, errors.Join(err, faults.Err())
		}
		failed := faults.Len()
		for _, o := range due {
			if faults.Add(o.Key, s.Check(ctx, o)); faults.Enough() || !rest(ctx, pace(o.Size, s.cfg.Rate)) {
				return n, errors.Join(s.count(ctx, faults.Len()), faults.Err(), ctx.Err())
			}
		}
		n += len(due) - (faults.Len() - failed)
		if faults.Len() == failed { // no need to look past the bad ones
			return n, errors.Join(s.count(ctx, faults.Len()), faults.Err())
		}
	}
}

func (s *Sweeper) count(ctx context.Context, failing int) error {
	faults, err := s.cfg.Meta.Faults(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Faults, s.stats.Failing = faults, failing
	return err
}

// pace is how long reading size bytes should take at a rate.
func pace(size, rate int64) time.Duration {
	if rate <= 0 {
		return 0
	}
	return time.Duration(float64(size) / float64(rate) * float64(time.Second))
}

// rest waits, and tells whether ctx goes on.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// checkTimeout bounds the reading of one object, and its repair.
const checkTimeout = 10 * time.Minute

// Check reads one object and acts on what it finds. The error is what kept it from
// finding out.
func (s *Sweeper) Check(ctx context.Context, o meta.StoredObject) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	err := offsite.Verify(ctx, s.cfg.First, o)
	var rot *offsite.RotError
	switch {
	case err == nil:
		s.counted(o)
		return s.found(ctx, o, "")
	case !errors.As(err, &rot):
		return fmt.Errorf("check object %s: %w", o.Key, err)
	}
	s.counted(o)
	return s.Rotten(ctx, o, rot.Fault)
}

func (s *Sweeper) counted(o meta.StoredObject) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Objects++
	s.stats.Bytes += uint64(o.Size)
}

// Rotten repairs an object that was found gone or changed, or marks its recording,
// and tells of it. What was erased meanwhile is gone with good reason.
func (s *Sweeper) Rotten(ctx context.Context, o meta.StoredObject, fault string) error {
	_, err := s.cfg.Meta.Envelope(ctx, o.Recording, o.Part)
	if errors.Is(err, meta.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	repaired := s.repair(ctx, o)
	left := fault
	if repaired {
		left = ""
	}
	if err := s.found(ctx, o, left); err != nil {
		return err
	}
	rec, err := s.cfg.Meta.Recording(ctx, o.Recording)
	if err != nil {
		return err
	}
	s.cfg.Log.Error().Str("recording_id", string(o.Recording)).Str("part", o.Part).Str("fault", fault).Bool("repaired", repaired).
		Msg("a stored object was not what was stored")
	s.cfg.OnRot(Rot{rec, o, fault, repaired})
	return nil
}

func (s *Sweeper) repair(ctx context.Context, o meta.StoredObject) bool {
	if s.cfg.Second == nil {
		return false
	}
	if has, err := s.cfg.Meta.HasCopy(ctx, o.Key); err != nil || !has {
		return false
	}
	err := offsite.Repair(ctx, s.cfg.First, s.cfg.Second, o)
	if err == nil { // what is there now was never locked
		err = s.cfg.Meta.ForgetLock(ctx, meta.StoreMain, o.Key)
	}
	if err != nil {
		s.cfg.Log.Error().Err(err).Str("recording_id", string(o.Recording)).Msg("an object was not repaired")
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Repaired++
	return true
}

// found writes down what a check has found.
func (s *Sweeper) found(ctx context.Context, o meta.StoredObject, fault string) error {
	if err := s.cfg.Meta.PutCheck(ctx, o.Key, s.cfg.Now(), fault); err != nil {
		return err
	}
	rec, err := s.cfg.Meta.Recording(ctx, o.Recording)
	if err != nil {
		return err
	}
	report, changed, err := mark(rec.Report, o, fault)
	if err != nil || !changed {
		return err
	}
	return s.cfg.Meta.SetReport(ctx, rec.ID, report)
}

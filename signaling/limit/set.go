package limit

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxKeys bounds what a set remembers, about 4 MB.
const maxKeys = 1 << 14

// set has a bucket for each key.
type set struct {
	rate Rate
	most int

	mu     sync.Mutex // guards what follows
	recent *list.List // of *entry, the last one used first
	byKey  map[string]*list.Element
}

type entry struct {
	key    string
	bucket *rate.Limiter
}

func newSet(r Rate, most int) *set {
	return &set{rate: r, most: most, recent: list.New(), byKey: map[string]*list.Element{}}
}

// take takes one from the bucket of a key, or tells when there is one again.
func (s *set) take(key string, now time.Time) (wait time.Duration) {
	if s.rate.Count == 0 {
		return 0
	}
	b := s.bucket(key)
	if b.AllowN(now, 1) {
		return 0
	}
	r := b.ReserveN(now, 1)
	wait = r.DelayFrom(now)
	r.CancelAt(now)
	return max(wait, 1)
}

func (s *set) bucket(key string) *rate.Limiter {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, known := s.byKey[key]; known {
		s.recent.MoveToFront(e)
		return e.Value.(*entry).bucket
	}
	if s.recent.Len() >= s.most {
		last := s.recent.Back()
		delete(s.byKey, last.Value.(*entry).key)
		s.recent.Remove(last)
	}
	x := &entry{key, s.rate.bucket()}
	s.byKey[key] = s.recent.PushFront(x)
	return x.bucket
}

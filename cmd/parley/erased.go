package main

import (
	"context"
	"sync"

	"parley/storage/erasure"
	"parley/storage/id"
)

// erasedList is what the list of erasures said when it was first asked: before the
// journals of an earlier process are finished. What is erased later the database
// knows.
type erasedList struct {
	mu    sync.Mutex // guards known, and is held while the list is read
	known map[id.RecordingID]bool
}

// has tells whether a voice of a recording is on the list.
func (l *erasedList) has(ctx context.Context, list *erasure.Log, r id.RecordingID) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil {
		known := map[id.RecordingID]bool{}
		for e, err := range list.All(ctx) {
			if err != nil {
				return false, err
			}
			known[e.Recording] = true
		}
		l.known = known
	}
	return l.known[r], nil
}

// listedAsErased tells whether the list of erasures names a voice of a recording.
func (n *node) listedAsErased(ctx context.Context, r id.RecordingID) (bool, error) {
	return n.erased.has(ctx, erasure.NewLog(n.stores.objects), r)
}

package client

import (
	"context"
	"math/rand/v2"
	"time"
)

const firstPause = 250 * time.Millisecond

// backoff is the pause after an attempt, counted from 1: twice as long each time up to
// the longest, less up to a half by chance, so that many clients do not come at once.
func backoff(attempt int, longest time.Duration) time.Duration {
	pause := min(firstPause<<min(attempt-1, 16), longest)
	return pause/2 + rand.N(pause/2+1)
}

// pause waits, or returns why it did not.
func pause(ctx context.Context, length time.Duration) error {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

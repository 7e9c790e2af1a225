package hub

import (
	"context"
	"math"
	"time"

	"parley/signaling/wire"
	"parley/storage/id"
)

const (
	// ratingGroup is how many different members have rated an expert at least
	// before anybody is told: fewer say little, and more of each of them than of
	// the expert.
	ratingGroup = 10
	// ratingsAge is for how long ratings are told as they were read: they change
	// slowly, and reading goes through all of them.
	ratingsAge = 10 * time.Minute
)

// reading is how members rated the experts at a time.
type reading struct {
	at time.Time
	of map[id.PersonID]*wire.Rating
}

// ratings holds the newest reading, a zero one at first. Whoever
// has received it is the only one to read.
type ratings chan reading

func newRatings() ratings {
	r := make(ratings, 1)
	r <- reading{}
	return r
}

// rated returns how members rate the experts who have enough ratings. Where they
// cannot be read, those from before are told.
func (h *Hub) rated(ctx context.Context) map[id.PersonID]*wire.Rating {
	var last reading
	select {
	case last = <-h.ratings:
	case <-ctx.Done():
		return nil
	}
	defer func() { h.ratings <- last }()
	now := h.cfg.Now()
	if last.of != nil && now.Sub(last.at) < ratingsAge {
		return last.of
	}
	standings, err := h.cfg.Store.Standings(ctx, ratingGroup)
	if err != nil {
		h.cfg.Log.Warn().Err(err).Msg("ratings not read")
		return last.of
	}
	last = reading{at: now, of: make(map[id.PersonID]*wire.Rating, len(standings))}
	for _, x := range standings {
		last.of[x.Expert] = &wire.Rating{Stars: math.Round(x.Stars*10) / 10, Members: x.Members}
	}
	return last.of
}

package hub

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// TestRatingsAreToldFromTenMembersOn, each of whom counts once, and no sooner
// than what was read before has become old.
func TestRatingsAreToldFromTenMembersOn(t *testing.T) {
	var passed atomic.Int64
	h := newHouseIn(t, "DE", 0, false, func(c *Config) {
		c.Now = func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }
	})
	lee := func() *wire.Rating {
		t.Helper()
		experts, ok := h.hub.experts(t.Context())
		if !ok || len(experts) != 1 {
			t.Fatalf("experts: got %+v, want one", experts)
		}
		return h.hub.directory(experts, nil, h.hub.rated(t.Context())).Experts[0].Rating
	}
	rate := func(member, stars int) {
		h.must(h.store.InsertRating(t.Context(), meta.Rating{
			Call: id.NewCall(time.Now()), By: id.PersonID(fmt.Sprint("m", member)), About: h.expert.who.Person,
			Part: id.PartMember, At: time.Now(), Stars: stars,
		}, nil))
	}
	want := func(what string, want *wire.Rating) {
		t.Helper()
		if got := lee(); (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("%s: got %+v, want %+v", what, got, want)
		}
	}
	want("of nobody", nil)
	for range 3 {
		for member := range 9 {
			rate(member, 5)
		}
	}
	passed.Add(int64(ratingsAge))
	want("of nine", nil)
	rate(9, 2)
	want("before it is read again", nil)
	passed.Add(int64(ratingsAge))
	want("of ten", &wire.Rating{Stars: 4.7, Members: 10})
}

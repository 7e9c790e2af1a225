package meta_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

var states = []meta.State{
	meta.StateCapturing, meta.StateRendering, meta.StateUploading,
	meta.StateStored, meta.StateDamaged, meta.StateDiscarded, meta.StateErased,
}

// TestCanMove has every pair; rows and columns are in the order of states.
func TestCanMove(t *testing.T) {
	table := []string{
		"yy..yy.",
		".yy.yy.",
		".yyyyy.",
		"...yyyy",
		"....yyy",
		".....yy",
		"......y",
	}
	for i, from := range states {
		for j, to := range states {
			if got, want := meta.CanMove(from, to), table[i][j] == 'y'; got != want {
				t.Errorf("CanMove(%s, %s): got %v, want %v", from, to, got, want)
			}
		}
		if meta.CanMove(from, "") || meta.CanMove("", from) || meta.CanMove("", "") {
			t.Errorf("CanMove between %s and an unknown state: got true, want false", from)
		}
	}
}

func TestFinishedStatesGoOnlyToWorse(t *testing.T) {
	for _, from := range states {
		for _, to := range states {
			if from.Finished() && !to.Finished() && meta.CanMove(from, to) {
				t.Errorf("CanMove(%s, %s): got true, want false", from, to)
			}
		}
	}
}

func TestValidate(t *testing.T) {
	now := time.Now()
	call, recording := id.NewCall(now), id.NewRecording(now)
	person := meta.Person{ID: "p", Role: "member", UpdatedAt: now}
	theCall := meta.Call{ID: call, MemberID: "m", ExpertID: "e", CreatedAt: now}
	rec := meta.Recording{ID: recording, CallID: call, MemberID: "m", ExpertID: "e", State: meta.StateCapturing, StartedAt: now}
	object := meta.StoredObject{Recording: recording, Part: id.PartCall, Key: "k", Size: 1, SHA256: strings.Repeat("0a", 32)}
	for _, good := range []interface{ Validate() error }{person, theCall, rec, object} {
		if err := good.Validate(); err != nil {
			t.Errorf("Validate of %+v: got %v, want no error", good, err)
		}
	}
	cases := map[string]interface{ Validate() error }{
		"person without id":      with(person, func(p *meta.Person) { p.ID = "" }),
		"person without role":    with(person, func(p *meta.Person) { p.Role = "" }),
		"person without time":    with(person, func(p *meta.Person) { p.UpdatedAt = time.Time{} }),
		"call without id":        with(theCall, func(c *meta.Call) { c.ID = "" }),
		"call without member":    with(theCall, func(c *meta.Call) { c.MemberID = "" }),
		"call without expert":    with(theCall, func(c *meta.Call) { c.ExpertID = " " }),
		"call without time":      with(theCall, func(c *meta.Call) { c.CreatedAt = time.Time{} }),
		"recording without id":   with(rec, func(r *meta.Recording) { r.ID = "" }),
		"recording without call": with(rec, func(r *meta.Recording) { r.CallID = "" }),
		"recording without time": with(rec, func(r *meta.Recording) { r.StartedAt = time.Time{} }),
		"recording of no state":  with(rec, func(r *meta.Recording) { r.State = "open" }),
		"negative length":        with(rec, func(r *meta.Recording) { r.LengthMs = -1 }),
		"report not JSON":        with(rec, func(r *meta.Recording) { r.Report = "lost" }),
		"object of no part":      with(object, func(o *meta.StoredObject) { o.Part = "" }),
		"object without key":     with(object, func(o *meta.StoredObject) { o.Key = "" }),
		"negative size":          with(object, func(o *meta.StoredObject) { o.Size = -1 }),
		"hash too short":         with(object, func(o *meta.StoredObject) { o.SHA256 = "0a" }),
		"hash in upper case":     with(object, func(o *meta.StoredObject) { o.SHA256 = strings.Repeat("0A", 32) }),
		"object of no recording": with(object, func(o *meta.StoredObject) { o.Recording = "x" }),
	}
	for name, bad := range cases {
		if err := bad.Validate(); !errors.Is(err, meta.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
}

// with returns a changed copy.
func with[T any](value T, change func(*T)) T {
	change(&value)
	return value
}

func TestEffectiveLimit(t *testing.T) {
	for limit, want := range map[int]int{0: meta.DefaultLimit, 1: 1, meta.MaxLimit: meta.MaxLimit} {
		if got, err := meta.EffectiveLimit(limit); got != want || err != nil {
			t.Errorf("EffectiveLimit(%d): got %d and %v, want %d", limit, got, err, want)
		}
	}
	for _, limit := range []int{-1, meta.MaxLimit + 1} {
		if got, err := meta.EffectiveLimit(limit); !errors.Is(err, meta.ErrInvalid) {
			t.Errorf("EffectiveLimit(%d): got %d and %v, want ErrInvalid", limit, got, err)
		}
	}
}

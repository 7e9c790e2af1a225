package metatest

import (
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

func calls(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	c := newCall(noon)
	_, err := store.Call(ctx, c.ID)
	wantError(t, "Call that is not stored", err, meta.ErrNotExist)
	wantError(t, "UpdateCall that is not stored", store.UpdateCall(ctx, c), meta.ErrNotExist)

	must(t, "InsertCall", store.InsertCall(ctx, c))
	wantError(t, "InsertCall again", store.InsertCall(ctx, c), meta.ErrConflict)
	want := c
	want.CreatedAt = stored(c.CreatedAt)
	wantCall(t, store, want)

	c.AcceptedAt, c.ConnectedAt = ptr(after(time.Second)), ptr(after(2*time.Second))
	c.EndedAt, c.EndReason = ptr(after(time.Hour)), "hung up"
	c.RecordingID = ptr(id.NewRecording(noon))
	c.Alarms = [2]meta.LegAlarms{{}, {Alarm: "silence", Absences: 2, Silences: 1}}
	c.Quality = [2]meta.LegQuality{{Heard: &meta.WayQuality{Samples: 7, MOS: meta.Measure{Average: 4.25, Worst: 2.5}, JitterMs: meta.Measure{Worst: 31}}}, {}}
	update := c
	// What is fixed by the insert is not changed by an update.
	update.MemberName, update.CreatedAt = "Somebody Else", after(time.Minute)
	must(t, "UpdateCall", store.UpdateCall(ctx, update))
	want = c
	want.CreatedAt = stored(c.CreatedAt)
	want.AcceptedAt, want.ConnectedAt, want.EndedAt = ptr(stored(*c.AcceptedAt)), ptr(stored(*c.ConnectedAt)), ptr(stored(*c.EndedAt))
	wantCall(t, store, want)
}

func wantCall(t *testing.T, store meta.Store, want meta.Call) {
	t.Helper()
	got, err := store.Call(testContext(t), want.ID)
	must(t, "Call", err)
	wantSame(t, "call", got, want)
}

func unfinishedCalls(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	var open []id.CallID
	for i := range 6 {
		c := newCall(after(time.Duration(i) * time.Second))
		if i%2 == 0 {
			c.EndedAt = ptr(after(time.Hour))
		} else {
			open = append(open, c.ID)
		}
		must(t, "InsertCall", store.InsertCall(ctx, c))
	}
	found, err := store.UnfinishedCalls(ctx)
	must(t, "UnfinishedCalls", err)
	var got []id.CallID
	for _, c := range found {
		got = append(got, c.ID)
	}
	wantSame(t, "unfinished calls, oldest first", got, open)
}

// listedCalls are those of one person, of a time, and page by page.
func listedCalls(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	var all []id.CallID
	for i := range 5 {
		c := newCall(after(time.Duration(i) * time.Hour))
		if c.MemberID = "somebody"; i%2 == 0 {
			c.MemberID, c.ExpertID = "another", "somebody-else"
		}
		must(t, "InsertCall", store.InsertCall(ctx, c))
		all = append(all, c.ID)
	}
	for name, row := range map[string]struct {
		filter meta.CallFilter
		want   []id.CallID
	}{
		"all":             {meta.CallFilter{}, all},
		"of a member":     {meta.CallFilter{Participant: "somebody"}, []id.CallID{all[1], all[3]}},
		"of an expert":    {meta.CallFilter{Participant: "somebody-else"}, []id.CallID{all[0], all[2], all[4]}},
		"of a time":       {meta.CallFilter{From: after(time.Hour), Until: after(3 * time.Hour)}, all[1:3]},
		"the first two":   {meta.CallFilter{Limit: 2}, all[:2]},
		"those after two": {meta.CallFilter{After: all[1], Limit: 2}, all[2:4]},
		"of nobody":       {meta.CallFilter{Participant: "nobody"}, nil},
	} {
		found, err := store.ListCalls(ctx, row.filter)
		must(t, "ListCalls", err)
		var got []id.CallID
		for _, c := range found {
			got = append(got, c.ID)
		}
		wantSame(t, "calls "+name, got, row.want)
	}
	_, err := store.ListCalls(ctx, meta.CallFilter{Limit: meta.MaxLimit + 1})
	wantError(t, "ListCalls with a limit too high", err, meta.ErrInvalid)
}

package metatest

import (
	"slices"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

var allStates = []meta.State{
	meta.StateCapturing, meta.StateRendering, meta.StateUploading,
	meta.StateStored, meta.StateDamaged, meta.StateDiscarded, meta.StateErased,
}

func recordings(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	missing := newRecording(noon)
	_, err := store.Recording(ctx, missing.ID)
	wantError(t, "Recording that is not stored", err, meta.ErrNotExist)
	wantError(t, "UpdateRecording that is not stored", store.UpdateRecording(ctx, missing), meta.ErrNotExist)

	r := insertRecording(t, store, noon, nil)
	wantError(t, "InsertRecording again", store.InsertRecording(ctx, r, newEnvelopes()), meta.ErrConflict)
	want := r
	want.StartedAt = stored(r.StartedAt)
	wantRecording(t, store, want)

	update := r
	update.State, update.LengthMs, update.Report = meta.StateRendering, 61_234, `{"lost": [1, 2]}`
	update.StoredAt = ptr(after(time.Hour))
	// What is fixed by the insert is not changed by an update.
	update.MemberName, update.StartedAt, update.CallID = "Somebody Else", after(time.Minute), id.NewCall(noon)
	must(t, "UpdateRecording", store.UpdateRecording(ctx, update))
	want.State, want.LengthMs, want.Report = update.State, update.LengthMs, update.Report
	want.StoredAt = ptr(stored(*update.StoredAt))
	wantRecording(t, store, want)
}

func wantRecording(t *testing.T, store meta.Store, want meta.Recording) {
	t.Helper()
	got, err := store.Recording(testContext(t), want.ID)
	must(t, "Recording", err)
	wantSame(t, "recording", got, want)
}

func recordingIsStoredWhole(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	for name, change := range map[string]func(map[string][]byte){
		"one missing":  func(e map[string][]byte) { delete(e, id.PartExpert) },
		"one empty":    func(e map[string][]byte) { e[id.PartCall] = []byte{} },
		"one too many": func(e map[string][]byte) { e["both"] = []byte("x") },
		"none":         func(e map[string][]byte) { clear(e) },
	} {
		r, sealed := newRecording(noon), newEnvelopes()
		change(sealed)
		wantError(t, name+": InsertRecording", store.InsertRecording(ctx, r, sealed), meta.ErrInvalid)
		_, err := store.Recording(ctx, r.ID)
		wantError(t, name+": Recording", err, meta.ErrNotExist)
	}
	// A second insert must not replace the envelopes of the first.
	r := insertRecording(t, store, noon, nil)
	other := newEnvelopes()
	other[id.PartMember] = []byte("another key")
	wantError(t, "second InsertRecording", store.InsertRecording(ctx, r, other), meta.ErrConflict)
	got, err := store.Envelope(ctx, r.ID, id.PartMember)
	must(t, "Envelope", err)
	wantSame(t, "envelope after it", got, newEnvelopes()[id.PartMember])
}

func recordingStates(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	for _, from := range allStates {
		for _, to := range allStates {
			r := insertRecording(t, store, noon, func(r *meta.Recording) { r.State = from })
			r.State = to
			err := store.UpdateRecording(ctx, r)
			want := from
			if meta.CanMove(from, to) {
				must(t, "move from "+string(from)+" to "+string(to), err)
				want = to
			} else {
				wantError(t, "move from "+string(from)+" to "+string(to), err, meta.ErrConflict)
			}
			got, err := store.Recording(ctx, r.ID)
			must(t, "Recording", err)
			if got.State != want {
				t.Errorf("state after a move from %s to %s: got %s, want %s", from, to, got.State, want)
			}
		}
	}
}

func recordingsByFilter(t *testing.T, store meta.Store) {
	byBoth := insertRecording(t, store, after(1*time.Second), nil)
	asExpert := insertRecording(t, store, after(2*time.Second), func(r *meta.Recording) { r.MemberID, r.ExpertID = "other", "member-1" })
	foreign := insertRecording(t, store, after(3*time.Second), func(r *meta.Recording) { r.MemberID, r.ExpertID = "a", "b" })
	done := insertRecording(t, store, after(4*time.Second), func(r *meta.Recording) { r.State = meta.StateStored })
	cases := []struct {
		name   string
		filter meta.RecordingFilter
		want   []id.RecordingID
	}{
		{"all", meta.RecordingFilter{}, []id.RecordingID{done.ID, foreign.ID, asExpert.ID, byBoth.ID}},
		{"participant in either role", meta.RecordingFilter{Participant: "member-1"}, []id.RecordingID{done.ID, asExpert.ID, byBoth.ID}},
		{"state", meta.RecordingFilter{State: meta.StateStored}, []id.RecordingID{done.ID}},
		{"participant and state", meta.RecordingFilter{Participant: "a", State: meta.StateStored}, []id.RecordingID{}},
		{"before", meta.RecordingFilter{Before: foreign.ID}, []id.RecordingID{asExpert.ID, byBoth.ID}},
		{"participant, before, limit", meta.RecordingFilter{Participant: "member-1", Before: done.ID, Limit: 1}, []id.RecordingID{asExpert.ID}},
		{"unknown participant", meta.RecordingFilter{Participant: "nobody"}, []id.RecordingID{}},
		{"quotes in the participant", meta.RecordingFilter{Participant: "' OR 1=1 --"}, []id.RecordingID{}},
	}
	for _, tc := range cases {
		got, err := store.Recordings(testContext(t), tc.filter)
		must(t, tc.name, err)
		wantSame(t, tc.name, recordingIDs(got), tc.want)
	}
	for _, limit := range []int{-1, meta.MaxLimit + 1} {
		_, err := store.Recordings(testContext(t), meta.RecordingFilter{Limit: limit})
		wantError(t, "Recordings with a limit out of range", err, meta.ErrInvalid)
	}
}

func recordingsByPage(t *testing.T, store meta.Store) {
	var want []id.RecordingID
	// All in one instant: the order must still be one.
	for range 25 {
		want = append(want, insertRecording(t, store, noon, nil).ID)
	}
	slices.Sort(want)
	slices.Reverse(want)
	var got []id.RecordingID
	filter := meta.RecordingFilter{Limit: 7}
	for {
		page, err := store.Recordings(testContext(t), filter)
		must(t, "page", err)
		if len(page) == 0 {
			break
		}
		got = append(got, recordingIDs(page)...)
		filter.Before = page[len(page)-1].ID
	}
	wantSame(t, "all pages", got, want)
}

func unfinishedRecordings(t *testing.T, store meta.Store) {
	var want []id.RecordingID
	for i, state := range allStates {
		r := insertRecording(t, store, after(time.Duration(i)*time.Second), func(r *meta.Recording) { r.State = state })
		if !state.Finished() {
			want = append(want, r.ID)
		}
	}
	got, err := store.UnfinishedRecordings(testContext(t))
	must(t, "UnfinishedRecordings", err)
	wantSame(t, "unfinished recordings, oldest first", recordingIDs(got), want)
}

package metatest

import (
	"fmt"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

func signs(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	call := newCall(noon)
	must(t, "InsertCall", store.InsertCall(ctx, call))
	older := meta.Sign{Call: call.ID, Kind: meta.SignSameHuman, At: stored(noon)}
	second := meta.Sign{Call: call.ID, Kind: meta.SignSharedDevice, At: stored(noon), People: []id.PersonID{"noah", "a\"b"}}
	newer := meta.Sign{Call: id.NewCall(after(time.Second)), Kind: meta.SignSameAddress, At: stored(noon)}
	again := older
	again.At = after(time.Hour)
	for _, s := range []meta.Sign{older, second, newer, again} {
		must(t, "PutSign", store.PutSign(ctx, s))
	}
	wantError(t, "PutSign of no kind", store.PutSign(ctx, meta.Sign{Call: older.Call, Kind: "x", At: noon}), meta.ErrInvalid)
	for name, tc := range map[string]struct {
		filter meta.SignFilter
		want   []meta.Sign
	}{
		"all, newest call first":    {meta.SignFilter{}, []meta.Sign{newer, older, second}},
		"behind one call":           {meta.SignFilter{Before: newer.Call, BeforeKind: newer.Kind, Limit: 1}, []meta.Sign{older}},
		"behind one sign of a call": {meta.SignFilter{Before: older.Call, BeforeKind: older.Kind}, []meta.Sign{second}},
		"of a kind":                 {meta.SignFilter{Kind: meta.SignSharedDevice}, []meta.Sign{second}},
		"of who called":             {meta.SignFilter{Person: call.MemberID}, []meta.Sign{older, second}},
		"of one of the others":      {meta.SignFilter{Person: "a\"b"}, []meta.Sign{second}},
		"of part of a name":         {meta.SignFilter{Person: "noa"}, nil},
	} {
		got, err := store.Signs(ctx, tc.filter)
		must(t, "Signs "+name, err)
		wantSame(t, "signs "+name, got, tc.want)
	}
}

func standings(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	for n, r := range []meta.Rating{
		{By: "maya", About: "lee", Part: id.PartMember, Stars: 1},
		{By: "noah", About: "lee", Part: id.PartMember, Stars: 2},
		{By: "noah", About: "lee", Part: id.PartMember, Stars: 5}, // one voice with the one before
		{By: "maya", About: "sam", Part: id.PartMember, Stars: 3},
		{By: "lee", About: "maya", Part: id.PartExpert, Stars: 4}, // no member's
	} {
		r.At = stored(after(time.Duration(n) * time.Second))
		r.Call = id.NewCall(r.At)
		must(t, "InsertRating", store.InsertRating(ctx, r, nil))
	}
	lee, sam := meta.Standing{Expert: "lee", Members: 2, Stars: 2.25}, meta.Standing{Expert: "sam", Members: 1, Stars: 3}
	for members, want := range map[int][]meta.Standing{1: {lee, sam}, 2: {lee}, 3: nil} {
		got, err := store.Standings(ctx, members)
		must(t, "Standings", err)
		wantSame(t, fmt.Sprintf("standings of %d members", members), got, want)
	}
}

func traces(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	rate := func(n int, by, about id.PersonID, part string) meta.Traced {
		at := after(time.Duration(n) * time.Second)
		r := meta.Rating{Call: id.NewCall(at), By: by, About: about, Part: part, At: stored(at), Stars: 1 + n}
		must(t, "InsertRating", store.InsertRating(ctx, r, nil))
		return meta.Traced{Call: r.Call, Member: by, Expert: about, Stars: r.Stars, At: r.At}
	}
	first, second, third := rate(0, "maya", "lee", id.PartMember), rate(1, "noah", "lee", id.PartMember), rate(2, "maya", "sam", id.PartMember)
	rate(3, "lee", "maya", id.PartExpert) // no member's
	first.Address, first.Device = "a", "d"
	must(t, "PutTrace", store.PutTrace(ctx, meta.Trace{Call: first.Call, Address: "a", Device: "d", At: noon}))
	must(t, "PutTrace again", store.PutTrace(ctx, meta.Trace{Call: first.Call, Address: "b", Device: "e", At: noon}))
	wantError(t, "PutTrace without a time", store.PutTrace(ctx, meta.Trace{Call: first.Call}), meta.ErrInvalid)
	want := func(what string, f meta.TracedFilter, want ...meta.Traced) {
		t.Helper()
		got, err := store.Traced(ctx, f)
		must(t, what, err)
		wantSame(t, what, got, want)
	}
	want("all", meta.TracedFilter{}, third, second, first)
	want("of an expert", meta.TracedFilter{Expert: "lee"}, second, first)
	want("of a member, lately", meta.TracedFilter{Member: "maya", Since: after(time.Second)}, third)
	want("the newest", meta.TracedFilter{Limit: 1}, third)
	must(t, "DeleteTracesBefore", store.DeleteTracesBefore(ctx, noon))
	want("before anything is due", meta.TracedFilter{Expert: "lee"}, second, first)
	must(t, "DeleteTracesBefore", store.DeleteTracesBefore(ctx, after(time.Second)))
	first.Address, first.Device = "", ""
	want("after the traces are gone", meta.TracedFilter{Expert: "lee"}, second, first)
}

package metatest

import (
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// newText makes a text; those with a higher n come later.
func newText(n int, call id.CallID, kind, part string, author id.PersonID) meta.Text {
	return meta.Text{
		ID: id.NewText(after(time.Duration(n) * time.Second)), Call: call, Kind: kind, Part: part, Author: author, At: stored(noon), Sealed: []byte("sealed\x00\xff"),
	}
}

func insertTexts(t *testing.T, store meta.Store, texts ...meta.Text) {
	t.Helper()
	for _, text := range texts {
		must(t, "InsertText", store.InsertText(testContext(t), text))
	}
}

func wantTexts(t *testing.T, store meta.Store, f meta.TextFilter, want ...meta.Text) {
	t.Helper()
	got, err := store.Texts(testContext(t), f)
	must(t, "Texts", err)
	if len(got) != len(want) {
		t.Fatalf("texts %+v: got %d, want %d", f, len(got), len(want))
	}
	for i := range want {
		wantSame(t, "text", got[i], want[i])
	}
}

func texts(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	call := id.NewCall(noon)
	said := newText(1, call, meta.TextMessage, id.PartMember, "maya")
	reply := newText(2, call, meta.TextMessage, id.PartExpert, "lee")
	comment := newText(3, id.NewCall(noon), meta.TextComment, id.PartMember, "maya")
	insertTexts(t, store, said, reply, comment)
	wantError(t, "InsertText again", store.InsertText(ctx, said), meta.ErrConflict)
	for name, spoil := range map[string]func(*meta.Text){
		"no id": func(x *meta.Text) { x.ID = "" }, "no call": func(x *meta.Text) { x.Call = "" }, "no kind": func(x *meta.Text) { x.Kind = "poem" },
		"no author": func(x *meta.Text) { x.Author = "" }, "no part": func(x *meta.Text) { x.Part = id.PartCall }, "not sealed": func(x *meta.Text) { x.Sealed = nil },
	} {
		bad := newText(4, call, meta.TextMessage, id.PartMember, "maya")
		spoil(&bad)
		wantError(t, name, store.InsertText(ctx, bad), meta.ErrInvalid)
	}
	wantTexts(t, store, meta.TextFilter{}, said, reply, comment)
	wantTexts(t, store, meta.TextFilter{Call: call, Kind: meta.TextMessage}, said, reply)
	wantTexts(t, store, meta.TextFilter{Author: "maya"}, said, comment)
	wantTexts(t, store, meta.TextFilter{Call: call, After: said.ID, Limit: 1}, reply)
	must(t, "DeleteTexts", store.DeleteTexts(ctx, call))
	must(t, "DeleteTexts again", store.DeleteTexts(ctx, call))
	wantTexts(t, store, meta.TextFilter{}, comment)
}

// textsGoWithTheirVoice: whoever destroys a voice's key destroys what its owner
// wrote, and nothing that the other one wrote.
func textsGoWithTheirVoice(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	r := insertRecording(t, store, noon, nil)
	said := newText(5, r.CallID, meta.TextMessage, id.PartMember, "maya")
	comment := newText(6, r.CallID, meta.TextComment, id.PartMember, "maya")
	reply := newText(7, r.CallID, meta.TextMessage, id.PartExpert, "lee")
	elsewhere := newText(8, id.NewCall(noon), meta.TextMessage, id.PartMember, "maya")
	insertTexts(t, store, said, comment, reply, elsewhere)
	for range 2 { // as a replay does
		must(t, "DestroyEnvelope", store.DestroyEnvelope(ctx, r.ID, id.PartMember, noon))
		wantTexts(t, store, meta.TextFilter{}, reply, elsewhere)
	}
}

func textsDue(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	r := insertRecording(t, store, noon, nil)
	kept, alone, newer := newText(9, r.CallID, meta.TextMessage, id.PartMember, "maya"), newText(10, id.NewCall(noon), meta.TextReport, id.PartMember, "maya"), newText(11, id.NewCall(noon), meta.TextMessage, id.PartMember, "maya")
	newer.At = stored(after(time.Hour))
	insertTexts(t, store, kept, alone, newer)
	due, err := store.TextsDue(ctx, after(time.Minute), 0)
	must(t, "TextsDue", err)
	wantSame(t, "calls whose texts are due", due, []id.CallID{alone.Call})
}

func feedback(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	call, sound, again := id.NewCall(noon), 4, false
	comment := newText(12, call, meta.TextComment, id.PartMember, "maya")
	rating := meta.Rating{
		Call: call, By: "maya", About: "lee", Part: id.PartMember, At: stored(noon), Stars: 5, Survey: meta.Survey{Sound: &sound, Again: &again},
	}
	_, err := store.Rating(ctx, call, "maya")
	wantError(t, "Rating that is not stored", err, meta.ErrNotExist)
	must(t, "InsertRating", store.InsertRating(ctx, rating, &comment))
	twice := newText(13, call, meta.TextComment, id.PartMember, "maya")
	wantError(t, "InsertRating again", store.InsertRating(ctx, rating, &twice), meta.ErrConflict)
	wantTexts(t, store, meta.TextFilter{Call: call}, comment) // all or nothing
	rating.Text = &comment.ID
	got, err := store.Rating(ctx, call, "maya")
	must(t, "Rating", err)
	wantSame(t, "rating", got, rating)
	other := rating
	other.By, other.About, other.Part, other.Text, other.Survey = "lee", "maya", id.PartExpert, nil, meta.Survey{}
	must(t, "InsertRating of the other side", store.InsertRating(ctx, other, nil))
	added := newText(15, call, meta.TextComment, id.PartExpert, "lee")
	must(t, "CompleteRating", store.CompleteRating(ctx, call, "lee", meta.Survey{Again: &again}, &added))
	other.Survey, other.Text = meta.Survey{Again: &again}, &added.ID
	got, err = store.Rating(ctx, call, "lee")
	must(t, "Rating that was completed", err)
	wantSame(t, "rating that was completed", got, other)
	for _, by := range []id.PersonID{"lee", "maya", "nobody"} {
		late := newText(16, call, meta.TextComment, id.PartExpert, by)
		wantError(t, "CompleteRating that is complete", store.CompleteRating(ctx, call, by, meta.Survey{Sound: &sound}, &late), meta.ErrNotExist)
	}
	wantTexts(t, store, meta.TextFilter{Call: call}, comment, added) // all or nothing
	loud := 6
	wantError(t, "CompleteRating with a sound of six", store.CompleteRating(ctx, call, "lee", meta.Survey{Sound: &loud}, nil), meta.ErrInvalid)
	other.Stars, other.Text = 6, nil
	wantError(t, "InsertRating with six stars", store.InsertRating(ctx, other, nil), meta.ErrInvalid)

	at := 90 * time.Second
	text := newText(14, call, meta.TextReport, id.PartMember, "maya")
	first := meta.Report{ID: id.NewReport(noon), Call: call, By: "maya", About: "lee", Part: id.PartMember, At: stored(noon), Reason: meta.ReportAbuse, Offset: &at}
	second := first
	second.ID, second.Call, second.Offset = id.NewReport(after(time.Second)), id.NewCall(noon), nil
	must(t, "InsertReport", store.InsertReport(ctx, first, &text))
	must(t, "InsertReport without text", store.InsertReport(ctx, second, nil))
	wantError(t, "InsertReport again", store.InsertReport(ctx, first, nil), meta.ErrConflict)
	bad := second
	bad.ID, bad.Reason = id.NewReport(noon), "boring"
	wantError(t, "InsertReport for no reason", store.InsertReport(ctx, bad, nil), meta.ErrInvalid)
	first.Text = &text.ID
	first.Handling.State, second.Handling.State = meta.ReportOpen, meta.ReportOpen
	all, err := store.Reports(ctx, meta.ReportFilter{})
	must(t, "Reports", err)
	wantSame(t, "reports, newest first", all, []meta.Report{second, first})
	report, err := store.Report(ctx, first.ID)
	must(t, "Report", err)
	wantSame(t, "report", report, first)
	_, err = store.Report(ctx, bad.ID)
	wantError(t, "Report that is not stored", err, meta.ErrNotExist)
	page, err := store.Reports(ctx, meta.ReportFilter{Call: call, By: "maya", Before: second.ID, Limit: 1})
	must(t, "Reports by filter", err)
	wantSame(t, "reports of a call", page, []meta.Report{first})
	handled := meta.Handling{State: meta.ReportSettled, Note: "spoken to", By: "ada", At: ptr(stored(after(time.Hour)))}
	must(t, "HandleReport", store.HandleReport(ctx, first.ID, handled))
	first.Handling = handled
	for name, tc := range map[string]struct {
		filter meta.ReportFilter
		want   []meta.Report
	}{
		"settled": {meta.ReportFilter{State: meta.ReportSettled}, []meta.Report{first}},
		"open":    {meta.ReportFilter{State: meta.ReportOpen}, []meta.Report{second}},
		"fraud":   {meta.ReportFilter{Reason: meta.ReportFraud}, nil},
		"by whom": {meta.ReportFilter{Person: "maya"}, []meta.Report{second, first}},
		"of whom": {meta.ReportFilter{Person: "lee"}, []meta.Report{second, first}},
		"nobody":  {meta.ReportFilter{Person: "nobody"}, nil},
	} {
		got, err := store.Reports(ctx, tc.filter)
		must(t, "Reports "+name, err)
		wantSame(t, "reports "+name, got, tc.want)
	}
	wantError(t, "HandleReport of none", store.HandleReport(ctx, bad.ID, handled), meta.ErrNotExist)
	for _, wrong := range []meta.Handling{{State: "x", By: "ada", At: handled.At}, {State: meta.ReportSettled, By: "ada", At: handled.At}, {State: meta.ReportOpen}} {
		wantError(t, "HandleReport that is wrong", store.HandleReport(ctx, first.ID, wrong), meta.ErrInvalid)
	}
}

func missedCalls(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	var want []meta.Call
	for i, reason := range []string{"no_answer", "completed", "cancelled", "no_answer"} {
		c := newCall(after(time.Duration(i) * time.Second))
		c.CreatedAt = stored(c.CreatedAt)
		c.EndedAt, c.EndReason = ptr(stored(after(time.Hour))), reason
		must(t, "InsertCall", store.InsertCall(ctx, c))
		if reason != "completed" {
			want = append([]meta.Call{c}, want...)
		}
	}
	reasons := []string{"no_answer", "cancelled"}
	got, err := store.MissedCalls(ctx, want[0].ExpertID, reasons, "", 0)
	must(t, "MissedCalls", err)
	wantSame(t, "missed calls, newest first", got, want)
	got, err = store.MissedCalls(ctx, want[0].ExpertID, reasons, want[0].ID, 1)
	must(t, "MissedCalls by page", err)
	wantSame(t, "missed calls by page", got, want[1:2])
	got, err = store.MissedCalls(ctx, "nobody", reasons, "", 0)
	must(t, "MissedCalls of nobody", err)
	wantSame(t, "missed calls of nobody", len(got), 0)
}

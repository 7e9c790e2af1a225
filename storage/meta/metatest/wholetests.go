package metatest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// textComesBack stores texts that databases and encodings stumble over.
func textComesBack(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	texts := []string{"", "O'Brien; DROP TABLE calls --", "Zoë 👩🏽‍⚕️", "line\nbreak\ttab", `{"a": "<b>&\u2028"}`, "ﷺ\u202e"}
	for i, text := range texts {
		c := newCall(after(time.Duration(i) * time.Second))
		c.MemberName, c.EndReason, c.EndedAt = text, text, ptr(stored(noon))
		c.CreatedAt = stored(c.CreatedAt)
		must(t, "InsertCall", store.InsertCall(ctx, c))
		wantCall(t, store, c)
		entry, err := store.AppendChain(ctx, "texts", "text", text, text, text, noon)
		must(t, "AppendChain", err)
		wantSame(t, "entry", readChain(t, store, "texts", "", entry.Seq-1, 1)[0], entry)
	}
	must(t, "VerifyChain", store.VerifyChain(ctx, "texts"))
}

func invalidRecords(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	wantError(t, "UpsertPerson", store.UpsertPerson(ctx, meta.Person{}), meta.ErrInvalid)
	wantError(t, "InsertCall", store.InsertCall(ctx, meta.Call{}), meta.ErrInvalid)
	wantError(t, "UpdateCall", store.UpdateCall(ctx, meta.Call{}), meta.ErrInvalid)
	wantError(t, "InsertRecording", store.InsertRecording(ctx, meta.Recording{}, newEnvelopes()), meta.ErrInvalid)
	wantError(t, "UpdateRecording", store.UpdateRecording(ctx, meta.Recording{}), meta.ErrInvalid)
	wantError(t, "PutObject", store.PutObject(ctx, meta.StoredObject{}), meta.ErrInvalid)
}

// readersBesideWriters has both at once: none may fail because of the other, and
// what was written is read.
func readersBesideWriters(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	var group sync.WaitGroup
	for w := range 4 {
		group.Go(func() {
			for n := range 10 {
				if err := writeAndRead(ctx, store, time.Duration(w*100+n)*time.Second); err != nil {
					t.Errorf("beside others: got %v, want no error", err)
				}
			}
		})
		group.Go(func() {
			for range 20 {
				if _, err := store.Recordings(ctx, meta.RecordingFilter{}); err != nil {
					t.Errorf("Recordings beside others: got %v, want no error", err)
				}
			}
		})
	}
	group.Wait()
	all, err := store.Recordings(ctx, meta.RecordingFilter{})
	must(t, "Recordings", err)
	if len(all) != 40 {
		t.Errorf("recordings by 4 writers: got %d, want 40", len(all))
	}
}

func writeAndRead(ctx context.Context, store meta.Store, at time.Duration) error {
	r := newRecording(after(at))
	if err := store.InsertRecording(ctx, r, newEnvelopes()); err != nil {
		return err
	}
	r.State = meta.StateRendering
	if err := store.UpdateRecording(ctx, r); err != nil {
		return err
	}
	got, err := store.Recording(ctx, r.ID)
	if err == nil && got.State != meta.StateRendering {
		err = fmt.Errorf("read %s after it was %s", got.State, r.State)
	}
	if err == nil {
		err = store.DestroyEnvelope(ctx, r.ID, id.PartMember, noon)
	}
	return err
}

func endedContext(t *testing.T, store meta.Store) {
	r := insertRecording(t, store, noon, nil)
	ctx, cancel := context.WithCancel(testContext(t))
	cancel()
	c := newCall(noon)
	_, readErr := store.Recording(ctx, r.ID)
	_, listErr := store.Experts(ctx)
	_, appendErr := store.AppendChain(ctx, "consent", "k", "s", "a", nil, noon)
	for doing, err := range map[string]error{
		"Recording":       readErr,
		"Experts":         listErr,
		"AppendChain":     appendErr,
		"InsertCall":      store.InsertCall(ctx, c),
		"DestroyEnvelope": store.DestroyEnvelope(ctx, r.ID, id.PartMember, noon),
		"VerifyChain":     store.VerifyChain(ctx, "consent"),
		"Check":           store.Check(ctx),
	} {
		wantError(t, doing+" with an ended context", err, context.Canceled)
	}
	_, err := store.Call(testContext(t), c.ID)
	wantError(t, "Call whose insert was cancelled", err, meta.ErrNotExist)
	_, err = store.Envelope(testContext(t), r.ID, id.PartMember)
	must(t, "Envelope whose destruction was cancelled", err)
	must(t, "Check after it", store.Check(testContext(t)))
}

func check(t *testing.T, store meta.Store) {
	must(t, "Check", store.Check(testContext(t)))
}

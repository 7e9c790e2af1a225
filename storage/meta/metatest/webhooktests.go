package metatest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

func newWebhook(n int) meta.Webhook {
	at := after(time.Duration(n) * time.Second)
	return meta.Webhook{
		ID: id.NewWebhook(at), URL: fmt.Sprintf("https://platform.example/hook/%d", n), Secret: []byte("sealed\x00\xff"),
		Types: []meta.EventType{meta.EventCallEnded, meta.EventRecordingReady}, CreatedAt: stored(at), Cursor: uint64(n),
	}
}

func listWebhooks(t testing.TB, store meta.Store) []meta.Webhook {
	t.Helper()
	hooks, err := store.Webhooks(testContext(t))
	must(t, "Webhooks", err)
	return hooks
}

func webhooks(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	first, second := newWebhook(1), newWebhook(2)
	second.Types = nil
	for _, w := range []meta.Webhook{second, first} {
		must(t, "InsertWebhook", store.InsertWebhook(ctx, w))
	}
	wantSame(t, "webhooks", listWebhooks(t, store), []meta.Webhook{first, second})
	again := newWebhook(3)
	again.URL = first.URL
	wantError(t, "InsertWebhook of a known URL", store.InsertWebhook(ctx, again), meta.ErrConflict)
	for name, spoil := range map[string]func(*meta.Webhook){
		"no id": func(w *meta.Webhook) { w.ID = "" }, "no URL": func(w *meta.Webhook) { w.URL = "hook" },
		"no secret": func(w *meta.Webhook) { w.Secret = nil }, "no time": func(w *meta.Webhook) { w.CreatedAt = time.Time{} },
		"unknown type": func(w *meta.Webhook) { w.Types = []meta.EventType{"call.exploded"} },
	} {
		bad := newWebhook(4)
		spoil(&bad)
		wantError(t, name, store.InsertWebhook(ctx, bad), meta.ErrInvalid)
	}
	must(t, "MoveWebhook", store.MoveWebhook(ctx, first.ID, 1, 5))
	wantError(t, "MoveWebhook from where it is not", store.MoveWebhook(ctx, first.ID, 1, 6), meta.ErrNotExist)
	must(t, "ReplayWebhook", store.ReplayWebhook(ctx, second.ID, 0))
	first.Cursor, second.Cursor = 5, 0
	wantSame(t, "webhooks after moves", listWebhooks(t, store), []meta.Webhook{first, second})
	must(t, "DeleteWebhook", store.DeleteWebhook(ctx, first.ID))
	wantError(t, "DeleteWebhook again", store.DeleteWebhook(ctx, first.ID), meta.ErrNotExist)
	wantError(t, "ReplayWebhook of none", store.ReplayWebhook(ctx, first.ID, 0), meta.ErrNotExist)
	wantSame(t, "webhooks left", listWebhooks(t, store), []meta.Webhook{second})
}

func webhookLeases(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	w := newWebhook(1)
	must(t, "InsertWebhook", store.InsertWebhook(ctx, w))
	for _, tc := range []struct {
		name, holder string
		now, until   time.Duration
		want         error
	}{
		{"first", "a", 0, time.Minute, nil},
		{"renewed", "a", time.Second, 2 * time.Minute, nil},
		{"beside another", "b", 119 * time.Second, time.Hour, meta.ErrNotExist},
		{"after another", "b", 2 * time.Minute, time.Hour, nil},
		{"of the former holder", "a", 3 * time.Minute, time.Hour, meta.ErrNotExist},
	} {
		cursor, err := store.LeaseWebhook(ctx, w.ID, tc.holder, after(tc.now), after(tc.until))
		wantError(t, "lease "+tc.name, err, tc.want)
		if err == nil && cursor != w.Cursor {
			t.Errorf("lease %s: got cursor %d, want %d", tc.name, cursor, w.Cursor)
		}
	}
}

func deliveries(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	w, other := newWebhook(1), newWebhook(2)
	must(t, "InsertWebhook", store.InsertWebhook(ctx, w))
	must(t, "InsertWebhook", store.InsertWebhook(ctx, other))
	var all []meta.Delivery
	for n := range 5 {
		d := meta.Delivery{
			Number: uint64(n + 1), Webhook: w.ID, Event: id.NewEvent(noon), Attempt: n, At: stored(noon),
			TookMs: int64(n), Status: 500 + n, Fault: "no answer",
		}
		must(t, "AppendDelivery", store.AppendDelivery(ctx, d))
		all = append(all, d)
	}
	slices.Reverse(all)
	page, err := store.Deliveries(ctx, w.ID, 0, 3)
	must(t, "Deliveries", err)
	wantSame(t, "first page", page, all[:3])
	page, err = store.Deliveries(ctx, w.ID, page[2].Number, 0)
	must(t, "Deliveries", err)
	wantSame(t, "second page", page, all[3:])
	page, err = store.Deliveries(ctx, other.ID, 0, 0)
	must(t, "Deliveries", err)
	if len(page) != 0 {
		t.Errorf("deliveries of another webhook: got %+v", page)
	}
	must(t, "DeleteWebhook", store.DeleteWebhook(ctx, w.ID))
	wantError(t, "AppendDelivery of none", store.AppendDelivery(ctx, all[0]), meta.ErrNotExist)
}

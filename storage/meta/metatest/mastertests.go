package metatest

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// allSealed walks over what is sealed in pages of two.
func allSealed(t *testing.T, store meta.Store) (all []meta.Sealed) {
	t.Helper()
	for after := (meta.SealedName{}); ; {
		page, err := store.SealedAfter(testContext(t), after, 2)
		must(t, "SealedAfter", err)
		if len(page) == 0 {
			return all
		}
		all = append(all, page...)
		after = page[len(page)-1].SealedName
	}
}

func sealedAnew(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	first, second := insertRecording(t, store, noon, nil), insertRecording(t, store, after(time.Second), nil)
	must(t, "DestroyEnvelope", store.DestroyEnvelope(ctx, second.ID, id.PartCall, noon))
	_, err := store.PutSecret(ctx, "turn", []byte("sealed turn"))
	must(t, "PutSecret", err)
	hook := meta.Webhook{ID: id.NewWebhook(noon), URL: "https://platform.example/hook", Secret: []byte("sealed hook"), CreatedAt: noon}
	must(t, "InsertWebhook", store.InsertWebhook(ctx, hook))

	elsewhere := first
	elsewhere.ID = id.NewRecording(noon) // what is done to the first leaves it alone
	scored := newEvaluation(1, elsewhere, "robin")
	must(t, "PutEvaluation", store.PutEvaluation(ctx, scored))

	var want []meta.SealedName
	for _, r := range []id.RecordingID{first.ID, second.ID} {
		for _, part := range []string{id.PartCall, id.PartExpert, id.PartMember} {
			if r != second.ID || part != id.PartCall {
				want = append(want, meta.SealedName{Kind: meta.SealedEnvelope, Owner: string(r), Part: part})
			}
		}
	}
	want = append(want, meta.SealedName{Kind: meta.SealedEvaluation, Owner: string(scored.ID)}, meta.SealedName{Kind: meta.SealedSecret, Owner: "turn"}, meta.SealedName{Kind: meta.SealedWebhook, Owner: string(hook.ID)})
	all := allSealed(t, store)
	var names []meta.SealedName
	var again []meta.Resealed
	for _, one := range all {
		names = append(names, one.SealedName)
		again = append(again, meta.Resealed{Sealed: one, Again: append([]byte("anew "), one.Bytes...)})
	}
	wantSame(t, "what is sealed", names, want)

	must(t, "DestroyEnvelope meanwhile", store.DestroyEnvelope(ctx, first.ID, id.PartMember, noon))
	for i, n := range []int{len(all) - 1, 0} {
		got, err := store.Reseal(ctx, again)
		must(t, "Reseal", err)
		if got != n {
			t.Errorf("Reseal, time %d: got %d changed, want %d", i+1, got, n)
		}
	}
	must(t, "EraseReplaced", store.EraseReplaced(ctx))
	_, err = store.Envelope(ctx, first.ID, id.PartMember)
	wantError(t, "an envelope that was destroyed before Reseal", err, meta.ErrNotExist)
	for _, one := range allSealed(t, store) {
		i := slices.IndexFunc(again, func(r meta.Resealed) bool { return r.SealedName == one.SealedName })
		if i < 0 || !bytes.Equal(one.Bytes, again[i].Again) {
			t.Errorf("%s after Reseal: got %q, want what was sealed anew", one.SealedName, one.Bytes)
		}
	}
	_, err = store.Reseal(ctx, []meta.Resealed{{Sealed: all[0]}})
	wantError(t, "Reseal with nothing", err, meta.ErrInvalid)
	_, err = store.SealedAfter(ctx, meta.SealedName{}, meta.MaxLimit+1)
	wantError(t, "SealedAfter of too many", err, meta.ErrInvalid)
}

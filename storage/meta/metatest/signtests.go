package metatest

import (
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

func signs(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	older := meta.Sign{Call: id.NewCall(noon), Kind: meta.SignSameHuman, At: stored(noon)}
	newer := meta.Sign{Call: id.NewCall(after(time.Second)), Kind: meta.SignSameAddress, At: stored(noon)}
	again := older
	again.At = after(time.Hour)
	for _, s := range []meta.Sign{older, newer, again} {
		must(t, "PutSign", store.PutSign(ctx, s))
	}
	wantError(t, "PutSign of no kind", store.PutSign(ctx, meta.Sign{Call: older.Call, Kind: "x", At: noon}), meta.ErrInvalid)
	all, err := store.SignsBefore(ctx, "", 0)
	must(t, "SignsBefore", err)
	wantSame(t, "signs, newest call first", all, []meta.Sign{newer, older})
	page, err := store.SignsBefore(ctx, newer.Call, 1)
	must(t, "SignsBefore a call", err)
	wantSame(t, "signs of earlier calls", page, []meta.Sign{older})
}

package api

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/statistics"
)

// TestStatisticsOverTheStore: a month of enough people is told of, one of too few is not.
func TestStatisticsOverTheStore(t *testing.T) {
	h := newHouse(t)
	march := time.Date(2026, 3, 31, 23, 59, 0, 0, time.UTC)
	for i := range 19 {
		at := march
		if i >= 10 {
			at = march.Add(time.Hour) // nine in April
		}
		h.must(h.store.InsertCall(t.Context(), meta.Call{
			ID: id.NewCall(at), MemberID: id.PersonID(fmt.Sprint("m", i)), ExpertID: id.PersonID(fmt.Sprint("e", i)), CreatedAt: at,
		}))
	}
	got := decode[struct{ Months []statistics.Month }](t, h.ask("GET", wire.Root+"/statistics?from=2026-03&months=2", h.token(auth.RolePrivacy), ""))
	if len(got.Months) != 2 || got.Months[0].All == nil || got.Months[0].All.Calls != 10 || got.Months[1].All != nil {
		t.Errorf("got %+v, want ten calls in March and nothing of April", got.Months)
	}
	for _, query := range []string{"from=2026-3-1", "months=0", "months=25"} {
		if got := h.ask("GET", wire.Root+"/statistics?"+query, h.token(auth.RolePrivacy), "").StatusCode; got != http.StatusBadRequest {
			t.Errorf("%s: got %d, want 400", query, got)
		}
	}
}

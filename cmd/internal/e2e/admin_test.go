package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"parley/cmd/internal/softphone"
	"parley/signaling/wire"
)

// TestAdministratorByBrowser: what a member reports of a call is read and settled by an
// administrator on the page, and the call has left its sign, for both sides are on this
// machine.
func TestAdministratorByBrowser(t *testing.T) {
	s := startServer(t, t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	member, expert := dial(ctx, t, s, "noah", ""), dial(ctx, t, s, "sam-ortiz", "")
	must(t, member.Wait(ctx, "the expert", available("sam-ortiz")))
	must(t, member.Send(ctx, &wire.CallStart{Expert: "sam-ortiz"}))
	must(t, expert.Wait(ctx, "the ringing", func(st softphone.State) bool { return st.Call != nil }))
	call := expert.State().Call.ID
	must(t, expert.Send(ctx, &wire.CallAccept{Call: call}))
	agree(ctx, t, member)
	agree(ctx, t, expert)
	must(t, member.Wait(ctx, "the talk", func(st softphone.State) bool { return st.Call.State == "active" }))
	must(t, member.Send(ctx, &wire.CallHangup{Call: call}))
	must(t, member.Wait(ctx, "the end", func(st softphone.State) bool { return st.Call.State == "ended" }))
	must(t, member.Close())
	must(t, expert.Close())
	written(ctx, t, s, call)

	const wrote = "He wanted <b>money</b> outside of the platform."
	body, err := json.Marshal(map[string]any{"reason": "fraud", "offset_seconds": 0, "text": wrote})
	must(t, err)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/api/v1/calls/"+call+"/reports", bytes.NewReader(body))
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+demoToken(t, s, "noah"))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	said, err := io.ReadAll(resp.Body)
	must(t, err)
	must(t, resp.Body.Close())
	if resp.StatusCode != http.StatusCreated {
		t.Fatalf("report: got %d %s, want 201", resp.StatusCode, said)
	}

	var got struct {
		Text, Note, Kind string
		Faults           []string
	}
	scenario(t, "admin.mjs", map[string]string{"base": s.url}, &got)
	if got.Text != wrote || got.Note != "spoken to" || got.Kind != "same_address" || len(got.Faults) > 0 {
		t.Errorf("got %+v, want what was written, the note, the sign of one address, and no fault", got)
	}
}

// written waits until the end of a call is in its record: a call does not wait for it.
func written(ctx context.Context, t *testing.T, s *server, call string) {
	t.Helper()
	token, tick := demoToken(t, s, "noah"), time.NewTicker(50*time.Millisecond)
	defer tick.Stop()
	for {
		var record struct {
			EndedAt *time.Time `json:"ended_at"`
		}
		if get(t, s.url+"/api/v1/calls/"+call, token, &record) == http.StatusOK && record.EndedAt != nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("the record of the call has no end: got %+v", record)
		}
	}
}

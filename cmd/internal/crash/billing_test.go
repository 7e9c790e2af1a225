package crash

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"parley/signaling/auth"
)

// TestAKilledCallIsBilled: what a kill cut off has one end in the feed after the
// next start, with the seconds that it was connected.
func TestAKilledCallIsBilled(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
	defer cancel()
	dir := t.TempDir()
	s := start(t, dir)
	c := connectAll(ctx, t, s, 1)[0]
	pass(4 * time.Second)
	began := c.phones[0].State().Call.ConnectedAt
	killed := s.kill(t)
	talked := killed.Sub(*began).Seconds()
	s = start(t, dir)
	defer s.stop(t)
	got := s.dropped(ctx, t, c.id())
	if len(got) != 1 || got[0] > talked+0.1 || got[0] < talked-2.5 {
		t.Errorf("call.ended: got the seconds %v, want once up to 2.5 less than %.2f", got, talked)
	}
}

// dropped are the connected seconds of a call's ends in the feed.
func (s *server) dropped(ctx context.Context, t *testing.T, call string) (seconds []float64) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/api/v1/events?types=call.ended&limit=1000&wait=5", nil)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+token(t, auth.RoleService, "billing", ""))
	resp, err := httpClient.Do(req)
	must(t, err)
	defer func() { _ = resp.Body.Close() }() // read whole below
	var page struct {
		Events []struct {
			Call string
			Data struct {
				Reason  string
				Seconds float64 `json:"connected_seconds"`
			}
		}
	}
	must(t, json.NewDecoder(resp.Body).Decode(&page))
	for _, e := range page.Events {
		if e.Call == call && e.Data.Reason == "dropped" {
			seconds = append(seconds, e.Data.Seconds)
		}
	}
	return seconds
}

package e2e

import (
	"net/http"
	"strings"
	"testing"

	"parley/signaling/client"
)

// TestSilentMicrophone: when a microphone sends digital silence for 5 s both pages tell
// in words whose it is, and that another way is tried; once there is sound again nothing
// is said any more, and the call's record has the fault and what the try came to.
func TestSilentMicrophone(t *testing.T) {
	s, work := startServer(t, t.TempDir()), t.TempDir()
	var got struct {
		Tried  map[string]string
		Faults []string
	}
	scenario(t, "silent.mjs", map[string]string{
		"base": s.url, "memberWAV": speak(t, work, "member", "en-us", memberSays), "expertWAV": speak(t, work, "expert", "en-gb+f3", expertSays),
	}, &got)
	for page, want := range map[string]string{
		"member": "No sound comes from your microphone", "expert": "sends no sound",
	} {
		if !strings.Contains(got.Tried[page], want) {
			t.Errorf("the %s's page: got %q, want %q in it", page, got.Tried[page], want)
		}
	}
	if len(got.Faults) > 0 {
		t.Errorf("faults of the pages: %q", got.Faults)
	}
	service := mint(t, s, "service", "billing")
	var feed client.EventPage
	get(t, s.url+"/api/v1/events?limit=1000&types=call.ended", service, &feed)
	if len(feed.Events) != 1 {
		t.Fatalf("the feed has %d ends of calls, want one", len(feed.Events))
	}
	var call client.Call
	if code := get(t, s.url+"/api/v1/calls/"+feed.Events[0].Call, service, &call); code != http.StatusOK {
		t.Fatalf("the record: got status %d, want 200", code)
	}
	t.Logf("told: %q", got.Tried)
	member, expert := call.Sound.Member.Faults, call.Sound.Expert.Faults
	if member.Silences < 1 || member.RelayCures+member.RelayFailures != 1 || expert.Silences > 0 {
		t.Errorf("the record: got %+v of the member and %+v of the expert, want the member's silence and one try", member, expert)
	}
}

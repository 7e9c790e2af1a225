package e2e

import (
	"strings"
	"testing"
)

// checked is what the page says of a check.
type checked struct {
	Way, Faults, Connection, Microphone, Word, Again string
	Ways                                             map[string]string
	Lost                                             float64
	Passed, Blocked                                  bool
	FaultsOfThePage                                  []string
}

// TestCheckBeforeTheFirstCall: in real browsers on an open network each way to
// the server is found to work, the voice is heard, and the tab remembers that;
// with a microphone that is denied or missing, the page says so with the cure, and
// keeps nobody from calling. Firefox on a machine without a sound card hears no
// voice to its meters.
func TestCheckBeforeTheFirstCall(t *testing.T) {
	for _, tt := range []struct{ browser, microphone, says, cure string }{
		{"chromium", "works", "We hear you.", ""},
		{"firefox", "works", "Say something.", ""},
		{"chromium", "denied", "Your browser blocks the microphone", "allow the microphone for this page"},
		{"chromium", "missing", "No microphone was found", "Plug one in"},
	} {
		t.Run(tt.browser+" "+tt.microphone, func(t *testing.T) {
			t.Parallel()
			work := t.TempDir()
			s := startServer(t, t.TempDir())
			var got checked
			scenario(t, "check.mjs", map[string]any{
				"base": s.url, "browser": tt.browser, "microphone": tt.microphone, "wav": speak(t, work, "member", "en-us", memberSays),
			}, &got)
			t.Logf("%+v", got)
			if !strings.Contains(got.Microphone, tt.says) || !strings.Contains(got.Microphone, tt.cure) {
				t.Errorf("of the microphone the page says %q, want %q and %q", got.Microphone, tt.says, tt.cure)
			}
			if got.Blocked || len(got.FaultsOfThePage) > 0 {
				t.Errorf("calling is blocked: %v; faults of the page: %q", got.Blocked, got.FaultsOfThePage)
			}
			if got.Way != "udp" || got.Faults != "" || got.Lost > 0.05 || !strings.Contains(got.Connection, "good for calls") {
				t.Errorf("the connection: got %+v, want UDP without a fault", got)
			}
			for _, way := range []string{"udp", "tcp", "relay-udp", "relay-tcp"} {
				if got.Ways[way] != "works" {
					t.Errorf("way %s: got %s, want it to work", way, got.Ways[way])
				}
			}
			if got.Ways["relay-tls"] != "absent" {
				t.Errorf("relay by TLS of a server without TLS: got %s, want it absent", got.Ways["relay-tls"])
			}
			if works := tt.browser == "chromium" && tt.microphone == "works"; got.Passed != works || works && (got.Word == "" || got.Again != "") {
				t.Errorf("passed: got %v, then %q and %q, want %v, remembered, and well again", got.Passed, got.Word, got.Again, works)
			}
		})
	}
}

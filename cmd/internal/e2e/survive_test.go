package e2e

import (
	"strings"
	"testing"
	"time"
)

// survived is how a call fared: until when after what happened each of the two
// heard nothing of the other, and for how long, in milliseconds.
type survived struct {
	Member, Expert struct{ Back, Length float64 }
	Connections    int // that the member's page has made since it was loaded
}

// TestCallsSurvive: what happens to pages and machines in the middle of a call.
// It goes on, or it has ended by the server's rules and the page says so.
func TestCallsSurvive(t *testing.T) {
	for _, browser := range []string{"chromium", "firefox"} {
		t.Run(browser, func(t *testing.T) {
			t.Parallel() // most of it is sleep
			work := t.TempDir()
			s := startServer(t, t.TempDir())
			var got struct {
				Socket, Hold, MemberReload, ExpertReload, Background, Sleep survived

				SocketsBefore, SocketsAfter, Negotiated int
				EndedAtMember, EndedAtExpert, Words     string
				Faults                                  []string
			}
			scenarioFor(t, 4*time.Minute, "survive.mjs", map[string]any{
				"base": s.url, "browser": browser, "sleepMs": 20_000, "longMs": 40_000,
				"memberWAV": speak(t, work, "member", "en-us", memberSays), "expertWAV": speak(t, work, "expert", "en-gb+f3", expertSays),
			}, &got)
			if len(got.Faults) > 0 {
				t.Errorf("the pages reported faults: %q", got.Faults)
			}
			if got.SocketsAfter != got.SocketsBefore+1 || got.Socket.Connections != 1 || got.Negotiated != 1 {
				t.Errorf("a lost socket and a hold: %d sockets, then %d, %d connections and %d offers taken; want one socket more and the sound left alone",
					got.SocketsBefore, got.SocketsAfter, got.Socket.Connections, got.Negotiated)
			}
			for name, what := range map[string]survived{
				"the socket was lost": got.Socket, "the call was on hold": got.Hold, "the member reloaded": got.MemberReload, "the expert reloaded": got.ExpertReload,
				"the page was in the background": got.Background, "the machine slept": got.Sleep,
			} {
				t.Logf("%s: silence until %.0f ms for the member, %.0f ms for the expert, by %d connections", name, what.Member.Back, what.Expert.Back, what.Connections)
				if what.Member.Back < 0 || what.Expert.Back < 0 {
					t.Errorf("%s: they did not hear each other again", name)
				}
			}
			if got.EndedAtMember != "dropped" || got.EndedAtExpert != "dropped" || !strings.Contains(got.Words, "did not come back in time") {
				t.Errorf("after a long sleep: %q for the member, %q for the expert, the page says %q; want it dropped, in words", got.EndedAtMember, got.EndedAtExpert, got.Words)
			}
		})
	}
}

package matrix

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/media/audiomatch"
)

// TestTheCheckTellsOfTheNetwork: behind networks that block UDP the page's check
// before a call finds each way that works and no other, says what is blocked with
// its cure, and that calls work.
func TestTheCheckTellsOfTheNetwork(t *testing.T) {
	n := newInternet(t)
	s := startServer(t, n)
	n.family(t, false)
	for _, tt := range []struct {
		cell, way string
		works     []string
	}{
		{"UDP blocked", "tcp", []string{"relay-tls", "tcp"}},
		{"only TLS on one port", "relay-tls", []string{"relay-tls"}},
	} {
		t.Run(tt.cell, func(t *testing.T) {
			at := slices.IndexFunc(cells(), func(c cell) bool { return c.name == tt.cell })
			n.rules(t, cells()[at].rules...)
			got := s.check(t, n)
			t.Logf("%+v", got)
			if got.Way != tt.way || got.Faults != "udpBlocked" || got.Lost > 0.05 {
				t.Errorf("got way %q, faults %q and %.0f %% lost, want %q, UDP blocked and next to nothing", got.Way, got.Faults, got.Lost*100, tt.way)
			}
			for _, way := range slices.Sorted(maps.Keys(got.Ways)) {
				want := "fails"
				if slices.Contains(tt.works, way) {
					want = "works"
				}
				if got.Ways[way] != want {
					t.Errorf("way %s: got %q, want %q", way, got.Ways[way], want)
				}
			}
			for _, want := range []string{"Calls work, by a detour.", "blocks the direct way for sound (UDP)", "use another network"} {
				if !strings.Contains(got.Connection, want) {
					t.Errorf("the page says %q, want %q", got.Connection, want)
				}
			}
			if got.Mark != "ok" || !got.Passed || got.Blocked {
				t.Errorf("marked %q, passed %t, calls kept back %t; want it well and calls possible", got.Mark, got.Passed, got.Blocked)
			}
		})
	}
}

// checked is what the page says of a check.
type checked struct {
	Way, Faults, Connection, Mark string
	Ways                          map[string]string
	Lost                          float64
	Passed, Blocked               bool
}

// check opens the member's page in Chromium behind their router.
func (s *server) check(t *testing.T, n *internet) (got checked) {
	t.Helper()
	voice := filepath.Join(t.TempDir(), "voice.wav")
	f, err := os.Create(voice)
	must(t, err)
	must(t, audiomatch.WAV{Rate: 48000, Channels: 1, Samples: withoutPauses(audiomatch.Phrase(1, 20*time.Second))}.Write(f))
	must(t, f.Close())
	text, err := json.Marshal(map[string]any{"base": "https://" + serverIPv4, "browser": "chromium", "microphone": "works", "wav": voice, "once": true})
	must(t, err)
	cmd := n.command(t.Context(), n.host(sideMember), "node", "check.mjs", string(text))
	cmd.Dir = filepath.Join(root, "web", "e2e")
	cmd.Env = append(os.Environ(), "CHROMIUM="+s.chromium(t))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the check: %v\n%s", err, &said)
	}
	must(t, json.Unmarshal(out, &got))
	return got
}

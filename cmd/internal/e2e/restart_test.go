package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// backWithin is how long after a server listens again the sound of its calls is back.
const backWithin = 5 * time.Second

// TestServerRestart: the server of a recorded call between Firefox and Chromium is killed and started again some
// seconds later; both browsers have the sound back within 5 s of its listening again,
// the same recording goes on, and after it a reload of either page rejoins the call.
func TestServerRestart(t *testing.T) {
	dir, out := t.TempDir(), t.TempDir()
	s, done := startServer(t, dir), make(chan struct{})
	t.Run("browsers", func(t *testing.T) {
		t.Parallel()
		defer close(done)
		callOverRestart(t, s.url, out)
	})
	t.Run("server", func(t *testing.T) {
		t.Parallel()
		again := restarted(t, s, dir, out)
		<-done
		again.hasOneRecording(t)
	})
}

func callOverRestart(t *testing.T, base, out string) {
	work := t.TempDir()
	var got struct {
		BackMs   []float64          `json:"backMs"`
		ReloadMs map[string]float64 `json:"reloadMs"`
		Faults   []string           `json:"faults"`
	}
	scenarioFor(t, 3*time.Minute, "restart.mjs", map[string]string{
		"base": base, "expertWAV": speak(t, work, "expert", "en-gb+f3", expertSays), "out": out,
	}, &got)
	t.Logf("sound is back after %v ms, after a reload %v ms", got.BackMs, got.ReloadMs)
	if len(got.BackMs) != 2 || max(got.BackMs[0], got.BackMs[1]) > float64(backWithin.Milliseconds()) {
		t.Errorf("after the server listened again: got sound after %v ms, want both within %s", got.BackMs, backWithin)
	}
	if len(got.ReloadMs) != 2 || len(got.Faults) > 0 {
		t.Errorf("got the reloads %v and the faults %q, want two reloads and no fault", got.ReloadMs, got.Faults)
	}
}

// hasOneRecording waits until the only recording is stored.
func (s *server) hasOneRecording(t *testing.T) {
	t.Helper()
	var page struct{ Recordings []struct{ ID, State string } }
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); <-time.After(100 * time.Millisecond) {
		get(t, s.url+"/api/v1/recordings", demoToken(t, s, "robin"), &page)
		if len(page.Recordings) == 1 && page.Recordings[0].State == "stored" {
			return
		}
	}
	t.Fatalf("recordings: got %+v, want one that is stored", page.Recordings)
}

// restarted kills the server once the two talk, and starts another one at the same
// address after it was away for some seconds. It runs beside the
// browsers.
func restarted(t *testing.T, s *server, dir, out string) *server {
	await := func(name string) {
		for {
			if _, err := os.Stat(filepath.Join(out, name)); err == nil || t.Context().Err() != nil {
				return
			}
			<-time.After(20 * time.Millisecond)
		}
	}
	await("talking")
	if err := s.cmd.Process.Kill(); err != nil {
		t.Errorf("kill: %v", err)
	}
	<-s.done
	_ = s.cmd.Wait() // "signal: killed" is what was asked for
	if err := os.WriteFile(filepath.Join(out, "killed"), nil, 0o600); err != nil {
		t.Errorf("say so: %v", err)
	}
	await("away")
	<-time.After(3 * time.Second) // the server's absence is an input of this test
	return startServerWith(t, dir, []string{"--demo", "--listen", strings.TrimPrefix(s.url, "http://")})
}

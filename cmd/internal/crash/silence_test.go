package crash

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/cmd/internal/softphone"
	"parley/signaling/wire"
)

// TestVoiceGone: when the expert's packets stop, the member's light says within
// 5 s that something is wrong, the alarm is counted, and the report names the
// voice and the time.
func TestVoiceGone(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
	defer cancel()
	dir := t.TempDir()
	s := start(t, dir, "--metrics-listen", "127.0.0.1:0")
	c := connectAll(ctx, t, s, 1)[0]
	hearEachOther(ctx, t, c)

	c.talkers[1].stop()
	gone := time.Now()
	must(t, c.phones[1].Close())
	must(t, lit(ctx, c.phones[0], wire.RecordingProblem))
	if got := time.Since(gone); got > 5500*time.Millisecond {
		t.Errorf("from the last packet until the member is told: got %s, want about 5 s", got)
	}
	s.eventuallyCounts(ctx, t, `parley_alarms_total{kind="no_packets"} 1`)
	must(t, c.hangUp(ctx))
	left := s.settled(ctx, t)[c.id()]
	if len(left) != 1 || left[0].State != "stored" || left[0].Clean {
		t.Fatalf("recordings: got %+v, want one that is stored and not clean\n%s", left, s.said())
	}
	s.stop(t)
	if got := reports(ctx, t, dir)[left[0].ID]; !says(got, "no audio of the expert for ") {
		t.Errorf("report: got %q, want a note on the expert's silence", got.Notes)
	}
}

// TestMicrophoneOff: a leg that sends nothing but digital silence is told of,
// counted and remarked; the recording is whole.
func TestMicrophoneOff(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
	defer cancel()
	dir := t.TempDir()
	s := start(t, dir, "--metrics-listen", "127.0.0.1:0")
	c := connectAll(ctx, t, s, 1)[0]
	hearEachOther(ctx, t, c)

	c.talkers[1].stop()
	must(t, c.phones[1].Wait(ctx, "a word on the microphone", func(st softphone.State) bool {
		return st.Call != nil && strings.Contains(st.Call.Recording.Hint, "Your microphone sends no sound")
	}))
	s.eventuallyCounts(ctx, t, `parley_alarms_total{kind="silence"} 1`)
	must(t, c.hangUp(ctx))
	left := s.settled(ctx, t)[c.id()]
	if len(left) != 1 || left[0].State != "stored" || !left[0].Clean {
		t.Fatalf("recordings: got %+v, want one that is stored and clean\n%s", left, s.said())
	}
	s.stop(t)
	got := reports(ctx, t, dir)[left[0].ID]
	if !slices.ContainsFunc(got.Remarks, func(r string) bool {
		return strings.HasPrefix(r, "the microphone of the expert sent no sound for ")
	}) {
		t.Errorf("report: got remarks %q, want one on the expert's microphone", got.Remarks)
	}
}

// eventuallyCounts waits until a line is among the server's metrics.
func (s *server) eventuallyCounts(ctx context.Context, t testing.TB, line string) {
	t.Helper()
	found := regexp.MustCompile(`"metrics_listen":"([^"]+)"`).FindStringSubmatch(s.said())
	if found == nil {
		t.Fatalf("the server does not say where its metrics are:\n%s", s.said())
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		text := scrape(ctx, t, "http://"+found[1]+"/metrics")
		if strings.Contains(text, "\n"+line+"\n") {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("metrics: %s never came in\n%s", line, text)
		}
	}
}

func scrape(ctx context.Context, t testing.TB, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	must(t, err)
	res, err := httpClient.Do(req)
	must(t, err)
	defer func() { _ = res.Body.Close() }() // read only
	text, err := io.ReadAll(res.Body)
	must(t, err)
	return string(text)
}

// TestRelayIsTried: a side whose packets cease is
// told, is given a connection by the relay, and is heard again by it: the feed's
// metrics say that it was cured.
func TestRelayIsTried(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
	defer cancel()
	s := start(t, t.TempDir(), "--metrics-listen", "127.0.0.1:0")
	c := connectAll(ctx, t, s, 1)[0]
	hearEachOther(ctx, t, c)
	member, expert := c.phones[0], c.phones[1]

	before := expert.Media()
	before.Lose(10)
	gone := time.Now()
	must(t, member.Wait(ctx, "that nothing comes from the other", func(st softphone.State) bool {
		return st.Call.Media.PeerSound.Fault == "no_packets"
	}))
	must(t, expert.Wait(ctx, "that nothing is heard of this side", func(st softphone.State) bool { return st.Call.Media.YouSound.Fault == "no_packets" }))
	if took := time.Since(gone); took > 6*time.Second {
		t.Errorf("told after %s, want 6 s at most", took)
	}
	must(t, expert.Wait(ctx, "a connection by the relay", func(st softphone.State) bool { return st.Relayed }))
	c.talkers[1].stop()
	c.talkers[1] = newTalker(1, c.parts, expert.Media())
	must(t, member.Wait(ctx, "the other to be heard again", func(st softphone.State) bool {
		return st.Call.Media.PeerSound.Fault == "" && st.Call.Media.Peer == "connected"
	}))
	if way := expert.Media().Path(); way != "relay" {
		t.Errorf("heard again by %q, want the relay", way)
	}
	s.eventuallyCounts(ctx, t, `parley_alarms_total{kind="no_packets"} 1`)
	s.eventuallyCounts(ctx, t, `parley_relay_tries_total{outcome="cured"} 1`)
	must(t, c.hangUp(ctx))
	s.settled(ctx, t)
	s.eventuallyCounts(ctx, t, `parley_leg_mos_count{direction="sent"} 2`)
	s.stop(t)
}

package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"parley/signaling/auth"
)

// serviceToken mints a backend's token with the key of a data folder.
func serviceToken(t testing.TB, dir string) string {
	t.Helper()
	pair, said, code := program(t, "apikey", "--data", dir)
	keyID, secret, ok := strings.Cut(strings.TrimSpace(pair), ":")
	if code != 0 || !ok {
		t.Fatalf("apikey: got exit code %d and %q", code, said)
	}
	now := time.Now()
	token, err := auth.Mint(auth.Key{ID: keyID, Secret: auth.Secret(secret)},
		auth.Identity{Person: "billing", Role: auth.RoleService, Name: "Billing", Expires: now.Add(time.Hour)}, now)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func get(t testing.TB, url, token string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: got %d, %v and %s", url, answer.StatusCode, err, body)
	}
	return string(body)
}

type feedEvent struct {
	Type, Call, Recording, Member, Expert string
	Data                                  map[string]any
}

// readFeed reads until an event of a type comes; it returns the raw text too.
func readFeed(t testing.TB, s *running, token, last string) (events []feedEvent, text string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for cursor := ""; time.Now().Before(deadline); {
		body := get(t, s.url+"/api/v1/events?wait=5&after="+cursor, token)
		var page struct {
			Events []feedEvent
			Next   string
		}
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			t.Fatal(err)
		}
		events, text, cursor = append(events, page.Events...), text+body, page.Next
		if slices.ContainsFunc(events, func(e feedEvent) bool { return e.Type == last }) {
			return events, text
		}
	}
	t.Fatalf("no %s came; got %+v", last, events)
	return nil, ""
}

const platformSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// newPlatform is a platform's receiver of webhooks. It verifies each delivery and
// passes on its type.
func newPlatform(t testing.TB) (url string, delivered <-chan string) {
	t.Helper()
	judge, err := standardwebhooks.NewWebhook(platformSecret)
	if err != nil {
		t.Fatal(err)
	}
	types := make(chan string, 100)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var e feedEvent
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = judge.Verify(body, r.Header)
		}
		if err == nil {
			err = json.Unmarshal(body, &e)
		}
		if err != nil {
			t.Errorf("delivery: %v", err)
		}
		types <- e.Type
	}))
	t.Cleanup(server.Close)
	return server.URL, types
}

// TestACallIsToldAndCounted: a real call, as a platform's backend and as the
// operator's Prometheus see it.
func TestACallIsToldAndCounted(t *testing.T) {
	dir := t.TempDir()
	token := serviceToken(t, dir)
	platform, delivered := newPlatform(t)
	t.Setenv("PARLEY_WEBHOOK_SECRET", platformSecret)
	s := serveDemo(t, dir, "--metrics-listen", "127.0.0.1:0", "--webhook", platform, "--webhook-allow-private")
	recording := s.call(t)
	deadline := time.After(patience)
	for kind := ""; kind != "recording.ready"; {
		select {
		case kind = <-delivered:
		case <-deadline:
			t.Fatal("recording.ready was not delivered")
		}
	}
	events, text := readFeed(t, s, token, "recording.ready")
	var told []string
	for _, e := range events {
		switch {
		case strings.HasPrefix(e.Type, "presence"):
			continue
		case e.Call == "" || e.Member == "" || e.Expert == "":
			t.Errorf("%s: got %+v, want the call and both people", e.Type, e)
		case e.Type == "recording.ready" && (e.Recording != recording || e.Data["length_seconds"] == 0.0):
			t.Errorf("recording.ready: got %+v, want %s", e, recording)
		case e.Type == "call.ended" && (e.Data["reason"] != "completed" || e.Data["connected_seconds"].(float64) <= 0):
			t.Errorf("call.ended: got %+v", e.Data)
		case e.Type == "consent.answered":
			continue // they come at any time between ringing and recording
		}
		told = append(told, e.Type)
	}
	want := []string{"call.ringing", "call.accepted", "call.connected", "recording.started", "call.ended", "recording.stopped", "recording.ready"}
	if !slices.Equal(told, want) {
		t.Errorf("events: got %v, want %v", told, want)
	}
	metrics := s.scrape(t)
	for _, line := range []string{
		`parley_calls_total{reason="completed"} 1`, `parley_calls_live 0`, `parley_call_setup_seconds_count 1`,
		`parley_recordings_ready_total{clean="true"} 1`, `parley_recording_upload_seconds_count 1`, `parley_upload_queue_recordings 0`,
		`parley_capture_dropped_packets_total 0`, `parley_alarms_total{kind="recording_problem"} 0`,
	} {
		if !strings.Contains(metrics, "\n"+line+"\n") {
			t.Errorf("metrics: %s is missing in\n%s", line, metrics)
		}
	}
	if strings.Contains(metrics, "\nparley_media_packets_total{direction=\"in\"} 0\n") || strings.Contains(metrics, "\nparley_capture_packets_total 0\n") {
		t.Error("metrics: no packets were counted")
	}
	for _, secret := range []string{"Maya", "Hanna", "127.0.0.1"} {
		if strings.Contains(text, secret) || strings.Contains(metrics, secret) {
			t.Errorf("%q is in the feed or the metrics", secret)
		}
	}
	ready := events[slices.IndexFunc(events, func(e feedEvent) bool { return e.Type == "recording.ready" })]
	for _, name := range []string{ready.Member, ready.Expert, ready.Call, recording} {
		if strings.Contains(metrics, name) {
			t.Errorf("%q is in the metrics", name)
		}
	}
}

// scrape reads the metrics and has promtool look at them.
func (s *running) scrape(t testing.TB) string {
	t.Helper()
	var address string
	for line := range strings.Lines(s.log.String()) {
		var said struct {
			Listen string `json:"metrics_listen"`
		}
		if json.Unmarshal([]byte(line), &said) == nil && said.Listen != "" {
			address = said.Listen
		}
	}
	text := get(t, "http://"+address+"/metrics", "")
	check := exec.Command("promtool", "check", "metrics")
	check.Stdin = strings.NewReader(text)
	if said, err := check.CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("promtool: %v\n%s", err, said)
	}
	return text
}

package metrics_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/cmd/internal/metrics"
	"parley/media/relay"
	"parley/recorder/capture"
	"parley/recorder/pipeline"
	"parley/recorder/sweep"
	"parley/signaling/feed"
	"parley/signaling/webhook"
	"parley/storage/blob/layer"
	"parley/storage/locking"
	"parley/storage/meta"
	"parley/storage/offsite"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// busy is a node on which everything has a number of its own.
func busy() metrics.Sources {
	return metrics.Sources{
		LiveCalls: func() int { return 3 },
		Sockets:   func() map[string]int { return map[string]int{"member": 4, "expert": 5, "qa": 6} },
		Media:     func() (in, out uint64) { return 7, 8 },
		Relay: func() relay.Stats {
			return relay.Stats{Allocations: 9, AllocationsTotal: 10, Refused: map[relay.Reason]uint64{relay.ReasonExpired: 11}}
		},
		Capture: func() capture.Stats { return capture.Stats{Open: 12, Packets: 13, Dropped: 14} },
		Pipeline: func() pipeline.Stats {
			return pipeline.Stats{Rendering: 15, Uploading: 16, OldestUpload: noon.Add(-17 * time.Second)}
		},
		Webhooks: func() webhook.Stats {
			return webhook.Stats{Delivered: 21, Failed: 22, Waiting: noon.Add(-23 * time.Second)}
		},
		Feed: func() feed.Stats { return feed.Stats{Published: 18, Dropped: 19, Waiting: 20} },
		Offsite: func() (offsite.Stats, bool) {
			return offsite.Stats{Waiting: 24, Oldest: noon.Add(-25 * time.Second), Copied: 26, Removed: 27, Failing: 36}, true
		},
		Proof: func() time.Time { return noon.Add(-28 * time.Second) },
		Sweep: func() sweep.Stats { return sweep.Stats{Objects: 29, Bytes: 30, Repaired: 31, Faults: 32, Failing: 35} },
		Locks: func() locking.Stats { return locking.Stats{Waiting: 33, Since: noon.Add(-34 * time.Second)} },
		Now:   func() time.Time { return noon },
	}
}

// counted is a node's metrics after one of everything.
func counted() *metrics.Metrics {
	objects := metrics.NewObjectCalls()
	store := objects.Of("main")
	store.ObjectCall("put", layer.OK, time.Second)
	store.ObjectCall("put", layer.Transient, 2*time.Second)
	store.ObjectCall("put", layer.Cancelled, time.Hour)
	m := metrics.New("1.2.3", busy(), objects)
	for _, e := range []meta.Event{
		{Type: meta.EventCallConnected, Body: []byte(`{"setup_seconds":0.03}`)},
		{Type: meta.EventCallEnded, Body: []byte(`{"reason":"completed","sound":{"member":{},"expert":{"sent":{"samples":9,` +
			`"mos":{"average":4.25,"worst":1},"loss_percent":{"average":2.5},"jitter_ms":{"average":3},"round_trip_ms":{"average":41}}}}}`)},
		{Type: meta.EventConsentAnswered, Body: []byte(`{"recording_allowed":true}`)},
		{Type: meta.EventConsentAnswered, Body: []byte(`{"recording_allowed":false}`)},
		{Type: meta.EventRecordingReady, Body: []byte(`{"clean":true}`)},
		{Type: meta.EventRecordingProblem, Body: []byte(`{}`)},
		{Type: meta.EventCallSilent, Body: []byte(`{"fault":"no_packets","relay":"trying"}`)},
		{Type: meta.EventCallSilent, Body: []byte(`{"fault":"no_packets","relay":"failed"}`)},
		{Type: meta.EventCallSilent, Body: []byte(`{"fault":"","relay":""}`)}, // it is well again
		{Type: meta.EventCallSilent, Body: []byte(`{"fault":"silence","relay":"trying"}`)},
		{Type: meta.EventCallSilent, Body: []byte(`{"fault":"","relay":"cured"}`)},
		{Type: meta.EventRecordingSilent, Body: []byte(`{"alarm":"silence"}`)},
		{Type: meta.EventRecordingDamaged},
		{Type: meta.EventRecordingRot, Body: []byte(`{"part":"member"}`)},
		{Type: meta.EventFeedGap, Body: []byte(`{}`)},
	} {
		m.Publish(e)
	}
	m.Request("GET /api/v1/recordings/{id}", 404)
	m.Flushed(2 * time.Millisecond)
	m.Rendered(time.Second)
	m.Uploaded(3 * time.Second)
	m.UploadsWait()
	m.OffsiteWaits()
	return m
}

func scrape(t testing.TB, m *metrics.Metrics, path string) (string, int) {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body), w.Code
}

func TestValues(t *testing.T) {
	text, _ := scrape(t, counted(), "/metrics")
	for _, line := range []string{
		`parley_build_info{version="1.2.3"} 1`,
		`parley_calls_live 3`,
		`parley_sockets{role="expert"} 5`,
		`parley_media_packets_total{direction="in"} 7`,
		`parley_media_packets_total{direction="out"} 8`,
		`parley_turn_allocations 9`,
		`parley_turn_allocations_total 10`,
		`parley_recordings_open 12`,
		`parley_object_locks_waiting_objects 33`,
		`parley_sweep_failing_objects 35`,
		`parley_offsite_failing_objects 36`,
		`parley_object_locks_waiting_age_seconds 34`,
		`parley_capture_packets_total 13`,
		`parley_capture_dropped_packets_total 14`,
		`parley_render_backlog 15`,
		`parley_upload_queue_recordings 16`,
		`parley_upload_queue_oldest_age_seconds 17`,
		`parley_feed_events_total 18`,
		`parley_feed_dropped_events_total 19`,
		`parley_feed_waiting_events 20`,
		`parley_webhook_deliveries_total{outcome="delivered"} 21`,
		`parley_webhook_deliveries_total{outcome="failed"} 22`,
		`parley_webhook_oldest_failing_age_seconds 23`,
		`parley_offsite_queue_objects 24`,
		`parley_offsite_queue_oldest_age_seconds 25`,
		`parley_offsite_copied_objects_total 26`,
		`parley_offsite_removed_objects_total 27`,
		`parley_offsite_proof_age_seconds 28`,
		`parley_sweep_objects_total 29`,
		`parley_sweep_bytes_total 30`,
		`parley_sweep_repaired_objects_total 31`,
		`parley_sweep_faulty_objects 32`,
		`parley_calls_total{reason="completed"} 1`,
		`parley_call_setup_seconds_bucket{le="0.05"} 1`,
		`parley_relay_tries_total{outcome="cured"} 1`, `parley_relay_tries_total{outcome="failed"} 1`,
		`parley_leg_mos_bucket{direction="sent",le="4.2"} 0`, `parley_leg_mos_bucket{direction="sent",le="4.3"} 1`,
		`parley_leg_mos_count{direction="heard"} 0`, `parley_leg_loss_ratio_sum{direction="sent"} 0.025`,
		`parley_leg_jitter_seconds_sum{direction="sent"} 0.003`, `parley_leg_round_trip_seconds_sum{direction="sent"} 0.041`,
		`parley_consent_decisions_total{decision="allowed"} 1`,
		`parley_consent_decisions_total{decision="refused"} 1`,
		`parley_recordings_ready_total{clean="true"} 1`,
		`parley_recordings_ready_total{clean="false"} 0`,
		`parley_alarms_total{kind="recording_problem"} 1`,
		`parley_alarms_total{kind="no_packets"} 1`,
		`parley_alarms_total{kind="silence"} 1`,
		`parley_alarms_total{kind="recording_damaged"} 1`,
		`parley_alarms_total{kind="feed_gap"} 1`,
		`parley_alarms_total{kind="recording_rot"} 1`,
		`parley_alarms_total{kind="uploads_wait"} 1`,
		`parley_alarms_total{kind="offsite_waits"} 1`,
		`parley_object_call_seconds_sum{operation="put",store="main"} 3`,
		`parley_object_calls_failed_total{class="transient",operation="put",store="main"} 1`,
		`parley_object_calls_failed_total{class="permanent",operation="read",store="main"} 0`,
		`parley_http_requests_total{code="404",route="GET /api/v1/recordings/{id}"} 1`,
		`parley_journal_flush_seconds_count 1`,
		`parley_recording_render_seconds_sum 1`,
		`parley_recording_upload_seconds_sum 3`,
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("%s is missing", line)
		}
	}
}

// TestPromtoolAccepts has the judge of the format itself read what is exported.
func TestPromtoolAccepts(t *testing.T) {
	text, _ := scrape(t, counted(), "/metrics")
	check := exec.Command("promtool", "check", "metrics")
	check.Stdin = strings.NewReader(text)
	if said, err := check.CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("promtool: %v\n%s", err, said)
	}
}

func TestNothingElseIsServed(t *testing.T) {
	for _, path := range []string{"/", "/debug/pprof/", "/metrics/x"} {
		if _, code := scrape(t, counted(), path); code != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, code)
		}
	}
}

// TestEveryMetricIsDocumented, and every documented one exists.
func TestEveryMetricIsDocumented(t *testing.T) {
	text, _ := scrape(t, counted(), "/metrics")
	doc, err := os.ReadFile("../../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	exported := names(regexp.MustCompile(`(?m)^# TYPE (parley_\w+)`), text)
	documented := names(regexp.MustCompile("(?m)^\\| `(parley_\\w+)"), string(doc))
	if len(exported) == 0 || !slices.Equal(exported, documented) {
		t.Errorf("exported:\n\t%v\ndocs/operations.md has:\n\t%v", exported, documented)
	}
}

func names(pattern *regexp.Regexp, text string) []string {
	var list []string
	for _, match := range pattern.FindAllStringSubmatch(text, -1) {
		list = append(list, match[1])
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// TestAlertsInTheDocumentAreValid: the rules that operators copy are parsed by
// promtool, and name only metrics that exist.
func TestAlertsInTheDocumentAreValid(t *testing.T) {
	doc, err := os.ReadFile("../../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rules, found := strings.Cut(string(doc), "```yaml\ngroups:")
	rules, _, ended := strings.Cut(rules, "```")
	if !found || !ended {
		t.Fatal("docs/operations.md has no alerting rules")
	}
	file := t.TempDir() + "/rules.yml"
	if err := os.WriteFile(file, []byte("groups:"+rules), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command("promtool", "check", "rules", file).CombinedOutput(); err != nil {
		t.Errorf("promtool: %v\n%s", err, said)
	}
	text, _ := scrape(t, counted(), "/metrics")
	for _, name := range names(regexp.MustCompile(`(parley_\w+)`), rules) {
		if !strings.Contains(text, "\n"+name) {
			t.Errorf("a rule names %s, which does not exist", name)
		}
	}
}

package metrics

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"parley/storage/meta"
)

// Metrics are the metrics of one node. Its methods are safe for concurrent use
// and never wait.
type Metrics struct {
	registry *prometheus.Registry

	calls, alarms, relays, consent, ready, requests *prometheus.CounterVec
	setup, flush, render, upload                    prometheus.Histogram
	sound                                           sound
}

// Buckets in seconds; their bounds are the aims of the product and what is far
// from them.
var (
	setupBuckets  = []float64{.025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
	flushBuckets  = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5}
	finishBuckets = []float64{.1, .25, .5, 1, 2, 5, 10, 30, 60, 300, 3600}
)

// New makes the metrics of a node. version is the program's.
func New(version string, s Sources, objects *ObjectCalls) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		calls:    counters("calls_total", "Calls that have ended, by the reason of their end.", "reason"),
		alarms:   counters("alarms_total", "Alarms raised, by kind.", "kind"),
		relays:   counters("relay_tries_total", "Tries to reach a side by the relay because it was not heard, by outcome.", "outcome"),
		consent:  counters("consent_decisions_total", "Answers to the recording question, by whether the call might be recorded after it.", "decision"),
		ready:    counters("recordings_ready_total", "Recordings stored and verified, by whether their report is clean.", "clean"),
		requests: counters("http_requests_total", "HTTP requests answered, by route and status code.", "route", "code"),
		setup:    histogram("call_setup_seconds", "Time from the accept of a call to sound.", setupBuckets),
		flush:    histogram("journal_flush_seconds", "Time to seal and sync one batch of one journal.", flushBuckets),
		render:   histogram("recording_render_seconds", "Time from the end of a capture to its sealed voices.", finishBuckets),
		sound:    newSound(),
		upload:   histogram("recording_upload_seconds", "Time from sealed voices to objects that were stored and read back.", finishBuckets),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "parley_build_info", Help: "Always 1; the label tells the version that runs.",
		ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(m.calls, m.alarms, m.relays, m.consent, m.ready, m.requests, m.setup, m.flush, m.render, m.upload, build,
		&reader{s}, objects.took, objects.failed, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.registry.MustRegister(m.sound.mos, m.sound.loss, m.sound.jitter, m.sound.roundTrip)
	m.begin()
	return m
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "parley", Name: name, Help: help}, labels)
}

func histogram(name, help string, buckets []float64) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "parley", Name: name, Help: help, Buckets: buckets})
}

// Kinds of alarms. call.silent events name theirs, and none when the side is heard
// again.
const (
	alarmProblem   = "recording_problem"
	alarmNoPackets = "no_packets"
	alarmSilence   = "silence"
	alarmDamaged   = "recording_damaged"
	alarmGap       = "feed_gap"
	alarmRot       = "recording_rot"
	alarmUploads   = "uploads_wait"
	alarmOffsite   = "offsite_waits"
)

func alarmKinds() []string {
	return []string{alarmProblem, alarmNoPackets, alarmSilence, alarmDamaged, alarmGap, alarmRot, alarmUploads, alarmOffsite}
}

// alarmOf is the kind of alarm that an event is, empty for none.
func alarmOf(e meta.Event, fault, relay string) string {
	switch e.Type {
	case meta.EventRecordingProblem:
		return alarmProblem
	case meta.EventCallSilent:
		if relay == relayFailed {
			return "" // the alarm has been counted
		}
		return fault
	case meta.EventRecordingDamaged:
		return alarmDamaged
	case meta.EventFeedGap:
		return alarmGap
	case meta.EventRecordingRot:
		return alarmRot
	}
	return ""
}

// begin makes series that alerts are built on exist before they first count: a
// rate needs a 0 to start from.
func (m *Metrics) begin() {
	for _, kind := range alarmKinds() {
		m.alarms.WithLabelValues(kind)
	}
	for _, outcome := range []string{relayCured, relayFailed} {
		m.relays.WithLabelValues(outcome)
	}
	for _, clean := range []string{"true", "false"} {
		m.ready.WithLabelValues(clean)
	}
	for _, decision := range []string{allowed, refused} {
		m.consent.WithLabelValues(decision)
	}
}

// Outcomes of a try of the relay, as call.silent tells them.
const (
	relayCured  = "cured"
	relayFailed = "failed"
)

const (
	allowed = "allowed"
	refused = "refused"
)

// Publish counts an event of the feed.
func (m *Metrics) Publish(e meta.Event) {
	var body struct {
		Reason  string  `json:"reason"`
		Setup   float64 `json:"setup_seconds"`
		Allowed bool    `json:"recording_allowed"`
		Clean   bool    `json:"clean"`
		Fault   string  `json:"fault"`
		Relay   string  `json:"relay"`
		Sound   struct {
			Member meta.LegQuality `json:"member"`
			Expert meta.LegQuality `json:"expert"`
		} `json:"sound"`
	}
	if len(e.Body) > 0 && json.Unmarshal(e.Body, &body) != nil {
		return // the feed refuses it too
	}
	if kind := alarmOf(e, body.Fault, body.Relay); slices.Contains(alarmKinds(), kind) {
		m.alarms.WithLabelValues(kind).Inc()
	}
	switch e.Type {
	case meta.EventCallSilent:
		if body.Relay == relayFailed || body.Relay == relayCured {
			m.relays.WithLabelValues(body.Relay).Inc()
		}
	case meta.EventCallConnected:
		m.setup.Observe(body.Setup)
	case meta.EventCallEnded:
		m.calls.WithLabelValues(body.Reason).Inc()
		m.sound.observe(body.Sound.Member)
		m.sound.observe(body.Sound.Expert)
	case meta.EventConsentAnswered:
		decision := refused
		if body.Allowed {
			decision = allowed
		}
		m.consent.WithLabelValues(decision).Inc()
	case meta.EventRecordingReady:
		m.ready.WithLabelValues(strconv.FormatBool(body.Clean)).Inc()
	}
}

// UploadsWait counts that the object store has been away for long.
func (m *Metrics) UploadsWait() { m.alarms.WithLabelValues(alarmUploads).Inc() }

// OffsiteWaits counts that the second store has been away for long.
func (m *Metrics) OffsiteWaits() { m.alarms.WithLabelValues(alarmOffsite).Inc() }

// Request counts an answered HTTP request; route is the pattern, not the path.
func (m *Metrics) Request(route string, code int) {
	m.requests.WithLabelValues(route, strconv.Itoa(code)).Inc()
}

// Flushed counts one flush of one journal.
func (m *Metrics) Flushed(d time.Duration) { m.flush.Observe(d.Seconds()) }

// Rendered counts a finished render.
func (m *Metrics) Rendered(d time.Duration) { m.render.Observe(d.Seconds()) }

// Uploaded counts a finished upload.
func (m *Metrics) Uploaded(d time.Duration) { m.upload.Observe(d.Seconds()) }

// Handler serves the metrics at /metrics and nothing else.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4}))
	return mux
}

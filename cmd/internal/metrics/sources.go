package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/media/relay"
	"parley/recorder/capture"
	"parley/recorder/pipeline"
	"parley/recorder/sweep"
	"parley/signaling/feed"
	"parley/signaling/webhook"
	"parley/storage/locking"
	"parley/storage/offsite"
)

// Sources are read at each scrape. All must be set.
type Sources struct {
	LiveCalls func() int
	Sockets   func() map[string]int // by role
	Media     func() (in, out uint64)
	Relay     func() relay.Stats
	Capture   func() capture.Stats
	Pipeline  func() pipeline.Stats
	Feed      func() feed.Stats
	Webhooks  func() webhook.Stats
	Offsite   func() (stats offsite.Stats, configured bool)
	Sweep     func() sweep.Stats
	Locks     func() locking.Stats
	// Proof is when a drill last succeeded; zero if none has.
	Proof func() time.Time
	Now   func() time.Time
}

// reader collects the sources.
type reader struct{ s Sources }

func described(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("parley_"+name, help, labels, nil)
}

var (
	callsLive       = described("calls_live", "Calls under way, from ring to end.")
	sockets         = described("sockets", "Signed-in sockets, by role.", "role")
	mediaPackets    = described("media_packets_total", "RTP packets received from and sent to browsers.", "direction")
	turnAllocations = described("turn_allocations", "TURN allocations that are live.")
	turnMade        = described("turn_allocations_total", "TURN allocations made.")
	turnRefused     = described("turn_refused_total", "Requests that the TURN server has refused, by reason.", "reason")
	recordingsOpen  = described("recordings_open", "Recordings whose call is under way.")
	capturePackets  = described("capture_packets_total", "Packets taken for recordings.")
	captureDropped  = described("capture_dropped_packets_total", "Packets lost to recordings because the disk was too slow.")
	renderBacklog   = described("render_backlog", "Recordings of ended calls whose voices are not made yet.")
	uploadQueue     = described("upload_queue_recordings", "Finished recordings that wait for the object store.")
	uploadAge       = described("upload_queue_oldest_age_seconds", "How long the oldest of them has waited, 0 if none waits.")
	feedEvents      = described("feed_events_total", "Events taken by the feed.")
	feedDropped     = described("feed_dropped_events_total", "Events dropped because the store was away for too long.")
	webhookSent     = described("webhook_deliveries_total", "Attempts to deliver an event, by outcome.", "outcome")
	webhookAge      = described("webhook_oldest_failing_age_seconds", "For how long the event has failed that has for longest, 0 if none does.")
	offsiteQueue    = described("offsite_queue_objects", "Stored objects that have no verified off-site copy yet.")
	offsiteAge      = described("offsite_queue_oldest_age_seconds", "How long the oldest of them has waited, 0 if none waits.")
	offsiteCopied   = described("offsite_copied_objects_total", "Objects copied off site and read back.")
	offsiteRemoved  = described("offsite_removed_objects_total", "Off-site copies removed because their keys were destroyed.")
	offsiteProofAge = described("offsite_proof_age_seconds", "Time since parley drill last restored recordings from the off-site copy; no value before the first time.")
	sweepObjects    = described("sweep_objects_total", "Stored objects read and checked.")
	sweepBytes      = described("sweep_bytes_total", "Bytes of them.")
	sweepRepaired   = described("sweep_repaired_objects_total", "Objects put back from the off-site copy.")
	offsiteFailing  = described("offsite_failing_objects", "Objects whose off-site copy could not be made or removed at the last look.")
	sweepFailing    = described("sweep_failing_objects", "Stored objects that could not be checked at the last look.")
	sweepFaults     = described("sweep_faulty_objects", "Stored objects that were found gone or changed and not repaired.")
	locksWaiting    = described("object_locks_waiting_objects", "Objects that a store does not keep from deletion yet though it should, or keeps though it should not.")
	locksAge        = described("object_locks_waiting_age_seconds", "For how long that has been so, 0 if none wait.")
	feedWaiting     = described("feed_waiting_events", "Events that wait for the store.")
)

// Describe implements prometheus.Collector.
func (r *reader) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		callsLive, sockets, mediaPackets, turnAllocations, turnMade, turnRefused, recordingsOpen, capturePackets,
		captureDropped, renderBacklog, uploadQueue, uploadAge, feedEvents, feedDropped, feedWaiting, webhookSent, webhookAge,
		offsiteQueue, offsiteAge, offsiteCopied, offsiteRemoved, offsiteProofAge, sweepObjects, sweepBytes, sweepRepaired, sweepFaults,
		locksWaiting, locksAge, offsiteFailing, sweepFailing,
	} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (r *reader) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	count := func(d *prometheus.Desc, value uint64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(value), labels...)
	}
	gauge(callsLive, float64(r.s.LiveCalls()))
	for role, n := range r.s.Sockets() {
		gauge(sockets, float64(n), role)
	}
	in, out := r.s.Media()
	count(mediaPackets, in, "in")
	count(mediaPackets, out, "out")

	turn := r.s.Relay()
	gauge(turnAllocations, float64(turn.Allocations))
	count(turnMade, turn.AllocationsTotal)
	for reason, n := range turn.Refused {
		count(turnRefused, n, string(reason))
	}

	captured, finishing := r.s.Capture(), r.s.Pipeline()
	gauge(recordingsOpen, float64(captured.Open))
	count(capturePackets, captured.Packets)
	count(captureDropped, captured.Dropped)
	gauge(renderBacklog, float64(finishing.Rendering))
	gauge(uploadQueue, float64(finishing.Uploading))
	gauge(uploadAge, age(finishing.OldestUpload, r.s.Now()))

	events := r.s.Feed()
	count(feedEvents, events.Published)
	count(feedDropped, events.Dropped)
	gauge(feedWaiting, float64(events.Waiting))
	hooks := r.s.Webhooks()
	count(webhookSent, hooks.Delivered, "delivered")
	count(webhookSent, hooks.Failed, "failed")
	gauge(webhookAge, age(hooks.Waiting, r.s.Now()))
	r.care(gauge, count)
}

// care collects what is done for stored objects.
func (r *reader) care(gauge func(*prometheus.Desc, float64, ...string), count func(*prometheus.Desc, uint64, ...string)) {
	checked := r.s.Sweep()
	count(sweepObjects, checked.Objects)
	count(sweepBytes, checked.Bytes)
	count(sweepRepaired, checked.Repaired)
	gauge(sweepFaults, float64(checked.Faults))
	gauge(sweepFailing, float64(checked.Failing))
	locked := r.s.Locks()
	gauge(locksWaiting, float64(locked.Waiting))
	gauge(locksAge, age(locked.Since, r.s.Now()))
	copies, configured := r.s.Offsite()
	if !configured {
		return
	}
	gauge(offsiteQueue, float64(copies.Waiting))
	gauge(offsiteFailing, float64(copies.Failing))
	gauge(offsiteAge, age(copies.Oldest, r.s.Now()))
	count(offsiteCopied, copies.Copied)
	count(offsiteRemoved, copies.Removed)
	if proof := r.s.Proof(); !proof.IsZero() {
		gauge(offsiteProofAge, age(proof, r.s.Now()))
	}
}

func age(since, now time.Time) float64 {
	if since.IsZero() {
		return 0
	}
	return max(now.Sub(since).Seconds(), 0)
}

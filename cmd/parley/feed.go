package main

import (
	"context"
	"encoding/json"
	"time"

	"parley/cmd/internal/metrics"
	"parley/recorder/manifest"
	"parley/signaling/feed"
	"parley/storage/meta"
)

// openFeed makes the event feed; whatever publishes comes after it.
func (n *node) openFeed() {
	n.feed = feed.New(feed.Config{
		Store: n.stores.meta, Now: time.Now, Log: n.log.With().Str("component", "feed").Logger(),
	})
	n.metrics = metrics.New(version, n.sources())
}

// Publish tells platforms and counts what happened. It never waits.
func (n *node) Publish(e meta.Event) {
	n.metrics.Publish(e)
	n.feed.Publish(e)
}

// runFeed starts the feed. It outlives everything that publishes: stop comes
// last and waits until all is written.
func (n *node) runFeed() (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- n.feed.Run(ctx) }()
	return func() error {
		cancel()
		return <-done
	}
}

// recordingReady tells people and platforms of a recording that can be played.
func (n *node) recordingReady(r meta.Recording) {
	n.hub.RecordingReady(r.ID, r.CallID, r.MemberID, r.ExpertID)
	var report manifest.Report
	clean := json.Unmarshal([]byte(r.Report), &report) == nil && report.Clean
	n.Publish(meta.Event{
		Type: meta.EventRecordingReady, Call: r.CallID, Recording: r.ID, Member: r.MemberID, Expert: r.ExpertID,
		Body: feed.Body(readyBody{Clean: clean, Length: float64(r.LengthMs) / 1000}),
	})
}

// readyBody is the body of a recording.ready event.
type readyBody struct {
	Clean  bool    `json:"clean"`
	Length float64 `json:"length_seconds"`
}

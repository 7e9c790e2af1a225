package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"parley/cmd/internal/metrics"
	"parley/recorder/manifest"
	"parley/signaling/feed"
	"parley/signaling/webhook"
	"parley/storage/meta"
)

// openFeed makes the event feed and what delivers it; whatever publishes comes
// after it.
func (n *node) openFeed(ctx context.Context) error {
	n.feed = feed.New(feed.Config{
		Store: n.stores.meta, Keep: time.Duration(n.cfg.EventDays) * 24 * time.Hour,
		Now: time.Now, Log: n.log.With().Str("component", "feed").Logger(),
	})
	holder, err := holderName(n.cfg.Data)
	if err != nil {
		return err
	}
	n.webhooks = webhook.New(webhook.Config{
		Store: n.stores.meta, Feed: n.feed, Vault: n.stores.master, AllowPrivate: n.cfg.WebhookAllowPrivate,
		Holder: holder, Now: time.Now, Log: n.log.With().Str("component", "webhook").Logger(),
	})
	n.metrics = metrics.New(version, n.sources(), n.stores.calls)
	for _, url := range n.cfg.Webhook {
		err := n.webhooks.Ensure(ctx, webhook.Wish{URL: url, Secret: string(n.cfg.WebhookSecret)})
		if err != nil {
			return fmt.Errorf("add the webhook of --webhook: %w", err)
		}
	}
	return nil
}

// holderName names a node among all that share a store: one process at a time has
// a data folder.
func holderName(data string) (string, error) {
	host, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("name this node: %w", err)
	}
	folder, err := filepath.Abs(data)
	if err != nil {
		return "", fmt.Errorf("name this node: %w", err)
	}
	return host + ":" + folder, nil
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
	n.locks.Wake() // it may be held already
	n.hub.RecordingReady(r.ID, r.CallID, r.MemberID, r.ExpertID)
	var report manifest.Report
	clean := json.Unmarshal([]byte(r.Report), &report) == nil && report.Clean
	n.Publish(meta.Event{
		Type: meta.EventRecordingReady, Call: r.CallID, Recording: r.ID, Member: r.MemberID, Expert: r.ExpertID,
		Body: feed.Body(readyBody{Clean: clean, Length: float64(r.LengthMs) / 1000}),
	})
}

// recordingDamaged tells platforms of a recording that cannot be completed.
func (n *node) recordingDamaged(r meta.Recording) {
	n.Publish(meta.Event{
		Type: meta.EventRecordingDamaged, Call: r.CallID, Recording: r.ID, Member: r.MemberID, Expert: r.ExpertID,
	})
}

// readyBody is the body of a recording.ready event.
type readyBody struct {
	Clean  bool    `json:"clean"`
	Length float64 `json:"length_seconds"`
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"parley/cmd/internal/metrics"
	"parley/media/relay"
	"parley/recorder/capture"
	"parley/recorder/pipeline"
	"parley/storage/locking"
)

// sources are the node's parts as metrics read them, at a time when all are
// there.
func (n *node) sources() metrics.Sources {
	return metrics.Sources{
		LiveCalls: func() int { return n.hub.LiveCalls() },
		Sockets:   func() map[string]int { return n.hub.Sockets() },
		Media:     func() (in, out uint64) { return n.peers.Packets() },
		Relay:     func() relay.Stats { return n.relay.Stats() },
		Capture:   func() capture.Stats { return n.capture.Stats() },
		Pipeline:  func() pipeline.Stats { return n.pipeline.Stats() },
		Feed:      n.feed.Stats,
		Webhooks:  n.webhooks.Stats,
		Offsite:   n.offsiteStats,
		Sweep:     n.sweepStats,
		Locks:     func() locking.Stats { return n.locks.Stats() },
		Proof:     n.lastProof,
		Now:       time.Now,
	}
}

// serveMetrics serves the metrics on an address of their own until ctx ends; they
// are for the operator alone. Without an address there are none.
func (n *node) serveMetrics(ctx context.Context) error {
	if n.cfg.MetricsListen == "" {
		return nil
	}
	l, err := net.Listen("tcp", n.cfg.MetricsListen)
	if err != nil {
		return fmt.Errorf("listen for metrics: %w", err)
	}
	n.log.Info().Str("metrics_listen", l.Addr().String()).Msg("metrics ready")
	server := &http.Server{Handler: n.metrics.Handler(), ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // Serve tells of it
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve metrics: %w", err)
	}
	return nil
}

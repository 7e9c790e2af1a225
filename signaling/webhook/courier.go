package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"parley/signaling/feed"
	"parley/storage/meta"
)

const (
	leaseFor = time.Minute
	// pollFor bounds a wait for events, so that the lease is renewed in time.
	pollFor      = 20 * time.Second
	storeTimeout = 10 * time.Second
)

// courier delivers to one address; run is its goroutine.
type courier struct {
	s      *Sender
	hook   meta.Webhook
	secret []byte
	log    zerolog.Logger

	ctx  context.Context // ends with stop; a courier lives as long as its address
	stop context.CancelFunc
	done chan struct{}

	at   atomic.Uint64                      // the place, for others
	wait atomic.Pointer[context.CancelFunc] // ends what the courier waits for
}

// waiting is a context for a wait that kick ends.
func (c *courier) waiting(d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(c.ctx, d)
	c.wait.Store(&cancel)
	return ctx, cancel
}

// kick has the courier look at what is stored.
func (c *courier) kick() {
	if cancel := c.wait.Load(); cancel != nil {
		(*cancel)()
	}
}

func (c *courier) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

var (
	// errMoved: the place was set from outside; go on from what is stored.
	errMoved = errors.New("webhook: its place was set")
	// errHeld: another node delivers, or the address was removed. The sender
	// looks again later.
	errHeld = errors.New("webhook: not ours to deliver to")
)

func (c *courier) run() {
	defer close(c.done)
	defer c.stop()
	defer c.release()
	pause := c.s.cfg.Backoff.First
	for c.ctx.Err() == nil {
		err := c.round()
		switch {
		case c.ctx.Err() != nil:
			return
		case err == nil:
			pause = c.s.cfg.Backoff.First
			continue
		case errors.Is(err, errMoved):
			c.s.fails(c.hook.ID, time.Time{})
			continue
		case errors.Is(err, errHeld):
			c.s.fails(c.hook.ID, time.Time{})
			return
		}
		c.log.Error().Err(err).Msg("webhook: feed or store not reached")
		c.sleep(pause)
		pause = min(2*pause, time.Minute)
	}
}

// round delivers the next events, or waits for some.
func (c *courier) round() error {
	wait, cancel := c.waiting(pollFor) // before the place is read, so that no kick is lost
	defer cancel()
	place, err := c.lease()
	if err != nil {
		return err
	}
	c.hook.Cursor = place
	c.at.Store(place)
	page, err := c.s.cfg.Feed.Next(wait, feed.Query{After: feed.At(c.hook.Cursor), Types: c.hook.Types})
	switch {
	case errors.Is(err, feed.ErrExpired):
		c.log.Error().Msg("webhook: events were deleted before they could be delivered; going on with the oldest that is kept")
		return c.move(0)
	case err != nil:
		return err
	}
	for _, e := range page.Events {
		if err := c.deliver(e); err != nil {
			return err
		}
		if err := c.move(e.Seq); err != nil {
			return err
		}
	}
	return c.move(page.Next.Seq())
}

// lease makes this process the one that delivers, and tells the place that is
// stored.
func (c *courier) lease() (place uint64, err error) {
	ctx, cancel := context.WithTimeout(c.ctx, storeTimeout)
	defer cancel()
	now := c.s.cfg.Now()
	place, err = c.s.cfg.Store.LeaseWebhook(ctx, c.hook.ID, c.s.cfg.Holder, now, now.Add(leaseFor))
	if errors.Is(err, meta.ErrNotExist) {
		err = errHeld
	}
	return place, err
}

// release lets another node go on at once. If it fails the lease runs out.
func (c *courier) release() {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	now := c.s.cfg.Now()
	_, err := c.s.cfg.Store.LeaseWebhook(ctx, c.hook.ID, c.s.cfg.Holder, now, now)
	if err != nil && !errors.Is(err, meta.ErrNotExist) {
		c.log.Warn().Err(err).Msg("webhook: lease not given back")
	}
}

// hold renews the lease; errMoved if the place was set from outside.
func (c *courier) hold() error {
	place, err := c.lease()
	if err == nil && place != c.hook.Cursor {
		err = errMoved
	}
	return err
}

// move makes the place durable.
func (c *courier) move(to uint64) error {
	if to == c.hook.Cursor {
		return nil
	}
	// What was delivered is noted even when the process is about to end.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), storeTimeout)
	defer cancel()
	err := c.s.cfg.Store.MoveWebhook(ctx, c.hook.ID, c.hook.Cursor, to)
	if errors.Is(err, meta.ErrNotExist) {
		return errMoved
	}
	if err == nil {
		c.hook.Cursor = to
		c.at.Store(to)
	}
	return err
}

// deliver sends one event until it is taken.
func (c *courier) deliver(e meta.Event) error {
	body := feed.Encode(e)
	pause, since := c.s.cfg.Backoff.First, c.s.cfg.Now()
	for attempt := 1; ; attempt++ {
		if err := c.hold(); err != nil {
			return err
		}
		at := c.s.cfg.Now()
		status, ask, fault := c.post(e, body, at)
		if c.ctx.Err() != nil && fault != nil {
			return c.ctx.Err() // cut off by our own end: no fault of theirs
		}
		if err := c.note(meta.Delivery{Event: e.ID, Attempt: attempt, At: at, Status: status}, fault); err != nil {
			return err
		}
		if fault == nil {
			c.s.delivered.Add(1)
			c.s.fails(c.hook.ID, time.Time{})
			return nil
		}
		c.s.failed.Add(1)
		c.s.fails(c.hook.ID, since)
		c.log.Warn().Err(fault).Int("attempt", attempt).Msg("webhook: not delivered")
		if err := c.pause(c.s.cfg.Backoff.wait(pause, ask)); err != nil {
			return err
		}
		pause = min(2*pause, c.s.cfg.Backoff.Last)
	}
}

// post sends an event once. ask is how long the receiver wants to be left alone.
func (c *courier) post(e meta.Event, body []byte, at time.Time) (status int, ask time.Duration, fault error) {
	r, err := http.NewRequestWithContext(c.ctx, http.MethodPost, c.hook.URL, bytes.NewReader(body))
	if err != nil {
		return 0, 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Parley-Webhooks/1")
	r.Header.Set("webhook-id", string(e.ID))
	r.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("webhook-signature", sign(c.secret, string(e.ID), at, body))
	answer, err := c.s.client.Do(r)
	if err != nil {
		return 0, 0, faultOf(err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 4<<10) // so that the connection can be used again
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
		return answer.StatusCode, time.Duration(seconds) * time.Second, fmt.Errorf("answered %d", answer.StatusCode)
	}
	return answer.StatusCode, 0, nil
}

// Faults as the log names them: no addresses, nothing of the receiver's.
var (
	errTimeout = errors.New("no answer in time")
	errCut     = errors.New("connection failed")
)

func faultOf(err error) error {
	var timeout net.Error
	switch {
	case errors.Is(err, ErrAddress):
		return ErrAddress
	case errors.As(err, &timeout) && timeout.Timeout():
		return errTimeout
	}
	return errCut
}

// note writes the attempt down.
func (c *courier) note(d meta.Delivery, fault error) error {
	d.Webhook, d.TookMs = c.hook.ID, max(c.s.cfg.Now().Sub(d.At).Milliseconds(), 0)
	if fault != nil && d.Status == 0 {
		d.Fault = fault.Error()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), storeTimeout)
	defer cancel()
	err := c.s.cfg.Store.AppendDelivery(ctx, d)
	if errors.Is(err, meta.ErrNotExist) {
		return errHeld
	}
	return err
}

// pause waits between attempts and keeps the lease meanwhile. It ends early when
// the address or its place was changed.
func (c *courier) pause(d time.Duration) error {
	until := time.Now().Add(d)
	for {
		left := time.Until(until)
		if left <= 0 {
			return nil
		}
		c.sleep(min(left, pollFor))
		if c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		if err := c.hold(); err != nil {
			return err
		}
	}
}

func (c *courier) sleep(d time.Duration) {
	wait, cancel := c.waiting(d)
	defer cancel()
	<-wait.Done()
}

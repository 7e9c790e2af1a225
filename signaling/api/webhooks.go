package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"parley/signaling/feed"
	"parley/signaling/problem"
	"parley/signaling/webhook"
	"parley/storage/id"
	"parley/storage/meta"
)

// Webhooks manages where events are delivered.
type Webhooks interface {
	Add(ctx context.Context, w webhook.Wish) (meta.Webhook, string, error)
	List(ctx context.Context) ([]meta.Webhook, error)
	Remove(ctx context.Context, hook id.WebhookID) error
	Replay(ctx context.Context, hook id.WebhookID, after feed.Cursor) error
	Deliveries(ctx context.Context, hook id.WebhookID, before uint64, limit int) ([]meta.Delivery, error)
}

type webhookView struct {
	ID        id.WebhookID     `json:"id"`
	URL       string           `json:"url"`
	Types     []meta.EventType `json:"types"`
	CreatedAt time.Time        `json:"created_at"`
	Cursor    string           `json:"cursor"`
	// Secret is told once.
	Secret string `json:"secret,omitempty"`
}

func viewOfWebhook(w meta.Webhook, secret string) webhookView {
	v := webhookView{w.ID, w.URL, w.Types, w.CreatedAt.UTC(), feed.At(w.Cursor).String(), secret}
	if v.Types == nil {
		v.Types = []meta.EventType{}
	}
	return v
}

func (s *Server) listWebhooks(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.service(r); err != nil {
		return err
	}
	hooks, err := s.cfg.Webhooks.List(r.Context())
	if err != nil {
		return err
	}
	list := make([]webhookView, 0, len(hooks))
	for _, hook := range hooks {
		list = append(list, viewOfWebhook(hook, ""))
	}
	return writeJSON(w, http.StatusOK, map[string]any{"webhooks": list})
}

func (s *Server) addWebhook(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.service(r); err != nil {
		return err
	}
	var body struct {
		URL    string           `json:"url"`
		Secret string           `json:"secret"`
		Types  []meta.EventType `json:"types"`
		After  *string          `json:"after"`
	}
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	wish := webhook.Wish{URL: body.URL, Secret: body.Secret, Types: body.Types}
	for _, t := range body.Types {
		if !slices.Contains(meta.EventTypes(), t) {
			return &problem.BadRequestError{Reason: "types must be types of events"}
		}
	}
	if body.After != nil {
		after, err := feed.ParseCursor(*body.After)
		if err != nil {
			return err
		}
		wish.After = &after
	}
	hook, secret, err := s.cfg.Webhooks.Add(r.Context(), wish)
	if errors.Is(err, meta.ErrConflict) {
		return problem.ErrWebhookExists
	}
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, viewOfWebhook(hook, secret))
}

// hookOf signs the caller in and reads which webhook is meant.
func (s *Server) hookOf(r *http.Request) (id.WebhookID, error) {
	if _, err := s.service(r); err != nil {
		return "", err
	}
	return id.ParseWebhook(r.PathValue("id"))
}

func (s *Server) removeWebhook(w http.ResponseWriter, r *http.Request) error {
	hook, err := s.hookOf(r)
	if err == nil {
		err = s.cfg.Webhooks.Remove(r.Context(), hook)
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) replayWebhook(w http.ResponseWriter, r *http.Request) error {
	hook, err := s.hookOf(r)
	if err != nil {
		return err
	}
	var body struct {
		After string `json:"after"`
	}
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	after, err := feed.ParseCursor(body.After)
	if err == nil {
		err = s.cfg.Webhooks.Replay(r.Context(), hook, after)
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

type deliveryView struct {
	Number  uint64     `json:"number"`
	Event   id.EventID `json:"event"`
	Attempt int        `json:"attempt"`
	At      time.Time  `json:"at"`
	TookMs  int64      `json:"took_ms"`
	Status  int        `json:"status"`
	Fault   string     `json:"fault"`
}

func (s *Server) listDeliveries(w http.ResponseWriter, r *http.Request) error {
	who, err := s.service(r)
	if err != nil {
		return err
	}
	hook, err := id.ParseWebhook(r.PathValue("id"))
	if err != nil {
		return err
	}
	limit, err := numberIn(r.URL.Query().Get("limit"), meta.DefaultLimit, 1, meta.MaxLimit)
	if err != nil {
		return &problem.BadRequestError{Reason: "limit must be a number from 1 to " + strconv.Itoa(meta.MaxLimit)}
	}
	l := s.listOf(r, who)
	place, err := l.place(r.URL.Query().Get("before"))
	if err != nil {
		return err
	}
	before, _ := strconv.ParseUint(place, 10, 64) // what next has made, or nothing
	deliveries, err := s.cfg.Webhooks.Deliveries(r.Context(), hook, before, limit)
	if err != nil {
		return err
	}
	page := struct {
		Deliveries []deliveryView `json:"deliveries"`
		Next       string         `json:"next"`
	}{Deliveries: make([]deliveryView, 0, len(deliveries))}
	for _, d := range deliveries {
		page.Deliveries = append(page.Deliveries, deliveryView{d.Number, d.Event, d.Attempt, d.At.UTC(), d.TookMs, d.Status, d.Fault})
	}
	if len(deliveries) == limit {
		page.Next = l.next(strconv.FormatUint(deliveries[len(deliveries)-1].Number, 10))
	}
	return writeJSON(w, http.StatusOK, page)
}

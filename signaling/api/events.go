package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/signaling/auth"
	"parley/signaling/feed"
	"parley/signaling/problem"
	"parley/storage/meta"
)

// Events is the feed as the API reads it.
type Events interface {
	Next(ctx context.Context, q feed.Query) (feed.Page, error)
	Read(ctx context.Context, q feed.Query) (feed.Page, error)
}

const (
	maxWait = 60 * time.Second
	// maxReaders bounds the requests that wait for events; more are told to come
	// back.
	maxReaders = 64
	// streamPing is how long a stream is silent at most, so that proxies and
	// clients can tell a quiet one from a dead one.
	streamPing  = 15 * time.Second
	streamWrite = 10 * time.Second
)

// service verifies the token of a platform's backend; no person has that role.
func (s *Server) service(r *http.Request) (auth.Identity, error) {
	who, err := s.caller(r)
	if err == nil && who.Role != auth.RoleService {
		err = problem.ErrForbidden
	}
	return who, err
}

// events answers with a page of the feed, at once, after a wait, or as a stream.
func (s *Server) events(w http.ResponseWriter, r *http.Request) error {
	who, err := s.service(r)
	if err != nil {
		return err
	}
	q, wait, err := queryOf(r)
	if err != nil {
		return err
	}
	stream := strings.Contains(r.Header.Get("Accept"), "text/event-stream")
	if stream || wait > 0 {
		select {
		case s.readers <- struct{}{}:
			defer func() { <-s.readers }()
		default:
			return problem.ErrTooManyReaders
		}
	}
	ctx, leave, err := s.guests.admit(r.Context(), who)
	if err != nil {
		return err
	}
	defer leave()
	r = r.WithContext(ctx)
	if stream {
		return s.streamEvents(w, r, q, who.Expires.Sub(s.cfg.Now()))
	}
	return s.pollEvents(w, r, q, wait)
}

// queryOf reads what a request asks of the feed.
func queryOf(r *http.Request) (q feed.Query, wait time.Duration, err error) {
	params := r.URL.Query()
	after := params.Get("after")
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		after = last // a stream that goes on
	}
	if q.After, err = feed.ParseCursor(after); err != nil {
		return q, 0, err
	}
	if q.Limit, err = numberIn(params.Get("limit"), meta.DefaultLimit, 1, meta.MaxLimit); err != nil {
		return q, 0, &problem.BadRequestError{Reason: "limit must be a number from 1 to " + strconv.Itoa(meta.MaxLimit)}
	}
	seconds, err := numberIn(params.Get("wait"), 0, 0, int(maxWait/time.Second))
	if err != nil {
		return q, 0, &problem.BadRequestError{Reason: "wait must be a number of seconds from 0 to 60"}
	}
	if types := params.Get("types"); types != "" {
		for _, t := range strings.Split(types, ",") {
			if !slices.Contains(meta.EventTypes(), meta.EventType(t)) {
				return q, 0, &problem.BadRequestError{Reason: "types must be types of events with commas between them"}
			}
			q.Types = append(q.Types, meta.EventType(t))
		}
	}
	return q, time.Duration(seconds) * time.Second, nil
}

// numberIn reads a whole number in a range; an empty text is the default.
func numberIn(text string, otherwise, from, to int) (int, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < from || n > to {
		return 0, strconv.ErrRange
	}
	return n, nil
}

func (s *Server) pollEvents(w http.ResponseWriter, r *http.Request, q feed.Query, wait time.Duration) error {
	read := s.cfg.Events.Read
	ctx := r.Context()
	if wait > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, wait)
		defer cancel()
		read = s.cfg.Events.Next
	}
	page, err := read(ctx, q)
	if err != nil {
		return err
	}
	body := struct {
		Events []json.RawMessage `json:"events"`
		Next   string            `json:"next"`
	}{make([]json.RawMessage, 0, len(page.Events)), page.Next.String()}
	for _, e := range page.Events {
		body.Events = append(body.Events, feed.Encode(e))
	}
	return writeJSON(w, http.StatusOK, body)
}

// streamEvents sends events as they come (server-sent events, WHATWG HTML 9.2)
// until the client goes, the token ends or the server stops.
func (s *Server) streamEvents(w http.ResponseWriter, r *http.Request, q feed.Query, life time.Duration) error {
	ctx, cancel := context.WithTimeout(r.Context(), life)
	defer cancel()
	page, err := s.cfg.Events.Read(ctx, q) // a fault is still a problem here
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	control := http.NewResponseController(w)
	for {
		if !sendEvents(w, control, page) {
			return nil // the client is gone or does not read
		}
		q.After = page.Next
		quiet, end := context.WithTimeout(ctx, streamPing)
		page, err = s.cfg.Events.Next(quiet, q)
		end()
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil: // the stream has begun: ending it makes the client ask again
			s.cfg.Log.Warn().Err(err).Msg("event stream ended")
			return nil
		}
	}
}

// sendEvents writes a page, a comment if it is empty, and tells whether the
// client took it in time.
func sendEvents(w http.ResponseWriter, control *http.ResponseController, page feed.Page) bool {
	text := []byte(": waiting\n\n")
	if len(page.Events) > 0 {
		text = nil
	}
	for _, e := range page.Events {
		text = append(text, "id: "+feed.At(e.Seq).String()+"\nevent: "+string(e.Type)+"\ndata: "...)
		text = append(append(text, feed.Encode(e)...), "\n\n"...)
	}
	if control.SetWriteDeadline(time.Now().Add(streamWrite)) != nil {
		return false
	}
	_, err := w.Write(text)
	return err == nil && control.Flush() == nil
}

package api

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"parley/signaling/feed"
	"parley/signaling/problem"
	"parley/signaling/session"
	"parley/storage/id"
	"parley/storage/meta"
)

// maxReports is how many reports one person may make of one call.
const maxReports = 5

type ratingView struct {
	Stars   int       `json:"stars"`
	Sound   *int      `json:"sound"`
	Again   *bool     `json:"again"`
	Comment string    `json:"comment"`
	At      time.Time `json:"at"`
}

// ratable tells whether a call may be rated: it was completed, and they talked
// long enough to know.
func (s *Server) ratable(c meta.Call) bool {
	completed := c.EndReason == string(session.EndCompleted) || c.EndReason == string(session.EndLimit)
	return completed && c.ConnectedAt != nil && c.EndedAt != nil && c.EndedAt.Sub(*c.ConnectedAt) >= s.cfg.Access.RatedFrom
}

// feedback answers with what the caller may still say of a call, and has said.
func (s *Server) feedback(w http.ResponseWriter, r *http.Request) error {
	p, err := s.inCall(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	blocks, err := s.cfg.Store.BlocksBy(ctx, p.who.Person)
	if err != nil {
		return err
	}
	answer := struct {
		Ratable bool        `json:"ratable"`
		Rating  *ratingView `json:"rating"`
		Blocked bool        `json:"blocked"`
	}{Blocked: slices.ContainsFunc(blocks, func(b meta.Block) bool { return b.Whom == p.peer })}
	given, err := s.cfg.Store.Rating(ctx, p.call.ID, p.who.Person)
	switch {
	case none(err):
		answer.Ratable = s.ratable(p.call)
	case err != nil:
		return err
	default:
		comment, err := s.text(ctx, p.call.ID, meta.TextComment, given.Text)
		if err != nil {
			return err
		}
		answer.Rating = &ratingView{given.Stars, given.Survey.Sound, given.Survey.Again, comment, given.At}
	}
	return writeJSON(w, http.StatusOK, answer)
}

// rate takes what one of the two thinks of a completed call, once.
func (s *Server) rate(w http.ResponseWriter, r *http.Request) error {
	p, err := s.inCall(r)
	if err != nil {
		return err
	}
	var body struct {
		Stars   int    `json:"stars"`
		Sound   *int   `json:"sound"`
		Again   *bool  `json:"again"`
		Comment string `json:"comment"`
	}
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	if !s.ratable(p.call) {
		return problem.ErrNotRatable
	}
	comment, err := s.wrote(p, meta.TextComment, body.Comment)
	if err != nil {
		return err
	}
	rating := meta.Rating{
		Call: p.call.ID, By: p.who.Person, About: p.peer, Part: p.part, At: s.cfg.Now(), Stars: body.Stars,
		Survey: meta.Survey{Sound: body.Sound, Again: body.Again},
	}
	if rating.Validate() != nil {
		return &problem.BadRequestError{Reason: "stars and sound are 1 to 5"}
	}
	switch err := s.cfg.Store.InsertRating(r.Context(), rating, comment); {
	case errors.Is(err, meta.ErrConflict):
		return problem.ErrRated
	case err != nil:
		return err
	}
	s.suspect(r.Context(), rating)
	s.tell(p, meta.EventCallRated, struct {
		Side    string `json:"side"`
		Stars   int    `json:"stars"`
		Sound   *int   `json:"sound,omitempty"`
		Again   *bool  `json:"again,omitempty"`
		Comment bool   `json:"comment"`
	}{p.part, body.Stars, body.Sound, body.Again, comment != nil})
	w.WriteHeader(http.StatusCreated)
	return nil
}

// survey takes what somebody adds to a rating that was given in one tap, once.
func (s *Server) survey(w http.ResponseWriter, r *http.Request) error {
	p, err := s.inCall(r)
	if err != nil {
		return err
	}
	var body struct {
		Sound   *int   `json:"sound"`
		Again   *bool  `json:"again"`
		Comment string `json:"comment"`
	}
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	said := meta.Survey{Sound: body.Sound, Again: body.Again}
	if said.Validate() != nil {
		return &problem.BadRequestError{Reason: "sound is 1 to 5"}
	}
	comment, err := s.wrote(p, meta.TextComment, body.Comment)
	if err != nil {
		return err
	}
	if said == (meta.Survey{}) && comment == nil {
		return &problem.BadRequestError{Reason: "give sound, again or comment"}
	}
	ctx := r.Context()
	if _, err := s.cfg.Store.Rating(ctx, p.call.ID, p.who.Person); err != nil {
		return err // there is nothing to add to
	}
	switch err := s.cfg.Store.CompleteRating(ctx, p.call.ID, p.who.Person, said, comment); {
	case none(err):
		return problem.ErrRated
	case err != nil:
		return err
	}
	s.tell(p, meta.EventCallSurveyed, struct {
		Side    string `json:"side"`
		Sound   *int   `json:"sound,omitempty"`
		Again   *bool  `json:"again,omitempty"`
		Comment bool   `json:"comment"`
	}{p.part, body.Sound, body.Again, comment != nil})
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// report takes an incident in a call. It may come while the call goes on.
func (s *Server) report(w http.ResponseWriter, r *http.Request) error {
	p, err := s.inCall(r)
	if err != nil {
		return err
	}
	var body struct {
		Reason string   `json:"reason"`
		Offset *float64 `json:"offset_seconds"`
		Text   string   `json:"text"`
	}
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	made, err := s.cfg.Store.Reports(r.Context(), meta.ReportFilter{Call: p.call.ID, By: p.who.Person, Limit: maxReports})
	switch {
	case err != nil:
		return err
	case len(made) == maxReports:
		return problem.ErrTooManyReports
	}
	now := s.cfg.Now()
	report := meta.Report{
		ID: id.NewReport(now), Call: p.call.ID, By: p.who.Person, About: p.peer, Part: p.part, At: now, Reason: body.Reason,
	}
	if report.Offset, err = offsetIn(p.call, body.Offset, now); err != nil {
		return err
	}
	if report.Validate() != nil {
		return &problem.BadRequestError{Reason: "reason is abuse, fraud, unsafe or other"}
	}
	text, err := s.wrote(p, meta.TextReport, body.Text)
	if err != nil {
		return err
	}
	if err := s.cfg.Store.InsertReport(r.Context(), report, text); err != nil {
		return err
	}
	s.tell(p, meta.EventCallReported, struct {
		Report id.ReportID `json:"report"`
		Side   string      `json:"side"`
		Reason string      `json:"reason"`
		Offset *float64    `json:"offset_seconds,omitempty"`
	}{report.ID, p.part, report.Reason, body.Offset})
	return writeJSON(w, http.StatusCreated, map[string]any{"report": report.ID})
}

// offsetIn is a moment of the talk, from its beginning to its end, or to now.
func offsetIn(c meta.Call, seconds *float64, now time.Time) (*time.Duration, error) {
	if seconds == nil {
		return nil, nil
	}
	end := now
	if c.EndedAt != nil {
		end = *c.EndedAt
	}
	if c.ConnectedAt == nil || !(*seconds >= 0) || *seconds > end.Sub(*c.ConnectedAt).Seconds()+1 {
		return nil, &problem.BadRequestError{Reason: "offset_seconds is a moment of the talk, counted from its beginning"}
	}
	at := time.Duration(*seconds * float64(time.Second)).Round(time.Millisecond)
	return &at, nil
}

// tell publishes what somebody has said of a call.
func (s *Server) tell(p party, t meta.EventType, body any) {
	if s.cfg.Publish == nil {
		return
	}
	e := meta.Event{
		At: s.cfg.Now(), Type: t, Call: p.call.ID, Member: p.call.MemberID, Expert: p.call.ExpertID, Body: feed.Body(body),
	}
	if p.call.RecordingID != nil {
		e.Recording = *p.call.RecordingID
	}
	s.cfg.Publish(e)
}

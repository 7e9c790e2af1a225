package api

import (
	"net/http"
	"strings"
	"time"

	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/storage/id"
	"parley/storage/meta"
)

type holdView struct {
	ID            id.HoldID   `json:"id"`
	Case          string      `json:"case"`
	Reason        string      `json:"reason"`
	ReviewAt      time.Time   `json:"review_at"`
	By            id.PersonID `json:"by"`
	At            time.Time   `json:"at"`
	ReleasedAt    *time.Time  `json:"released_at,omitempty"`
	ReleasedBy    id.PersonID `json:"released_by,omitempty"`
	ReleaseReason string      `json:"release_reason,omitempty"`
}

func holdOf(h meta.Hold) holdView {
	return holdView{h.ID, h.Case, h.Reason, h.ReviewAt, h.By, h.At, h.ReleasedAt, h.ReleasedBy, h.ReleaseReason}
}

// aboutAsOfficer finds a recording for a privacy officer.
func (s *Server) aboutAsOfficer(r *http.Request) (who auth.Identity, rec meta.Recording, err error) {
	if who, err = s.caller(r); err == nil {
		err = s.officer(who)
	}
	if err == nil {
		rec, err = s.maySee(r, who)
	}
	return who, rec, err
}

// placeHold keeps a recording from being erased. One that was set aside is put
// back.
func (s *Server) placeHold(w http.ResponseWriter, r *http.Request) error {
	who, rec, err := s.aboutAsOfficer(r)
	if err != nil {
		return err
	}
	var body struct {
		Case     string    `json:"case"`
		Reason   string    `json:"reason"`
		ReviewAt time.Time `json:"review_at"`
	}
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	now := s.cfg.Now()
	h := meta.Hold{
		ID: id.NewHold(now), Recording: rec.ID, Case: strings.TrimSpace(body.Case), Reason: strings.TrimSpace(body.Reason),
		ReviewAt: body.ReviewAt, By: who.Person, At: now,
	}
	if h.Validate() != nil || !h.ReviewAt.After(now) {
		return &problem.BadRequestError{Reason: "a hold needs a case and a reason of up to 500 bytes, and review_at in the future"}
	}
	more := map[string]string{"hold": string(h.ID), "case": h.Case, "reason": h.Reason, "review_at": h.ReviewAt.UTC().Format(time.RFC3339)}
	if err := s.auditRecording(r.Context(), "hold.place", who, rec.ID, more); err != nil {
		return err
	}
	if err := s.cfg.Store.PlaceHold(r.Context(), h); err != nil {
		return err
	}
	if rec.TrashedAt != nil {
		if err := s.cfg.Store.SetTrashed(r.Context(), rec.ID, nil); err != nil {
			return err
		}
	}
	return writeJSON(w, http.StatusCreated, holdOf(h))
}

func (s *Server) listHolds(w http.ResponseWriter, r *http.Request) error {
	who, rec, err := s.aboutToRead(r)
	if err == nil && !overseer(who) {
		err = problem.ErrForbidden
	}
	if err != nil {
		return err
	}
	all, err := s.cfg.Store.Holds(r.Context(), rec.ID)
	if err != nil {
		return err
	}
	list := []holdView{}
	for _, h := range all {
		list = append(list, holdOf(h))
	}
	return writeJSON(w, http.StatusOK, map[string]any{"holds": list})
}

// releaseHold ends a hold, and carries out at once what it has put off, if it was
// the last.
func (s *Server) releaseHold(w http.ResponseWriter, r *http.Request) error {
	who, rec, err := s.aboutAsOfficer(r)
	if err != nil {
		return err
	}
	var body struct {
		Reason string `json:"reason"`
	}
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	reason := strings.TrimSpace(body.Reason)
	hold, err := id.ParseHold(r.PathValue("hold"))
	switch {
	case err != nil:
		return err
	case reason == "" || len(reason) > meta.MaxNote:
		return &problem.BadRequestError{Reason: "say in up to 500 bytes why the hold is released"}
	}
	if err := s.ofRecording(r, rec.ID, hold); err != nil {
		return err
	}
	more := map[string]string{"hold": string(hold), "reason": reason}
	if err := s.auditRecording(r.Context(), "hold.release", who, rec.ID, more); err != nil {
		return err
	}
	if err := s.cfg.Store.ReleaseHold(r.Context(), hold, who.Person, reason, s.cfg.Now()); err != nil {
		return err
	}
	deferred, err := s.cfg.Store.Erasures(r.Context(), meta.ErasureFilter{Recording: rec.ID, States: []meta.ErasureState{meta.ErasureApproved}})
	for _, e := range deferred {
		if _, err = s.tryErasure(r.Context(), e); err != nil {
			break
		}
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// ofRecording tells whether a hold is one of a recording.
func (s *Server) ofRecording(r *http.Request, rec id.RecordingID, hold id.HoldID) error {
	all, err := s.cfg.Store.Holds(r.Context(), rec)
	for _, h := range all {
		if h.ID == hold {
			return err
		}
	}
	if err == nil {
		err = problem.ErrNotFound
	}
	return err
}

// assign lets a reviewer listen to a recording for a while.
func (s *Server) assign(w http.ResponseWriter, r *http.Request) error {
	who, err := s.caller(r)
	if err != nil {
		return err
	}
	if who.Role != auth.RoleQALead && who.Role != auth.RoleService {
		return problem.ErrForbidden
	}
	var body struct {
		Reviewer  id.PersonID    `json:"reviewer"`
		Recording id.RecordingID `json:"recording"`
		ExpiresAt time.Time      `json:"expires_at"`
	}
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	now := s.cfg.Now()
	a := meta.Assignment{ID: id.NewAssignment(now), Reviewer: body.Reviewer, Recording: body.Recording, By: who.Person, At: now, ExpiresAt: body.ExpiresAt}
	if a.Validate() != nil {
		return &problem.BadRequestError{Reason: "an assignment needs a reviewer, a recording and expires_at in the future"}
	}
	if _, err := s.cfg.Store.Recording(r.Context(), a.Recording); err != nil {
		return err
	}
	more := map[string]string{"assignment": string(a.ID), "reviewer": string(a.Reviewer), "until": a.ExpiresAt.UTC().Format(time.RFC3339)}
	if err := s.auditRecording(r.Context(), "assignment", who, a.Recording, more); err != nil {
		return err
	}
	if err := s.cfg.Store.InsertAssignment(r.Context(), a); err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, map[string]any{"id": a.ID, "expires_at": a.ExpiresAt})
}

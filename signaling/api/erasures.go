package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/signaling/wire"
	"parley/storage/destruction"
	"parley/storage/id"
	"parley/storage/meta"
)

// Eraser carries out erasures.
type Eraser interface {
	CarryOut(ctx context.Context, e id.ErasureID) (meta.Erasure, error)
}

// erasureView is an erasure as who asked for it and privacy officers see it.
type erasureView struct {
	ID          id.ErasureID      `json:"id"`
	Recording   id.RecordingID    `json:"recording"`
	Part        string            `json:"part"`
	Basis       string            `json:"basis"`
	State       meta.ErasureState `json:"state"`
	RequestedAt time.Time         `json:"requested_at"`
	DecidedAt   *time.Time        `json:"decided_at,omitempty"`
	DoneAt      *time.Time        `json:"done_at,omitempty"`
	Note        string            `json:"note"`
	// Deferred tells that it is approved and has to wait; it is carried out by
	// itself later.
	Deferred bool `json:"deferred"`
	// CertificateURL is where the signed certificate is, once it is done.
	CertificateURL string `json:"certificate_url,omitempty"`
}

func erasureOf(e meta.Erasure) erasureView {
	v := erasureView{
		ID: e.ID, Recording: e.Recording, Part: e.Part, Basis: e.Basis, State: e.State, RequestedAt: e.RequestedAt,
		DecidedAt: e.DecidedAt, DoneAt: e.DoneAt, Note: e.Note, Deferred: e.State == meta.ErasureApproved,
	}
	if e.State == meta.ErasureDone {
		v.CertificateURL = wire.Root + "/erasures/" + string(e.ID) + "/certificate"
	}
	return v
}

// askErasure takes the wish to have a voice erased. Who spoke may ask for their own
// voice; a privacy officer orders any, and says why.
func (s *Server) askErasure(w http.ResponseWriter, r *http.Request) error {
	who, rec, err := s.about(r)
	if err == nil {
		err = s.stepUp(who)
	}
	if err != nil {
		return err
	}
	var body struct {
		Part string `json:"part"`
		Note string `json:"note"`
	}
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	e, err := s.newErasure(who, rec, body.Part, strings.TrimSpace(body.Note))
	if err != nil {
		return err
	}
	more := map[string]string{"erasure": string(e.ID), "part": e.Part, "state": string(e.State)}
	if err := s.auditRecording(r.Context(), "erasure.request", who, rec.ID, more); err != nil {
		return err
	}
	if err := s.cfg.Store.InsertErasure(r.Context(), e); err != nil {
		return err
	}
	if e, err = s.tryErasure(r.Context(), e); err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, erasureOf(e))
}

// newErasure is what somebody may ask for, or why they may not.
func (s *Server) newErasure(who auth.Identity, rec meta.Recording, part, note string) (meta.Erasure, error) {
	now := s.cfg.Now()
	e := meta.Erasure{
		ID: id.NewErasure(now), Recording: rec.ID, Part: part, Note: note, RequestedBy: who.Person, RequestedAt: now,
		Basis: meta.BasisPerson, State: meta.ErasureRequested,
	}
	leg, spoke := legOf(who, rec)
	own := [2]string{id.PartMember, id.PartExpert}[leg]
	switch {
	case spoke && (part == own || part == ""):
		e.Part = own
		if s.cfg.Access.SelfErasure {
			e.State, e.DecidedBy, e.DecidedAt = meta.ErasureApproved, who.Person, &now
		}
	case who.Role == auth.RolePrivacy && id.ValidPart(part) && note != "":
		e.Basis, e.State, e.DecidedBy, e.DecidedAt = meta.BasisOfficer, meta.ErasureApproved, who.Person, &now
	case who.Role == auth.RolePrivacy:
		return e, &problem.BadRequestError{Reason: "name the part (member, expert, or call for all of it) and give a note that says why"}
	default:
		return e, problem.ErrForbidden
	}
	if len(note) > meta.MaxNote {
		return e, &problem.BadRequestError{Reason: "the note is too long"}
	}
	return e, nil
}

// tryErasure carries an erasure out if it may be now. One that has to wait, or
// fails midway, is carried out by the sweeper later.
func (s *Server) tryErasure(ctx context.Context, e meta.Erasure) (meta.Erasure, error) {
	if e.State != meta.ErasureApproved {
		return e, nil
	}
	// It goes on when the client does not wait.
	done, err := s.cfg.Eraser.CarryOut(context.WithoutCancel(ctx), e.ID)
	switch {
	case errors.Is(err, meta.ErrHeld), errors.Is(err, destruction.ErrNotFinished):
		return e, nil
	case err != nil:
		s.cfg.Log.Error().Err(err).Str("erasure", string(e.ID)).Msg("erasure not complete; it is tried again")
		return s.cfg.Store.Erasure(ctx, e.ID)
	}
	return done, nil
}

// recordingErasures lists what was asked for of a recording: to privacy officers
// all, to who spoke what concerns their own voice.
func (s *Server) recordingErasures(w http.ResponseWriter, r *http.Request) error {
	who, rec, err := s.aboutToRead(r)
	if err != nil {
		return err
	}
	leg, spoke := legOf(who, rec)
	if !spoke && !overseer(who) {
		return problem.ErrForbidden
	}
	all, err := s.cfg.Store.Erasures(r.Context(), meta.ErasureFilter{Recording: rec.ID, Limit: meta.MaxLimit})
	if err != nil {
		return err
	}
	list := []erasureView{}
	for _, e := range all {
		if !spoke || e.Part == [2]string{id.PartMember, id.PartExpert}[leg] || e.Part == id.PartCall {
			list = append(list, erasureOf(e))
		}
	}
	return writeJSON(w, http.StatusOK, map[string]any{"erasures": list})
}

// listErasures shows privacy officers what is to be decided, or all.
func (s *Server) listErasures(w http.ResponseWriter, r *http.Request) error {
	who, err := s.caller(r)
	if err == nil && !overseer(who) {
		err = problem.ErrForbidden
	}
	if err != nil {
		return err
	}
	f := meta.ErasureFilter{Limit: maxPage}
	state := r.URL.Query().Get("state")
	switch known := meta.ErasureStates(); {
	case slices.Contains(known, meta.ErasureState(state)):
		f.States = []meta.ErasureState{meta.ErasureState(state)}
	case state != "":
		return &problem.BadRequestError{Reason: "state is requested, refused, approved, begun or done"}
	}
	l := s.listOf(r, who, state)
	after, err := l.place(r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	f.After = id.ErasureID(after)
	all, err := s.cfg.Store.Erasures(r.Context(), f)
	if err != nil {
		return err
	}
	page := struct {
		Erasures []erasureView `json:"erasures"`
		Next     string        `json:"next"`
	}{Erasures: []erasureView{}}
	for _, e := range all {
		page.Erasures = append(page.Erasures, erasureOf(e))
	}
	if len(all) == f.Limit {
		page.Next = l.next(string(all[len(all)-1].ID))
	}
	return writeJSON(w, http.StatusOK, page)
}

// decideErasure is a privacy officer's yes or no.
func (s *Server) decideErasure(w http.ResponseWriter, r *http.Request) error {
	who, err := s.caller(r)
	if err == nil {
		err = s.officer(who)
	}
	if err == nil {
		err = s.stepUp(who)
	}
	if err != nil {
		return err
	}
	e, err := s.erasure(r)
	if err != nil {
		return err
	}
	var body struct {
		Approve bool   `json:"approve"`
		Note    string `json:"note"`
	}
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	to, note := meta.ErasureRefused, strings.TrimSpace(body.Note)
	if body.Approve {
		to = meta.ErasureApproved
	} else if note == "" {
		return &problem.BadRequestError{Reason: "a refusal needs a note that the person can read"}
	}
	more := map[string]string{"erasure": string(e.ID), "to": string(to)}
	if err := s.auditRecording(r.Context(), "erasure.decide", who, e.Recording, more); err != nil {
		return err
	}
	if err := s.cfg.Store.DecideErasure(r.Context(), e.ID, to, who.Person, note, s.cfg.Now()); err != nil {
		return err
	}
	if e, err = s.cfg.Store.Erasure(r.Context(), e.ID); err != nil {
		return err
	}
	if e, err = s.tryErasure(r.Context(), e); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, erasureOf(e))
}

func (s *Server) erasure(r *http.Request) (meta.Erasure, error) {
	erasureID, err := id.ParseErasure(r.PathValue("id"))
	if err != nil {
		return meta.Erasure{}, err
	}
	return s.cfg.Store.Erasure(r.Context(), erasureID)
}

// certificate is the signed certificate of an erasure, for a privacy officer and
// whose voice it was.
func (s *Server) certificate(w http.ResponseWriter, r *http.Request) error {
	who, err := s.caller(r)
	if err != nil {
		return err
	}
	e, err := s.erasure(r)
	if err != nil {
		return err
	}
	rec, err := s.cfg.Store.Recording(r.Context(), e.Recording)
	if err != nil {
		return err
	}
	leg, spoke := legOf(who, rec)
	own := spoke && (e.Part == id.PartCall || e.Part == [2]string{id.PartMember, id.PartExpert}[leg])
	if !own && !overseer(who) || e.State != meta.ErasureDone {
		return problem.ErrNotFound
	}
	w.Header().Set("Content-Type", "application/jose")
	w.Header().Set("Content-Disposition", `attachment; filename="parley-erasure-`+string(e.ID)+`.jws"`)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(e.Certificate)) // the client may be gone; there is nobody to tell
	return nil
}

// aboutToRead is about for what only tells of a recording.
func (s *Server) aboutToRead(r *http.Request) (auth.Identity, meta.Recording, error) {
	who, err := s.caller(r)
	if err != nil {
		return who, meta.Recording{}, err
	}
	rec, err := s.mayRead(r, who)
	return who, rec, err
}

// about verifies the caller and finds the recording that a request is about.
func (s *Server) about(r *http.Request) (auth.Identity, meta.Recording, error) {
	who, err := s.caller(r)
	if err != nil {
		return who, meta.Recording{}, err
	}
	rec, err := s.maySee(r, who)
	return who, rec, err
}

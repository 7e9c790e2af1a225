package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"parley/recorder/manifest"
	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// recordingView is a recording as its listeners may see it.
type recordingView struct {
	ID        id.RecordingID `json:"id"`
	Call      id.CallID      `json:"call"`
	Member    wire.Person    `json:"member"`
	Expert    wire.Person    `json:"expert"`
	StartedAt time.Time      `json:"started_at"`
	LengthMs  int64          `json:"length_ms"`
	State     string         `json:"state"`
	Playable  bool           `json:"playable"`
	Clean     bool           `json:"clean"`
	// Notes are what is not clean, in words.
	Notes []string `json:"notes"`
	// Remarks are what a listener should know though nothing is missing.
	Remarks []string `json:"remarks"`
	// Held tells that a legal hold keeps it, and TrashedAt when it was set aside
	// since its time was over.
	Held      bool       `json:"held"`
	TrashedAt *time.Time `json:"trashed_at,omitempty"`
	// Erased are the voices that were erased: member, expert.
	Erased []string `json:"erased"`
	// Sound is how the call of one recording sounded, for who listens for its quality.
	Sound *callSound `json:"sound,omitempty"`
}

// erasedOf names the voices that were erased.
func erasedOf(erased [2]bool) []string {
	out := []string{}
	for leg, part := range [2]string{id.PartMember, id.PartExpert} {
		if erased[leg] {
			out = append(out, part)
		}
	}
	return out
}

func viewOf(r meta.Recording) recordingView {
	report := manifest.DecodeReport(r.Report)
	return recordingView{
		ID: r.ID, Call: r.CallID,
		Member:    wire.Person{ID: string(r.MemberID), Name: r.MemberName},
		Expert:    wire.Person{ID: string(r.ExpertID), Name: r.ExpertName},
		StartedAt: r.StartedAt, LengthMs: r.LengthMs, State: string(r.State),
		Playable: playable(r) == nil, Clean: report.Clean, Notes: append([]string{}, report.Notes...),
		Remarks: append([]string{}, report.Remarks...), Erased: erasedOf(r.Erased), Held: r.Held, TrashedAt: r.TrashedAt,
	}
}

const (
	defaultPage = 50
	maxPage     = 200
)

func (s *Server) listRecordings(w http.ResponseWriter, r *http.Request) error {
	who, err := s.caller(r)
	if err != nil {
		return err
	}
	l := s.listOf(r, who)
	f, err := filterOf(r, l)
	if err != nil {
		return err
	}
	switch who.Role {
	case auth.RoleQA:
		if s.cfg.Access.QANeedsAssignment { // not even as the place of the next page does another one show
			f.AssignedTo, f.AssignedAt = who.Person, s.cfg.Now()
		}
	case auth.RoleQALead, auth.RolePrivacy, auth.RoleAuditor:
	case auth.RoleMember, auth.RoleExpert:
		f.Participant = who.Person
	default:
		return problem.ErrForbidden
	}
	found, err := s.cfg.Store.Recordings(r.Context(), f)
	if err != nil {
		return err
	}
	more := len(found) == f.Limit
	page := struct {
		Recordings []recordingView `json:"recordings"`
		Next       string          `json:"next"`
	}{Recordings: make([]recordingView, 0, len(found))}
	for _, rec := range found {
		ok, err := s.allowedToRead(r.Context(), who, rec)
		if err != nil {
			return err
		}
		if ok {
			page.Recordings = append(page.Recordings, s.viewFor(who, rec))
		}
	}
	if more {
		page.Next = l.next(string(found[len(found)-1].ID))
	}
	return writeJSON(w, http.StatusOK, page)
}

func filterOf(r *http.Request, l list) (meta.RecordingFilter, error) {
	f := meta.RecordingFilter{Limit: defaultPage}
	if text := r.URL.Query().Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxPage {
			return f, &problem.BadRequestError{Reason: "limit must be a number from 1 to " + strconv.Itoa(maxPage)}
		}
		f.Limit = n
	}
	before, err := l.place(r.URL.Query().Get("before"))
	f.Before = id.RecordingID(before)
	return f, err
}

func (s *Server) oneRecording(w http.ResponseWriter, r *http.Request) error {
	who, err := s.caller(r)
	if err != nil {
		return err
	}
	rec, err := s.mayRead(r, who)
	if err != nil {
		return err
	}
	v := s.viewFor(who, rec)
	if reviews(who) {
		if v.Sound, err = s.soundOf(r.Context(), rec.CallID); err != nil {
			return err
		}
	}
	return writeJSON(w, http.StatusOK, v)
}

// maySee looks a recording up for somebody. A recording of other people's
// call does not exist for them, and the attempt is written down.
func (s *Server) maySee(r *http.Request, who auth.Identity) (meta.Recording, error) {
	return s.lookUp(r, who, s.allowed)
}

// mayRead is maySee for what only tells of a recording.
func (s *Server) mayRead(r *http.Request, who auth.Identity) (meta.Recording, error) {
	return s.lookUp(r, who, s.allowedToRead)
}

func (s *Server) lookUp(r *http.Request, who auth.Identity, allowed func(context.Context, auth.Identity, meta.Recording) (bool, error)) (meta.Recording, error) {
	recID, err := id.ParseRecording(r.PathValue("id"))
	if err != nil {
		return meta.Recording{}, problem.ErrNotFound
	}
	rec, err := s.cfg.Store.Recording(r.Context(), recID)
	if err != nil {
		return meta.Recording{}, err
	}
	if ok, err := allowed(r.Context(), who, rec); ok || err != nil {
		return rec, err
	}
	body := struct {
		Role  auth.Role `json:"role"`
		Route string    `json:"route"`
	}{who.Role, r.Pattern}
	if _, err := s.cfg.Store.AppendChain(r.Context(), AuditChain, "access.denied", string(recID), string(who.Person), body, s.cfg.Now()); err != nil {
		return meta.Recording{}, err
	}
	return meta.Recording{}, problem.ErrNotFound
}

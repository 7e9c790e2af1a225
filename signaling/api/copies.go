package api

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"parley/recorder/accesscopy"
	"parley/recorder/consent/ledger"
	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/storage/audit"
	"parley/storage/id"
)

// Copies makes people's copies of what is kept about them; *accesscopy.Builder
// does.
type Copies interface {
	Write(ctx context.Context, w io.Writer, s accesscopy.Subject, allow accesscopy.Allow) error
}

const (
	// maxCopies bounds the copies that are made at once; more are told to come back.
	maxCopies = 4
	// copyStall is for how long a client may take nothing of its copy.
	copyStall = time.Minute
	// kindPersonCopy is the kind of the audit entry about a copy as a whole.
	kindPersonCopy = "copy.person"
	copyReason     = "Access copy"
)

// copyRequest says whose copy is wanted; empty: the caller's.
type copyRequest struct {
	Person id.PersonID `json:"person"`
	Role   string      `json:"role"`
	Case   string      `json:"case"`
}

// makeCopy answers with an archive of what is kept about somebody: the caller, or
// whom a privacy officer names, with a case.
func (s *Server) makeCopy(w http.ResponseWriter, r *http.Request) error {
	who, err := s.caller(r)
	if err != nil {
		return err
	}
	var body copyRequest
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	subject, err := copySubject(who, body)
	if err == nil {
		err = s.stepUp(who)
	}
	if err != nil {
		return err
	}
	done, err := s.copier()
	if err != nil {
		return err
	}
	defer done()
	more := map[string]string{"of": subject.Role, "case": strings.TrimSpace(body.Case), "role": string(who.Role)}
	if _, err := s.cfg.Store.AppendChain(r.Context(), AuditChain, kindPersonCopy, string(subject.Person), string(who.Person), more, s.cfg.Now()); err != nil {
		return err
	}
	return s.sendCopy(w, r, who, subject, more["case"])
}

// copier takes a place among those who make archives; done gives it back.
func (s *Server) copier() (done func(), err error) {
	select {
	case s.copiers <- struct{}{}:
		return func() { <-s.copiers }, nil
	default:
		return nil, problem.ErrTooManyCopies
	}
}

// copySubject is whose copy somebody may have.
func copySubject(who auth.Identity, body copyRequest) (accesscopy.Subject, error) {
	switch who.Role {
	case auth.RoleMember, auth.RoleExpert:
		if body != (copyRequest{}) {
			return accesscopy.Subject{}, problem.ErrForbidden
		}
		return accesscopy.Subject{Person: who.Person, Role: string(who.Role)}, nil
	case auth.RolePrivacy:
	default:
		return accesscopy.Subject{}, problem.ErrForbidden
	}
	if strings.TrimSpace(body.Case) == "" || len(body.Case) > maxReasonBytes {
		return accesscopy.Subject{}, problem.ErrCaseMissing
	}
	_, err := id.ParsePerson(string(body.Person))
	if err != nil || body.Role != ledger.Member && body.Role != ledger.Expert {
		return accesscopy.Subject{}, &problem.BadRequestError{Reason: "name the person and their role, member or expert"}
	}
	return accesscopy.Subject{Person: body.Person, Role: body.Role}, nil
}

// sendCopy writes the archive.
func (s *Server) sendCopy(w http.ResponseWriter, r *http.Request, who auth.Identity, subject accesscopy.Subject, caseID string) error {
	allow := func(ctx context.Context, rec id.RecordingID) error {
		return s.auditRecording(ctx, audit.KindCopy, who, rec, map[string]string{"reason": copyReason, "case": caseID})
	}
	name := "parley-copy-" + s.cfg.Now().UTC().Format(time.DateOnly)
	return s.sendArchive(w, name, func(out io.Writer) error { return s.cfg.Copies.Write(r.Context(), out, subject, allow) })
}

// sendArchive answers with a ZIP archive of a name. One that cannot be made to its end
// breaks the connection, so that nobody takes it for whole.
func (s *Server) sendArchive(w http.ResponseWriter, name string, archive func(io.Writer) error) error {
	out := &patient{w: w, control: http.NewResponseController(w)}
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", `attachment; filename="`+name+`.zip"`)
	h.Set("Cache-Control", "no-store")
	err := archive(out)
	if err != nil && !out.begun {
		h.Del("Content-Disposition")
		return err
	}
	if err != nil {
		s.cfg.Log.Error().Err(err).Str("archive", name).Msg("an archive broke off")
		panic(http.ErrAbortHandler)
	}
	return nil
}

// patient waits for a client for as long as it takes something now and then.
type patient struct {
	w       io.Writer
	control *http.ResponseController
	begun   bool
}

// Write implements [io.Writer].
func (p *patient) Write(b []byte) (int, error) {
	p.begun = true
	if err := p.control.SetWriteDeadline(time.Now().Add(copyStall)); err != nil {
		return 0, err
	}
	return p.w.Write(b)
}

package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"

	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// Access is what the operator allows beyond what everybody may.
type Access struct {
	// SelfErasure lets people erase their own voice at once; without it a
	// privacy officer decides.
	SelfErasure bool
	// NamesForQA shows reviewers who spoke; without it they see pseudonyms.
	NamesForQA bool
	// QANeedsAssignment lets reviewers see and hear only what was assigned to
	// them.
	QANeedsAssignment bool
	// PeoplePlay is who of the two people may play the recording, by role.
	PeoplePlay [2]bool
	// PlayAfter is how long after the call the two people may play it.
	PlayAfter time.Duration
	// RatedFrom is how long two must have talked to rate the call.
	RatedFrom time.Duration
	// PseudonymKey makes pseudonyms; they are the same for one person each time.
	PseudonymKey []byte
}

// legOf is the place of somebody in a call, or false.
func legOf(who auth.Identity, rec meta.Recording) (leg int, ok bool) {
	switch {
	case who.Role == auth.RoleMember && who.Person == rec.MemberID:
		return 0, true
	case who.Role == auth.RoleExpert && who.Person == rec.ExpertID:
		return 1, true
	}
	return 0, false
}

// allowed says who may see that there is a recording: the two people who spoke,
// reviewers (what was assigned to them, where that is asked for), their leads,
// and privacy officers. Everybody else may not.
func (s *Server) allowed(ctx context.Context, who auth.Identity, rec meta.Recording) (bool, error) {
	switch who.Role {
	case auth.RolePrivacy, auth.RoleQALead:
		return true, nil
	case auth.RoleQA:
		if !s.cfg.Access.QANeedsAssignment {
			return true, nil
		}
		return s.cfg.Store.Assigned(ctx, who.Person, rec.ID, s.cfg.Now())
	}
	_, spoke := legOf(who, rec)
	return spoke, nil
}

// allowedToRead says who may read about a recording: whoever is allowed to see it,
// and auditors.
func (s *Server) allowedToRead(ctx context.Context, who auth.Identity, rec meta.Recording) (bool, error) {
	if who.Role == auth.RoleAuditor {
		return true, nil
	}
	return s.allowed(ctx, who, rec)
}

// mayPlay tells why somebody who may see a recording may not play it now, or nil.
func (s *Server) mayPlay(who auth.Identity, rec meta.Recording) error {
	if err := playable(rec); err != nil {
		return err
	}
	if who.Role == auth.RoleAuditor {
		return problem.ErrForbidden
	}
	leg, spoke := legOf(who, rec)
	if !spoke {
		return nil
	}
	ended := rec.StartedAt.Add(time.Duration(rec.LengthMs) * time.Millisecond)
	switch a := s.cfg.Access; {
	case !a.PeoplePlay[leg]:
		return problem.ErrPlayNotOffered
	case a.PlayAfter > 0 && s.cfg.Now().Before(ended.Add(a.PlayAfter)):
		return problem.ErrTooEarly
	}
	return nil
}

// needsReason tells why somebody must say more before listening, or nil: a
// reviewer a reason, a privacy officer the case.
func needsReason(who auth.Identity, reason, caseID string) error {
	switch {
	case len(reason) > maxReasonBytes || len(caseID) > maxReasonBytes:
		return &problem.BadRequestError{Reason: "the reason is too long"}
	case (who.Role == auth.RoleQA || who.Role == auth.RoleQALead) && reason == "":
		return problem.ErrReasonMissing
	case who.Role == auth.RolePrivacy && caseID == "":
		return problem.ErrCaseMissing
	}
	return nil
}

// viewFor is a recording as one caller may see it.
func (s *Server) viewFor(who auth.Identity, rec meta.Recording) recordingView {
	v := viewOf(rec)
	v.Playable = s.mayPlay(who, rec) == nil
	if who.Role == auth.RoleQA && !s.cfg.Access.NamesForQA || who.Role == auth.RoleAuditor {
		v.Member, v.Expert = s.pseudonym("Member", rec.MemberID), s.pseudonym("Expert", rec.ExpertID)
	}
	if _, spoke := legOf(who, rec); spoke {
		v.Held = false // who asks for erasure is told that it waits, and not of cases
	}
	return v
}

// pseudonym stands for a person, the same each time, and tells nobody who it is.
func (s *Server) pseudonym(kind string, p id.PersonID) wire.Person {
	mac := hmac.New(sha256.New, s.cfg.Access.PseudonymKey)
	_, _ = mac.Write([]byte(p)) // a hash never fails
	short := base32.StdEncoding.EncodeToString(mac.Sum(nil))[:6]
	return wire.Person{ID: "p-" + strings.ToLower(short), Name: kind + " " + short}
}

// officer verifies the token of a privacy officer.
func (s *Server) officer(who auth.Identity) error {
	if who.Role != auth.RolePrivacy {
		return problem.ErrForbidden
	}
	return nil
}

// overseer is a privacy officer, or an auditor, who changes nothing.
func overseer(who auth.Identity) bool {
	return who.Role == auth.RolePrivacy || who.Role == auth.RoleAuditor
}

// auditRecording writes down what is about to be done with a recording.
func (s *Server) auditRecording(ctx context.Context, kind string, who auth.Identity, rec id.RecordingID, more map[string]string) error {
	more["role"] = string(who.Role)
	_, err := s.cfg.Store.AppendChain(ctx, AuditChain, kind, string(rec), string(who.Person), more, s.cfg.Now())
	return err
}

package api

import (
	"context"
	"net/http"
	"time"

	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/storage/id"
	"parley/storage/meta"
)

// Revoker takes tokens back.
type Revoker interface {
	RevokeToken(ctx context.Context, token string, expires time.Time, by id.PersonID) (meta.Revocation, error)
	RevokePerson(ctx context.Context, p id.PersonID, issued time.Time, by id.PersonID) (meta.Revocation, error)
}

// EndRevoked closes the players and ends the requests of everybody whose token
// was taken back.
func (s *Server) EndRevoked() {
	s.plays.end(func(who auth.Identity) bool { return s.cfg.Tokens.Still(who) != nil })
	s.guests.end()
}

// end closes the plays of people.
func (p *plays) end(whose func(auth.Identity) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, x := range p.open {
		if whose(x.who) {
			x.cancel() // what is being read ends, too
			p.removeLocked(x)
		}
	}
}

// custodian verifies the token of who looks after accounts: the platform's backend,
// or an administrator.
func (s *Server) custodian(r *http.Request) (auth.Identity, error) {
	who, err := s.caller(r)
	if err == nil && who.Role != auth.RoleService && who.Role != auth.RoleAdmin {
		err = problem.ErrForbidden
	}
	return who, err
}

// revokeBody is what a platform asks for.
type revokeBody struct {
	Person       string     `json:"person"`
	IssuedBefore *time.Time `json:"issued_before"`
	Token        string     `json:"token_id"`
	ExpiresAt    *time.Time `json:"expires_at"`
}

// fault tells what is wrong with it, or nothing.
func (r revokeBody) fault(now time.Time) string {
	_, noPerson := id.ParsePerson(r.Person)
	switch {
	case (r.Person == "") == (r.Token == ""):
		return "give either person or token_id"
	case r.Person != "" && (noPerson != nil || r.ExpiresAt != nil):
		return "person must be an id as tokens have it, and issued_before is all that goes with it"
	case r.Token != "" && (len(r.Token) > auth.MaxIDBytes || r.IssuedBefore != nil):
		return "token_id must be the jti of a token, and expires_at is all that goes with it"
	case r.IssuedBefore != nil && r.IssuedBefore.After(now.Add(time.Minute)):
		return "issued_before must not lie ahead"
	case r.ExpiresAt != nil && !r.ExpiresAt.After(now):
		return "expires_at is over: the token is good no more"
	}
	return ""
}

// revoke takes a token back, or all that a person had so far.
func (s *Server) revoke(w http.ResponseWriter, r *http.Request) error {
	who, err := s.custodian(r)
	if err != nil {
		return err
	}
	var body revokeBody
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	if fault := body.fault(s.cfg.Now()); fault != "" {
		return &problem.BadRequestError{Reason: fault}
	}
	done, err := s.takeBack(r.Context(), who, body)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, struct {
		Kind      string    `json:"kind"`
		Subject   string    `json:"subject"`
		ExpiresAt time.Time `json:"expires_at"`
	}{done.Kind, done.Subject, done.ExpiresAt.UTC()})
}

// takeBack writes it down first.
func (s *Server) takeBack(ctx context.Context, who auth.Identity, r revokeBody) (meta.Revocation, error) {
	kind, subject := meta.RevokedToken, r.Token
	if r.Person != "" {
		kind, subject = meta.RevokedPerson, r.Person
	}
	_, err := s.cfg.Store.AppendChain(ctx, AuditChain, "token.revoke", subject, string(who.Person), map[string]string{"kind": kind}, s.cfg.Now())
	if err != nil {
		return meta.Revocation{}, err
	}
	if kind == meta.RevokedPerson {
		issued := s.cfg.Now()
		if r.IssuedBefore != nil {
			issued = *r.IssuedBefore
		}
		return s.cfg.Revoker.RevokePerson(ctx, id.PersonID(r.Person), issued, who.Person)
	}
	var expires time.Time
	if r.ExpiresAt != nil {
		expires = *r.ExpiresAt
	}
	return s.cfg.Revoker.RevokeToken(ctx, r.Token, expires, who.Person)
}

// releaseAccount lets a human have another account in a cluster of experts.
func (s *Server) releaseAccount(w http.ResponseWriter, r *http.Request) error {
	who, err := s.custodian(r)
	if err != nil {
		return err
	}
	human, cluster := r.PathValue("human"), r.URL.Query().Get("cluster")
	_, err = s.cfg.Store.AppendChain(r.Context(), AuditChain, "account.release", human, string(who.Person), map[string]string{"cluster": cluster}, s.cfg.Now())
	if err != nil {
		return err
	}
	if err := s.cfg.Store.ReleaseAccount(r.Context(), human, cluster); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

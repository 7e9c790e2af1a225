package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/signaling/auth"
	"parley/signaling/limit"
	"parley/signaling/problem"
	"parley/signaling/staff"
	"parley/signaling/wire"
)

// SignIn lets staff sign in at an OpenID provider; *staff.Provider is one.
type SignIn interface {
	Begin(ctx context.Context, fresh bool, returnTo string) (address, sealed string, err error)
	Finish(ctx context.Context, sealed string, answer url.Values) (staff.Login, error)
}

// Staff configures sessions of those who sign in at an OpenID provider.
type Staff struct {
	SignIn SignIn
	// Key signs the tokens that browsers keep in Cookie for Life.
	Key    auth.Key
	Cookie auth.Cookie
	Life   time.Duration
	// Fresh is how long ago somebody may have proved who they are when they erase
	// or export.
	Fresh time.Duration
}

const (
	staffRoot = wire.Root + "/staff"
	// staffLogin is where the page sends people to sign in.
	staffLogin = staffRoot + "/login"
)

func (s *Server) staffRoutes() {
	if s.cfg.Staff == nil {
		return
	}
	s.route("GET", "/staff/login", s.beginSignIn)
	s.route("GET", "/staff/callback", s.finishSignIn)
	s.route("GET", "/staff/session", s.staffSession)
	s.route("POST", "/staff/signout", s.signOut)
}

// loginCookie holds what must be remembered while somebody is at the provider. It
// is sent along when the provider sends people back, so it cannot be Strict.
func (s *Server) loginCookie(value string, life time.Duration) *http.Cookie {
	c := &http.Cookie{
		Name: "__Secure-parley_login", Value: value, Path: staffRoot, MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode,
	}
	if s.cfg.Staff.Cookie.Insecure {
		c.Name, c.Secure = "parley_login", false
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// beginSignIn sends a browser to the provider.
func (s *Server) beginSignIn(w http.ResponseWriter, r *http.Request) error {
	if err := s.cfg.Limits.SignIn.Address(limit.Remote(r)); err != nil {
		return err
	}
	q := r.URL.Query()
	address, sealed, err := s.cfg.Staff.SignIn.Begin(r.Context(), q.Get("fresh") == "1", localPath(q.Get("return")))
	if err != nil {
		return s.sendBack(w, r, err)
	}
	http.SetCookie(w, s.loginCookie(sealed, staff.LoginWithin))
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// localPath keeps sign-ins from being used to lead people to other sites.
func localPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\t\r\n") {
		return "/"
	}
	return path
}

// finishSignIn takes a browser back from the provider; who it is is written down
// before the session begins.
func (s *Server) finishSignIn(w http.ResponseWriter, r *http.Request) error {
	http.SetCookie(w, s.loginCookie("", 0)) // one attempt, one answer
	sealed := ""
	if c, err := r.Cookie(s.loginCookie("", 0).Name); err == nil {
		sealed = c.Value
	}
	login, err := s.cfg.Staff.SignIn.Finish(r.Context(), sealed, r.URL.Query())
	if err == nil {
		err = s.cfg.Limits.SignIn.Person(login.Person)
	}
	if err != nil {
		return s.sendBack(w, r, err)
	}
	now := s.cfg.Now()
	who := auth.Identity{
		Person: login.Person, Role: login.Role, Name: login.Name, AuthTime: login.AuthTime, Expires: now.Add(s.cfg.Staff.Life),
	}
	token, err := auth.Mint(s.cfg.Staff.Key, who, now)
	if err != nil {
		return err
	}
	if err := s.auditStaff(r.Context(), "staff.sign-in", who); err != nil {
		return err
	}
	s.cfg.Staff.Cookie.Set(w, token, s.cfg.Staff.Life)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, login.Return, http.StatusSeeOther)
	return nil
}

// sendBack leads a browser whose sign-in failed to the page, which says so.
func (s *Server) sendBack(w http.ResponseWriter, r *http.Request, err error) error {
	why := "failed"
	var often *limit.ExceededError
	switch {
	case errors.Is(err, staff.ErrNoRole):
		why = "no-role"
	case errors.Is(err, staff.ErrUnavailable):
		why = "unavailable"
	case errors.As(err, &often):
		return err
	}
	s.cfg.Log.Warn().Err(err).Msg("a sign-in of staff failed")
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/?sign_in="+why, http.StatusSeeOther)
	return nil
}

// staffSession tells the page who its cookie names.
func (s *Server) staffSession(w http.ResponseWriter, r *http.Request) error {
	who, err := s.fromCookie(r)
	if err != nil {
		return err
	}
	type person struct {
		ID   string    `json:"id"`
		Role auth.Role `json:"role"`
		Name string    `json:"name"`
	}
	return writeJSON(w, http.StatusOK, struct {
		Token     string    `json:"token"`
		ExpiresAt time.Time `json:"expires_at"`
		Person    person    `json:"person"`
	}{auth.CookieToken, who.Expires.UTC(), person{string(who.Person), who.Role, who.Name}})
}

// fromCookie verifies the token of a request that must be in the cookie.
func (s *Server) fromCookie(r *http.Request) (auth.Identity, error) {
	if r.Header.Get("Authorization") != "Bearer "+auth.CookieToken {
		return auth.Identity{}, problem.ErrUnauthenticated
	}
	return s.caller(r)
}

// signOut ends a session here and wherever its token may have got to.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	who, err := s.fromCookie(r)
	if err != nil {
		return err
	}
	if err := s.auditStaff(r.Context(), "staff.sign-out", who); err != nil {
		return err
	}
	if _, err := s.cfg.Revoker.RevokeToken(r.Context(), who.Token, who.Expires, who.Person); err != nil {
		return err
	}
	s.cfg.Staff.Cookie.Set(w, "", 0)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) auditStaff(ctx context.Context, kind string, who auth.Identity) error {
	_, err := s.cfg.Store.AppendChain(ctx, AuditChain, kind, string(who.Person), string(who.Person), map[string]string{"role": string(who.Role)}, s.cfg.Now())
	return err
}

// stepUp refuses staff who have not proved a short while ago who they are. Where
// they do not sign in at a provider that is the platform's affair.
func (s *Server) stepUp(who auth.Identity) error {
	if s.cfg.Staff == nil || !staff.MayBe(who.Role) || s.cfg.Now().Sub(who.AuthTime) <= s.cfg.Staff.Fresh {
		return nil
	}
	return problem.ErrStepUp
}

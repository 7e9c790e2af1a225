package api

import (
	"net/http"
	"time"

	"parley/signaling/auth"
	"parley/signaling/limit"
	"parley/signaling/problem"
	"parley/storage/id"
)

// Demo lets anybody be one of a handful of made-up people. It must never run
// where real people are.
type Demo struct {
	People []DemoPerson
	Key    auth.Key
}

// DemoPerson is somebody whom a visitor of the demo may be.
type DemoPerson struct {
	ID        id.PersonID `json:"id"`
	Role      auth.Role   `json:"role"`
	Name      string      `json:"name"`
	Headline  string      `json:"headline"`
	Place     string      `json:"place"`
	PlaceName string      `json:"place_name"`
	Language  string      `json:"-"`
}

// demoLife is how long a demo token is good.
const demoLife = 12 * time.Hour

func (s *Server) demoPeople(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, map[string]any{"people": s.cfg.Demo.People})
}

func (s *Server) demoSession(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Person id.PersonID `json:"person"`
	}
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	if err := s.cfg.Limits.SignIn.Address(limit.Remote(r)); err != nil {
		return err
	}
	for _, p := range s.cfg.Demo.People {
		if p.ID == body.Person {
			if err := s.cfg.Limits.SignIn.Person(p.ID); err != nil {
				return err
			}
			return s.mintDemo(w, p)
		}
	}
	return &problem.BadRequestError{Reason: "there is no such demo person"}
}

func (s *Server) mintDemo(w http.ResponseWriter, p DemoPerson) error {
	now := s.cfg.Now()
	who := p.identity(now.Add(demoLife))
	token, err := auth.Mint(s.cfg.Demo.Key, who, now)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct {
		Token     string     `json:"token"`
		ExpiresAt time.Time  `json:"expires_at"`
		Person    DemoPerson `json:"person"`
	}{token, who.Expires.UTC(), p})
}

func (p DemoPerson) identity(expires time.Time) auth.Identity {
	who := auth.Identity{
		Person: p.ID, Role: p.Role, Name: p.Name, Headline: p.Headline,
		Adult: true, Expires: expires,
	}
	if p.Language != "" {
		who.Languages = []string{p.Language}
	}
	if p.Place != "" {
		who.Places = []auth.Place{{Code: p.Place, Source: "declared"}}
	}
	return who
}

package staff

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"parley/signaling/auth"
	"parley/storage/id"
)

// personPrefix keeps the provider's people apart from the platform's.
const personPrefix = "oidc:"

const maxName = 200

// login reads who an ID token names, and whether they have just proved it if
// that was asked for.
func (p *Provider) login(token *oidc.IDToken, began attempt) (Login, error) {
	var claims map[string]any
	if err := token.Claims(&claims); err != nil {
		return Login{}, fmt.Errorf("%w: claims: %w", ErrFailed, err)
	}
	person, err := id.ParsePerson(personPrefix + token.Subject)
	if err != nil || token.Subject == "" {
		return Login{}, fmt.Errorf("%w: the subject is no id", ErrFailed)
	}
	l := Login{Person: person, Name: nameIn(claims), AuthTime: timeIn(claims["auth_time"]), Return: began.Return}
	if began.Fresh && l.AuthTime.Before(began.At.Add(-leeway)) {
		return Login{}, fmt.Errorf("%w: the person did not sign in anew", ErrFailed)
	}
	if l.AuthTime.After(p.cfg.Now().Add(leeway)) {
		return Login{}, fmt.Errorf("%w: signed in at a time that is to come", ErrFailed)
	}
	l.Role = roleOf(p.cfg.Roles, groupsIn(claims, p.cfg.RoleClaim))
	if l.Role == "" {
		return Login{}, ErrNoRole
	}
	return l, nil
}

// roleOf is the role of the first mapping that fits.
func roleOf(roles []Mapping, groups []string) auth.Role {
	for _, m := range roles {
		for _, g := range groups {
			if g == m.Group {
				return m.Role
			}
		}
	}
	return ""
}

// groupsIn finds the groups that a claim holds: one text or a list of them.
func groupsIn(claims map[string]any, path string) (groups []string) {
	var at any = claims
	if direct, ok := claims[path]; ok { // such as https://example.com/roles
		at = direct
	} else {
		for _, part := range strings.Split(path, ".") {
			object, ok := at.(map[string]any)
			if !ok {
				return nil
			}
			at = object[part]
		}
	}
	switch at := at.(type) {
	case string:
		return []string{at}
	case []any:
		for _, g := range at {
			if text, ok := g.(string); ok {
				groups = append(groups, text)
			}
		}
	}
	return groups
}

// nameIn is what others are shown.
func nameIn(claims map[string]any) string {
	var names [3]string
	for i, claim := range []string{"name", "preferred_username", "email"} {
		names[i], _ = claims[claim].(string)
	}
	name := cmp.Or(names[0], names[1], names[2], "Staff")
	return strings.ToValidUTF8(name[:min(len(name), maxName)], "")
}

func timeIn(claim any) time.Time {
	seconds, ok := claim.(float64)
	if !ok || seconds < 0 || seconds > 1e11 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}

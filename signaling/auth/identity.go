package auth

import (
	"fmt"
	"time"

	"parley/storage/id"
)

// Role is what a person may do.
type Role string

// The roles of this version.
const (
	RoleMember Role = "member"
	RoleExpert Role = "expert"
	RoleQA     Role = "qa"
	// RoleQALead assigns recordings to reviewers, and listens with a reason as
	// they do.
	RoleQALead Role = "qa-lead"
	// RolePrivacy is a privacy officer: holds, erasures, access copies. They
	// listen only with the id of a case.
	RolePrivacy Role = "privacy"
	// RoleAdmin looks after accounts: takes tokens back, sees who is blocked and
	// reported. They see and hear no recordings.
	RoleAdmin Role = "admin"
	// RoleAuditor reads who did what with recordings, and changes and hears nothing.
	RoleAuditor Role = "auditor"
	// RoleService is a platform's backend. It is no person: it takes no part in
	// calls and listens to no recordings.
	RoleService Role = "service"
)

func (r Role) valid() bool {
	switch r {
	case RoleMember, RoleExpert, RoleQA, RoleQALead, RolePrivacy, RoleAdmin, RoleAuditor, RoleService:
		return true
	}
	return false
}

// Place is what is known of where a person is. Code is ISO 3166-1 alpha-2 or
// ISO 3166-2. In a token Source is one of declared, billing, phone, geo, ip.
type Place struct {
	Code   string `json:"code"`
	Source string `json:"source"`
	// Hidden marks the place of a VPN, Tor or data-centre address.
	Hidden bool `json:"vpn,omitempty"`
}

// Sources of places that no token gives but the server adds.
const (
	SourceStated  = "stated"   // the person said so when signing in
	SourceEarlier = "previous" // from the person's earlier calls
)

// Identity is a verified person.
type Identity struct {
	Person    id.PersonID
	Role      Role
	Name      string
	Headline  string
	Languages []string
	Places    []Place
	// Age in whole years; nil when the platform does not tell. Adult is its
	// word that the person is of age.
	Age   *int
	Adult bool
	// Human is the platform's id of the human being behind the account, and
	// Cluster the group of experts in which that human may have one account.
	// Empty: the platform does not tell.
	Human   string
	Cluster string
	// Address and Device stand for the network address and the browser that the
	// person came from, the same on every node; empty: not known. They tell
	// nothing of either.
	Address, Device string
	// Token is the id of the token (jti) and Issued its iat; either may be
	// missing in a token that a platform has made.
	Token  string
	Issued time.Time
	// AuthTime is when the person last proved who they are; zero: nobody tells.
	AuthTime time.Time
	Expires  time.Time
}

const (
	maxNameBytes = 200
	// MaxIDBytes bounds the id of a token (jti) and of a key (kid).
	MaxIDBytes       = 128
	maxHeadlineBytes = 400
	maxListEntries   = 16
)

func (i Identity) validate() error {
	if _, err := id.ParsePerson(string(i.Person)); err != nil {
		return fmt.Errorf("sub: %w", err)
	}
	switch {
	case !i.Role.valid():
		return fmt.Errorf("role %.20q is not member, expert, qa, qa-lead, privacy, admin, auditor or service", i.Role)
	case i.Name == "" || len(i.Name) > maxNameBytes:
		return fmt.Errorf("name must have 1 to %d bytes", maxNameBytes)
	case len(i.Headline) > maxHeadlineBytes:
		return fmt.Errorf("headline must have at most %d bytes", maxHeadlineBytes)
	case len(i.Languages) > maxListEntries || len(i.Places) > maxListEntries:
		return fmt.Errorf("at most %d languages and places", maxListEntries)
	case len(i.Token) > MaxIDBytes:
		return fmt.Errorf("jti must have at most %d bytes", MaxIDBytes)
	case !isID(i.Human) || !isID(i.Cluster):
		return fmt.Errorf("person_id and cluster are written like sub")
	case i.Age != nil && (*i.Age < 0 || *i.Age > 150):
		return fmt.Errorf("age %d is not an age", *i.Age)
	}
	return nil
}

// isID tells whether a text is empty or written like a person's id.
func isID(text string) bool {
	if text == "" {
		return true
	}
	_, err := id.ParsePerson(text)
	return err == nil
}

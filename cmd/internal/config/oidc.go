package config

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"parley/signaling/auth"
	"parley/signaling/staff"
)

// OIDC configures where staff sign in.
type OIDC struct {
	Issuer       string        `help:"Address of an OpenID provider at which staff sign in, https://…; empty: staff have tokens like everybody." env:"ISSUER"`
	ClientID     string        `help:"Id of this server at the provider." name:"client-id" env:"CLIENT_ID"`
	ClientSecret Secret        `help:"Secret of this server at the provider. Use the environment." env:"CLIENT_SECRET"`
	Redirect     string        `help:"Address to which the provider sends people back: this server's own, https://…/api/v1/staff/callback." env:"REDIRECT"`
	Scope        []string      `help:"Scopes to ask for beside openid." default:"profile,email" env:"SCOPE"`
	RoleClaim    string        `help:"Claim of the ID token with a person's groups, such as roles, groups or realm_access.roles." default:"roles" env:"ROLE_CLAIM"`
	Role         []string      `help:"Group and the role it gives, such as qa-team=qa; may be given more than once, the first that fits counts. Roles: qa, qa-lead, privacy, admin, auditor." env:"ROLE"`
	Session      time.Duration `help:"How long a sign-in is good." default:"8h" env:"SESSION"`
	StepUp       time.Duration `help:"How long ago somebody may have signed in who erases or exports." default:"5m" env:"STEP_UP"`
}

// Mappings are the groups with the roles that they give.
func (o OIDC) Mappings() (roles []staff.Mapping, err error) {
	for _, text := range o.Role {
		i := strings.LastIndex(text, "=")
		if i < 1 || !staff.MayBe(auth.Role(text[i+1:])) {
			return nil, fmt.Errorf("--oidc-role %q: must be a group and a role of staff, such as qa-team=qa", text)
		}
		roles = append(roles, staff.Mapping{Group: text[:i], Role: auth.Role(text[i+1:])})
	}
	return roles, nil
}

// Local tells whether browsers reach this server by http:// on this machine.
func (o OIDC) Local() bool { return strings.HasPrefix(o.Redirect, "http://") }

// faults are what is wrong with the flags themselves.
func (o OIDC) faults(longest time.Duration) (faults []error) {
	if o.Issuer == "" {
		return nil
	}
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if o.ClientID == "" || o.ClientSecret == "" || o.Redirect == "" || len(o.Role) == 0 {
		fault("--oidc-issuer needs --oidc-client-id, a secret in PARLEY_OIDC_CLIENT_SECRET, --oidc-redirect and --oidc-role")
	}
	for flag, address := range map[string]string{"--oidc-issuer": o.Issuer, "--oidc-redirect": o.Redirect} {
		if address != "" && !private(address) {
			fault("%s %q: must be https://…, or http:// on this machine", flag, address)
		}
	}
	if u, err := url.Parse(o.Redirect); o.Redirect != "" && (err != nil || u.Path != staff.CallbackPath || u.RawQuery != "") {
		fault("--oidc-redirect %q: its path must be %s", o.Redirect, staff.CallbackPath)
	}
	if _, err := o.Mappings(); err != nil {
		faults = append(faults, err)
	}
	if o.Session < time.Minute || o.Session > longest || o.StepUp < 10*time.Second {
		fault("--oidc-session %s must be 1m to --token-max-life, --oidc-step-up %s at least 10s", o.Session, o.StepUp)
	}
	return faults
}

// private tells whether nobody on the way can read what is sent to an address.
func private(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	local := u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && local
}

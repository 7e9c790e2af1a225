package config

import (
	"fmt"
	"net/netip"
	"time"

	"parley/signaling/limit"
)

// Limits configure how often a person and a network address may do something.
type Limits struct {
	SignIn          limit.Rate `help:"Sign-ins of a person: so many at once, and that many again within the time; off: any number." default:"120/1m" name:"signin" env:"SIGNIN"`
	SignInAddress   limit.Rate `help:"Sign-ins from an address." default:"1200/1m" name:"signin-address" env:"SIGNIN_ADDRESS"`
	Calls           limit.Rate `help:"Calls that a person starts." default:"30/1m" env:"CALLS"`
	CallsAddress    limit.Rate `help:"Calls that are started from an address." default:"300/1m" env:"CALLS_ADDRESS"`
	Messages        limit.Rate `help:"Messages of a person on sockets; hanging up and saying no to a recording are never refused." default:"1200/1m" env:"MESSAGES"`
	MessagesAddress limit.Rate `help:"Messages from an address." default:"12000/1m" env:"MESSAGES_ADDRESS"`
	TURN            limit.Rate `help:"Relayed addresses that a person opens." default:"60/1m" name:"turn" env:"TURN"`
	TURNAddress     limit.Rate `help:"Relayed addresses that are opened from an address." default:"600/1m" name:"turn-address" env:"TURN_ADDRESS"`
	API             limit.Rate `help:"Requests of a person or backend." default:"3000/1m" name:"api" env:"API"`
	APIAddress      limit.Rate `help:"Requests from an address." default:"12000/1m" name:"api-address" env:"API_ADDRESS"`
	Checks          limit.Rate `help:"Connections that a person tries before a call; one check tries five ways." default:"60/10m" env:"CHECKS"`
	ChecksAddress   limit.Rate `help:"Connections that are tried from an address." default:"600/10m" env:"CHECKS_ADDRESS"`
}

// Rates are the limits as their package takes them.
func (l Limits) Rates(now func() time.Time) limit.Config {
	return limit.Config{
		SignIn: limit.Rates{Person: l.SignIn, Address: l.SignInAddress}, Calls: limit.Rates{Person: l.Calls, Address: l.CallsAddress},
		Messages: limit.Rates{Person: l.Messages, Address: l.MessagesAddress}, TURN: limit.Rates{Person: l.TURN, Address: l.TURNAddress},
		API:    limit.Rates{Person: l.API, Address: l.APIAddress},
		Checks: limit.Rates{Person: l.Checks, Address: l.ChecksAddress}, Now: now,
	}
}

// Proxies are those in front of the server.
type Proxies struct {
	TrustedProxy []string `help:"Address or network of a proxy that tells the client's address in X-Forwarded-For; may be given more than once." env:"PARLEY_TRUSTED_PROXY"`
}

// Networks are the trusted proxies.
func (p Proxies) Networks() (networks []netip.Prefix, err error) {
	for _, text := range p.TrustedProxy {
		n, err := netip.ParsePrefix(text)
		if a, aErr := netip.ParseAddr(text); aErr == nil {
			n, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("--trusted-proxy %q: must be an address, or a network such as 10.0.0.0/8", text)
		}
		networks = append(networks, n)
	}
	return networks, nil
}

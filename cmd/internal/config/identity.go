package config

import (
	"fmt"
	"strings"
	"time"

	"parley/signaling/auth"
)

// Identity configures whose tokens are accepted.
type Identity struct {
	APIKey   Secret        `help:"API key pair id:secret whose tokens are accepted (secret of 32 bytes or more); several apart by spaces, while keys are changed: the first signs. Empty makes one." env:"PARLEY_API_KEY"`
	JWKS     string        `help:"File or https:// address of the platform's JSON Web Key Set, whose tokens by ES256, EdDSA and RS256 are accepted." name:"jwks" env:"PARLEY_JWKS"`
	Audience string        `help:"Audience (aud) that each token must name." name:"token-audience" default:"parley" env:"PARLEY_TOKEN_AUDIENCE"`
	Leeway   time.Duration `help:"By how much the clock of who signs tokens may be off." name:"token-leeway" default:"30s" env:"PARLEY_TOKEN_LEEWAY"`
	MaxLife  time.Duration `help:"For how long a token may be good, from iat to exp; others are refused." name:"token-max-life" default:"720h" env:"PARLEY_TOKEN_MAX_LIFE"`
}

// Pairs are the API key pairs that are configured; the first one signs.
func (i Identity) Pairs() ([]auth.Key, error) {
	var pairs []auth.Key
	for _, text := range strings.Fields(string(i.APIKey)) {
		id, secret, ok := strings.Cut(text, ":")
		if !ok || id == "" {
			return nil, fmt.Errorf("each API key must have the form id:secret; several are apart by spaces")
		}
		pairs = append(pairs, auth.Key{ID: id, Secret: auth.Secret(secret), Audience: i.Audience})
	}
	return pairs, nil
}

// Life is how long a token may be taken after it was issued.
func (i Identity) Life() time.Duration { return i.MaxLife + 2*i.Leeway }

// faults are what is wrong with the flags themselves.
func (i Identity) faults() (faults []error) {
	if _, err := i.Pairs(); err != nil {
		faults = append(faults, err)
	}
	if err := auth.CheckKeySource(i.JWKS); err != nil {
		faults = append(faults, fmt.Errorf("--jwks %q: %w", i.JWKS, err))
	}
	if i.Audience == "" {
		faults = append(faults, fmt.Errorf("--token-audience must not be empty"))
	}
	if i.Leeway < 0 || i.Leeway > 5*time.Minute || i.MaxLife < time.Minute {
		faults = append(faults, fmt.Errorf("--token-leeway %s must be 0s to 5m, --token-max-life %s at least 1m", i.Leeway, i.MaxLife))
	}
	return faults
}

package config

import (
	"fmt"

	"parley/recorder/consent"
)

// Rules name the rules of consent; without any, the shipped table holds.
type Rules struct {
	Table         string `help:"YAML table of consent rules instead of the shipped one; it may only be stricter." name:"consent-table" env:"PARLEY_CONSENT_TABLE" type:"path"`
	Overlay       string `help:"YAML file with stricter entries and your counsel's reviews on top of the table." name:"consent-overlay" env:"PARLEY_CONSENT_OVERLAY" type:"path"`
	RequireReview bool   `help:"Count every entry that your counsel has not reviewed as an unknown place, the strictest." env:"PARLEY_REQUIRE_REVIEW"`
}

// Consent configures what decides about recordings.
type Consent struct {
	Rules
	Policy        string `help:"YAML file with the operator's switches: minors, ages, purposes, withdrawal, tones." name:"consent-policy" env:"PARLEY_CONSENT_POLICY" type:"path"`
	Words         string `help:"Folder with wordings of more languages, one file such as it.yaml each." name:"consent-words" env:"PARLEY_CONSENT_WORDS" type:"path"`
	ServerPlace   string `help:"Where this server records, such as DE or US-CA; its law counts for every call." env:"PARLEY_SERVER_PLACE"`
	GeoIP         string `help:"File in MaxMind's format, such as GeoLite2-City.mmdb, that tells places from addresses." name:"geoip" env:"PARLEY_GEOIP" type:"path"`
	GeoIPHidden   string `help:"File of the layout of GeoIP2-Anonymous-IP that tells VPN, Tor and data-centre addresses." name:"geoip-anonymous" env:"PARLEY_GEOIP_ANONYMOUS" type:"path"`
	OperatorPlace string `help:"Where the operator has its seat; its law counts for every call." env:"PARLEY_OPERATOR_PLACE"`
}

// faults are what is wrong with the flags themselves; files are checked when
// they are read.
func (c Consent) faults() []error {
	var faults []error
	for _, p := range []struct{ flag, code string }{
		{"--server-place", c.ServerPlace}, {"--operator-place", c.OperatorPlace},
	} {
		if p.code != "" && !consent.IsPlaceCode(p.code) {
			faults = append(faults, fmt.Errorf("%s %q: must be a country such as DE or a part of one such as US-CA", p.flag, p.code))
		}
	}
	if c.GeoIPHidden != "" && c.GeoIP == "" {
		faults = append(faults, fmt.Errorf("--geoip-anonymous needs --geoip"))
	}
	return faults
}

package geoip

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/oschwald/maxminddb-golang/v2"

	"parley/recorder/consent"
)

// Config names the files; an empty name is none.
type Config struct {
	// Places has the layout of GeoLite2-Country, GeoLite2-City or what they
	// are a part of.
	Places string
	// Anonymous has the layout of GeoIP2-Anonymous-IP.
	Anonymous string
}

// Locator looks addresses up. The zero Locator, or nil, knows none.
type Locator struct{ places, anonymous *maxminddb.Reader }

// Open opens the files that are named.
func Open(cfg Config) (*Locator, error) {
	var l Locator
	for _, f := range []struct {
		name string
		into **maxminddb.Reader
	}{{cfg.Places, &l.places}, {cfg.Anonymous, &l.anonymous}} {
		if f.name == "" {
			continue
		}
		r, err := maxminddb.Open(f.name)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open the GeoIP file %s: %w", f.name, err), l.Close())
		}
		*f.into = r
	}
	return &l, nil
}

// Close closes the files.
func (l *Locator) Close() error {
	var err error
	for _, r := range []*maxminddb.Reader{l.places, l.anonymous} {
		if r != nil {
			err = errors.Join(err, r.Close())
		}
	}
	return err
}

type iso struct {
	Code string `maxminddb:"iso_code"`
}

// flags are in the records of an anonymity file, and in the traits of others.
type flags struct {
	Anonymous   bool `maxminddb:"is_anonymous"`
	VPN         bool `maxminddb:"is_anonymous_vpn"`
	Proxy       bool `maxminddb:"is_anonymous_proxy"`
	Hosting     bool `maxminddb:"is_hosting_provider"`
	Public      bool `maxminddb:"is_public_proxy"`
	Residential bool `maxminddb:"is_residential_proxy"`
	Tor         bool `maxminddb:"is_tor_exit_node"`
}

func (f flags) hides() bool { return f != flags{} }

type record struct {
	Country      iso   `maxminddb:"country"`
	Subdivisions []iso `maxminddb:"subdivisions"`
	Traits       flags `maxminddb:"traits"`
}

// Locate returns the ISO 3166 code of the place of an address, "" if it is not
// known, and whether the address hides who is behind it. An address that cannot
// be read is not known.
func (l *Locator) Locate(addr netip.Addr) (code string, hidden bool) {
	if l == nil || !addr.IsValid() {
		return "", false
	}
	addr = addr.Unmap().WithZone("")
	var r record
	if l.places == nil || l.places.Lookup(addr).Decode(&r) != nil {
		return "", false
	}
	var f flags
	if l.anonymous != nil && l.anonymous.Lookup(addr).Decode(&f) != nil {
		f = flags{Anonymous: true} // a doubt confirms nothing
	}
	return place(r), f.hides() || r.Traits.hides()
}

// place joins country and part; a part that makes no code is left out.
func place(r record) string {
	country := strings.ToUpper(r.Country.Code)
	if len(country) != 2 || !consent.IsPlaceCode(country) {
		return ""
	}
	if len(r.Subdivisions) > 0 {
		if fine := country + "-" + strings.ToUpper(r.Subdivisions[0].Code); consent.IsPlaceCode(fine) {
			return fine
		}
	}
	return country
}

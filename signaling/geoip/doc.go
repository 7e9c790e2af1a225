// Package geoip tells from a network address which country, and where the data
// has it which part of one, somebody is probably in, and whether the address
// hides them (VPN, Tor, data centre). It reads files in MaxMind's DB format,
// which the operator provides; there is no network access.
//
// An address is looked up and forgotten: the package keeps, logs and returns
// none. It starts no goroutine; a Locator is safe for concurrent use until it
// is closed.
//
//	l, err := geoip.Open(geoip.Config{Places: "GeoLite2-City.mmdb"})
//	code, hidden := l.Locate(addr) // "US-CA", false
package geoip

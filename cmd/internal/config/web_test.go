package config

import "testing"

func TestOrigins(t *testing.T) {
	for origin, want := range map[string]bool{
		"https://www.example.org":      true,
		"https://www.example.org:8443": true,
		"http://127.0.0.1:3000":        true,
		"":                             false,
		"*":                            false,
		"null":                         false,
		"www.example.org":              false,
		"https://*.example.org":        false,
		"https://www.example.org/":     false,
		"https://www.example.org/page": false,
		"https://WWW.example.org":      false,
		"https://a@www.example.org":    false,
		"https://a.example;script-src": false,
		"https://a.example 'self'":     false,
		"ftp://www.example.org":        false,
		"https://":                     false,
	} {
		for flag, web := range map[string]Web{"allowed": {AllowedOrigin: []string{origin}}, "frame": {FrameAncestor: []string{origin}}} {
			if got := len(web.faults()) == 0; got != want {
				t.Errorf("%s %q: taken %v, want %v", flag, origin, got, want)
			}
		}
	}
}

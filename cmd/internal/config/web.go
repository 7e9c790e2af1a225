package config

import (
	"fmt"
	"net/url"
	"strings"
)

// Web configures what pages of other sites may do. Without it they may do
// nothing.
type Web struct {
	AllowedOrigin []string `help:"Origin of a site whose pages may hold <parley-call>, such as https://www.example.org; may be given more than once. No other page of another site may connect." env:"PARLEY_ALLOWED_ORIGINS"`
	FrameAncestor []string `help:"Origin of a site that may show this server's own pages in a frame; may be given more than once. No other site may." env:"PARLEY_FRAME_ANCESTORS"`
}

func (w Web) faults() (faults []error) {
	for flag, origins := range map[string][]string{"--allowed-origin": w.AllowedOrigin, "--frame-ancestor": w.FrameAncestor} {
		for _, origin := range origins {
			if !isOrigin(origin) {
				faults = append(faults, fmt.Errorf("%s %q: must be scheme://host or scheme://host:port in lower case, without a path and without *", flag, origin))
			}
		}
	}
	return faults
}

// isOrigin tells whether s is written as a browser writes an origin (RFC 6454
// section 6.2). IPv6 addresses are none: their brackets are a pattern elsewhere.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" {
		return false
	}
	return s == u.Scheme+"://"+u.Host && s == strings.ToLower(s) && !strings.ContainsAny(s, "*?[]\\,;' \t")
}

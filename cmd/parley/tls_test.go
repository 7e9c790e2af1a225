package main

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"testing"
)

func TestRelayMedia(t *testing.T) {
	addrs := func(list ...string) (out []netip.AddrPort) {
		for _, a := range list {
			out = append(out, netip.MustParseAddrPort(a))
		}
		return out
	}
	all := addrs("127.0.0.1:7", "10.0.0.5:7", "[fd00::1]:7")
	for _, row := range []struct {
		name, public string
		told         string
	}{
		{"no NAT", "", ""},
		{"the address of an interface", "10.0.0.5", ""},
		{"one-to-one NAT", "93.184.216.34", "93.184.216.34:7"},
	} {
		media, told := relayMedia(row.public, all)
		if !slices.Equal(media, addrs("10.0.0.5:7", "127.0.0.1:7")) {
			t.Errorf("%s: media is %v, want that of the interface first", row.name, media)
		}
		if got := told; got.IsValid() != (row.told != "") || got.IsValid() && got.String() != row.told {
			t.Errorf("%s: told is %v, want %q", row.name, got, row.told)
		}
	}
}

func TestToHTTPS(t *testing.T) {
	for _, row := range []struct {
		name, method, target string
		code                 int
		location             string
	}{
		{"a page", http.MethodGet, "http://x.example/call?to=me", http.StatusMovedPermanently, "https://x.example/call?to=me"},
		{"an API call, whose token has been read by all already", http.MethodGet, "http://x.example/api/v1/recordings", http.StatusForbidden, ""},
		{"a write", http.MethodPost, "http://x.example/", http.StatusForbidden, ""},
	} {
		w := httptest.NewRecorder()
		toHTTPS(w, httptest.NewRequest(row.method, row.target, nil))
		if got := w.Header().Get("Location"); w.Code != row.code || got != row.location {
			t.Errorf("%s: got %d to %q, want %d to %q", row.name, w.Code, got, row.code, row.location)
		}
	}
}

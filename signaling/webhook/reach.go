package webhook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// ErrAddress: deliveries must not go to this address.
var ErrAddress = errors.New("webhook: this address is not allowed: it must be https and on the public internet")

// special are ranges that are not on the public internet though they look like
// global unicast (IANA special-purpose registries), or that lead to others.
func special() []netip.Prefix {
	var list []netip.Prefix
	for _, text := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10",
	} {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

// public tells whether an address is on the public internet.
func public(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.Zone() != "" {
		return false // that leaves out loopback, link-local, multicast, unspecified
	}
	for _, p := range special() {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}

// CheckURL tells whether a webhook may have this address as far as its text says;
// the address behind a name is judged at each connection. The error is ErrAddress.
func CheckURL(text string, allowPrivate bool) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || len(text) > 2000 {
		return ErrAddress
	}
	if allowPrivate && u.Scheme == "http" {
		return nil
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !allowPrivate && !public(ip) || u.Scheme != "https" {
		return ErrAddress
	}
	return nil
}

const (
	dialTimeout = 5 * time.Second
	// AnswerTimeout is how long a receiver may take, connecting included.
	AnswerTimeout = 15 * time.Second
)

// newClient makes the client for deliveries.
func newClient(allowPrivate bool, timeout time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout}
	if !allowPrivate {
		// Here the name has been resolved: no later answer can lead elsewhere.
		dialer.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil || !public(to.Addr()) {
				return fmt.Errorf("%w: %s", ErrAddress, to.Addr())
			}
			return nil
		}
	}
	return &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: dialTimeout, IdleConnTimeout: time.Minute,
			MaxIdleConnsPerHost: 1, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 16 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

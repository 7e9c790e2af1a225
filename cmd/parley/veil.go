package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/netip"
)

// veilPrefix6 is how much of an IPv6 address one household or device keeps, in
// bits (RFC 6177).
const veilPrefix6 = 64

// veil makes from an address what it can be compared by, and nothing else, while
// the key is there.
func veil(key string) func(netip.Addr) string {
	return func(a netip.Addr) string {
		if !a.IsValid() {
			return ""
		}
		a = a.Unmap()
		bits := a.BitLen()
		if a.Is6() {
			bits = veilPrefix6
		}
		network, err := a.WithZone("").Prefix(bits)
		if err != nil {
			return ""
		}
		mac := hmac.New(sha256.New, []byte(key))
		_, _ = mac.Write(network.Addr().AsSlice()) // a hash never fails
		return base64.RawStdEncoding.EncodeToString(mac.Sum(nil))
	}
}

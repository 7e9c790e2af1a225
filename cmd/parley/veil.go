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

// veil is the key by which addresses and devices are compared; who has not got it
// learns nothing of either.
type veil []byte

// Address stands for the network of an address.
func (v veil) Address(a netip.Addr) string {
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
	return v.hash("address", network.Addr().AsSlice())
}

// Device stands for what a browser says of itself.
func (v veil) Device(said string) string {
	if said == "" {
		return ""
	}
	return v.hash("device", []byte(said))
}

func (v veil) hash(kind string, of []byte) string {
	mac := hmac.New(sha256.New, v)
	_, _ = mac.Write(append([]byte(kind+"\n"), of...)) // a hash never fails
	return base64.RawStdEncoding.EncodeToString(mac.Sum(nil))
}

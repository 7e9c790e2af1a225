package publicip

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/pion/stun/v4"
)

// The forms beside an address itself.
const (
	fromInterface = "interface:"
	fromSTUN      = "stun:"
)

const (
	defaultPort = "3478" // RFC 8489 section 18.6
	tries       = 4
	tryFor      = time.Second
)

// Check tells what is wrong with the form of a source; nil for none.
func Check(source string) error {
	if _, err := netip.ParseAddr(source); err == nil || source == "" {
		return nil
	}
	for _, form := range []string{fromInterface, fromSTUN} {
		if name, ok := strings.CutPrefix(source, form); ok && name != "" {
			return nil
		}
	}
	return fmt.Errorf("%q: must be an IP address, interface:NAME or stun:HOST:PORT", source)
}

// Find returns the address that a source names; the zero Addr for an empty one.
func Find(ctx context.Context, source string) (netip.Addr, error) {
	if source == "" {
		return netip.Addr{}, nil
	}
	if name, ok := strings.CutPrefix(source, fromInterface); ok {
		return ofInterface(name)
	}
	if server, ok := strings.CutPrefix(source, fromSTUN); ok {
		return asSeenBy(ctx, server)
	}
	return netip.ParseAddr(source)
}

// ofInterface is the first address of an interface that others can reach, IPv4
// before IPv6.
func ofInterface(name string) (found netip.Addr, err error) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return found, fmt.Errorf("public address: interface %s: %w", name, err)
	}
	addrs, err := i.Addrs()
	if err != nil {
		return found, fmt.Errorf("public address: interface %s: %w", name, err)
	}
	for _, a := range addrs {
		p, err := netip.ParsePrefix(a.String())
		if err != nil || p.Addr().IsLinkLocalUnicast() {
			continue
		}
		if p.Addr().Is4() {
			return p.Addr(), nil
		}
		if !found.IsValid() {
			found = p.Addr()
		}
	}
	if !found.IsValid() {
		return found, fmt.Errorf("public address: interface %s has no address that others can reach", name)
	}
	return found, nil
}

// asSeenBy asks a STUN server, by UDP, again when no answer comes.
func asSeenBy(ctx context.Context, server string) (netip.Addr, error) {
	if _, _, err := net.SplitHostPort(server); err != nil {
		server = net.JoinHostPort(strings.Trim(server, "[]"), defaultPort)
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "udp", server)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("public address: ask STUN server %s: %w", server, err)
	}
	defer func() { _ = conn.Close() }() // what counts was read
	for range tries {
		var seen netip.Addr
		if seen, err = ask(ctx, conn); err == nil {
			return seen, nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	return netip.Addr{}, fmt.Errorf("public address: ask STUN server %s: %w", server, err)
}

// ask sends one request and waits for its answer.
func ask(ctx context.Context, conn net.Conn) (netip.Addr, error) {
	request, err := stun.Build(stun.TransactionID, stun.BindingRequest)
	if err != nil {
		return netip.Addr{}, err
	}
	deadline := time.Now().Add(tryFor)
	if end, ok := ctx.Deadline(); ok && end.Before(deadline) {
		deadline = end
	}
	if err := conn.SetDeadline(deadline); err != nil {
		return netip.Addr{}, err
	}
	if _, err := conn.Write(request.Raw); err != nil {
		return netip.Addr{}, err
	}
	buf := make([]byte, 1500)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return netip.Addr{}, err
		}
		answer := &stun.Message{Raw: append([]byte(nil), buf[:n]...)}
		if answer.Decode() != nil || answer.TransactionID != request.TransactionID {
			continue // of nobody, or of an earlier request
		}
		return mapped(answer)
	}
}

func mapped(answer *stun.Message) (netip.Addr, error) {
	var seen stun.XORMappedAddress
	if err := seen.GetFrom(answer); err != nil {
		return netip.Addr{}, err
	}
	ip, ok := netip.AddrFromSlice(seen.IP)
	if !ok || answer.Type != stun.BindingSuccess {
		return netip.Addr{}, errors.New("the answer has no address")
	}
	return ip.Unmap(), nil
}

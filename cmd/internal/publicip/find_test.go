package publicip

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/stun/v4"
)

// stunServer says the same address to everybody; it loses the first requests, and
// sends rubbish and somebody else's answer before each of its own.
func stunServer(t *testing.T, say string, lose int) string {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			request := &stun.Message{Raw: append([]byte(nil), buf[:n]...)}
			if request.Decode() != nil || lose > 0 {
				lose--
				continue
			}
			ip := net.ParseIP(say)
			other := stun.MustBuild(stun.TransactionID, stun.BindingSuccess, &stun.XORMappedAddress{IP: net.IPv4(6, 6, 6, 6), Port: 1})
			own := stun.MustBuild(request, stun.BindingSuccess, &stun.XORMappedAddress{IP: ip, Port: 1})
			for _, m := range [][]byte{[]byte("rubbish"), other.Raw, own.Raw} {
				_, _ = conn.WriteTo(m, from) // the client asks again
			}
		}
	})
	t.Cleanup(func() {
		_ = conn.Close() // it ends the reader
		work.Wait()
	})
	return "stun:" + conn.LocalAddr().String()
}

func TestFind(t *testing.T) {
	for _, row := range []struct{ name, source, want string }{
		{"nothing", "", "invalid IP"},
		{"an address", "203.0.113.9", "203.0.113.9"},
		{"one of IPv6", "2001:db8::9", "2001:db8::9"},
		{"an interface", "interface:lo", "127.0.0.1"},
		{"STUN", stunServer(t, "203.0.113.10", 0), "203.0.113.10"},
		{"STUN that loses the first request", stunServer(t, "203.0.113.11", 1), "203.0.113.11"},
	} {
		if err := Check(row.source); err != nil {
			t.Errorf("%s: Check: %v", row.name, err)
		}
		got, err := Find(t.Context(), row.source)
		if err != nil || got.String() != row.want {
			t.Errorf("%s: got %v and %v, want %s", row.name, got, err, row.want)
		}
	}
}

func TestFindFails(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for _, row := range []struct{ name, source, want string }{
		{"no such interface", "interface:none0", "interface none0"},
		{"a STUN server that is silent", stunServer(t, "203.0.113.11", 99), "ask STUN server"},
	} {
		if got, err := Find(ctx, row.source); err == nil || !strings.Contains(err.Error(), row.want) || got != (netip.Addr{}) {
			t.Errorf("%s: got %v and %v, want an error that says %q", row.name, got, err, row.want)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, source := range []string{"example.org", "interface:", "stun:", "999.1.1.1"} {
		if Check(source) == nil {
			t.Errorf("%q: got no error", source)
		}
	}
}

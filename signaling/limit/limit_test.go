package limit

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestRates(t *testing.T) {
	for text, want := range map[string]Rate{"60/1m": {60, time.Minute}, "1/500ms": {1, 500 * time.Millisecond}, "off": {}} {
		var r Rate
		if err := r.UnmarshalText([]byte(text)); err != nil || r != want {
			t.Errorf("%s: got %v and %v, want %v", text, r, err, want)
		}
		var back Rate
		if err := back.UnmarshalText([]byte(want.String())); err != nil || back != want {
			t.Errorf("%s as text: got %v and %v", want, back, err)
		}
	}
	for _, text := range []string{"", "60", "60/", "/1m", "0/1m", "-1/1m", "1/0s", "1/-1m", "x/1m", "60/1x"} {
		if err := new(Rate).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestPeopleAndAddresses(t *testing.T) {
	now := noon
	m := New(Config{Calls: Rates{Person: Rate{3, time.Minute}, Address: Rate{2, time.Minute}}, Now: func() time.Time { return now }}).Calls
	for i := range 3 {
		if err := m.Person("maya"); err != nil {
			t.Fatalf("call %d: got %v", i+1, err)
		}
	}
	var e *ExceededError
	if err := m.Person("maya"); !errors.As(err, &e) || e.Seconds() != 20 {
		t.Errorf("the fourth: got %v, want to wait 20 s", err)
	}
	if err := m.Person("noah"); err != nil {
		t.Errorf("somebody else: got %v", err)
	}
	now = noon.Add(20 * time.Second)
	if err := errors.Join(m.Person("maya"), m.Address(netip.MustParseAddr("::1"))); err != nil {
		t.Errorf("after the wait: got %v", err)
	}
	if m.Person("maya") == nil {
		t.Error("one more than there is: got no error")
	}
	for _, same := range [][2]string{{"192.0.2.1", "::ffff:192.0.2.1"}, {"2001:db8::1", "2001:db8::ffff:1"}} {
		for i, text := range []string{same[0], same[1], same[0]} {
			if err := m.Address(netip.MustParseAddr(text)); (err == nil) != (i < 2) {
				t.Errorf("%s, number %d: got %v", text, i+1, err)
			}
		}
	}
	for _, free := range []string{"127.0.0.1", "::1", "2001:db8:0:1::1", "192.0.2.2"} {
		if err := m.Address(netip.MustParseAddr(free)); err != nil {
			t.Errorf("%s: got %v", free, err)
		}
	}
	var none *Meter
	off := New(Config{Now: func() time.Time { return noon }}).API
	for range 10_000 {
		if err := errors.Join(none.Person("maya"), none.Address(netip.MustParseAddr("192.0.2.1")), off.Person("maya")); err != nil {
			t.Fatalf("where nothing is bounded: got %v", err)
		}
	}
}

// TestMemoryIsBounded: of a flood of keys only the last are known, and one that
// is in use is not forgotten.
func TestMemoryIsBounded(t *testing.T) {
	s := newSet(Rate{1, time.Hour}, 100)
	for i := range 10_000 {
		s.take(fmt.Sprint(i), noon)
		if wait := s.take("busy", noon); (wait == 0) != (i == 0) {
			t.Fatalf("after %d keys: got a wait of %v", i, wait)
		}
	}
	if len(s.byKey) != 100 || s.recent.Len() != 100 {
		t.Errorf("got %d and %d keys, want 100", len(s.byKey), s.recent.Len())
	}
}

func TestBehindProxies(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}
	for _, tt := range []struct {
		name, from string
		lists      []string
		want       string
	}{
		{"no proxy", "192.0.2.9:1", []string{"198.51.100.1"}, "192.0.2.9"},
		{"one proxy", "127.0.0.1:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{"two proxies", "127.0.0.1:1", []string{"198.51.100.1, 10.0.0.7"}, "198.51.100.1"},
		{"two headers", "127.0.0.1:1", []string{"198.51.100.1", "10.0.0.7"}, "198.51.100.1"},
		{"what a client wrote itself", "127.0.0.1:1", []string{"203.0.113.5, 198.51.100.1"}, "198.51.100.1"},
		{"nothing told", "127.0.0.1:1", nil, "127.0.0.1"},
		{"nonsense", "127.0.0.1:1", []string{"198.51.100.1, me"}, "127.0.0.1"},
		{"nonsense before a proxy", "127.0.0.1:1", []string{"me, 10.0.0.7"}, "10.0.0.7"},
		{"IPv6", "127.0.0.1:1", []string{"2001:db8::1"}, "2001:db8::1"},
	} {
		var got netip.Addr
		h := Behind(trusted, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = Remote(r) }))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = tt.from
		for _, l := range tt.lists {
			r.Header.Add("X-Forwarded-For", l)
		}
		h.ServeHTTP(httptest.NewRecorder(), r)
		if got.String() != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

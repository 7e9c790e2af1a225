package main

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/cmd/internal/softphone"
	"parley/signaling/limit"
	"parley/signaling/wire"
)

// TestRequestsAreBounded: an address that asks too often is told when to come
// back, and nobody else is; the probes of health are not counted.
func TestRequestsAreBounded(t *testing.T) {
	s := serveDemo(t, t.TempDir(), "--trusted-proxy", "127.0.0.1", "--limit-api-address", "3/1h")
	ask := func(path, from string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Forwarded-For", from)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close() // only the head counts
		return answer
	}
	for i := range 5 {
		want := http.StatusOK
		if i >= 3 {
			want = http.StatusTooManyRequests
		}
		answer := ask("/api/v1/config", "192.0.2.1")
		if answer.StatusCode != want {
			t.Errorf("request %d: got %d, want %d", i+1, answer.StatusCode, want)
		}
		if wait, err := strconv.Atoi(answer.Header.Get("Retry-After")); i >= 3 && (err != nil || wait < 1 || wait > 1200) {
			t.Errorf("request %d: got Retry-After %q, want up to 1200 s", i+1, answer.Header.Get("Retry-After"))
		}
	}
	for path, from := range map[string]string{"/api/v1/config": "192.0.2.2", "/livez": "192.0.2.1", "/api/v1/demo/people": "127.0.0.1"} {
		if got := ask(path, from).StatusCode; got != http.StatusOK {
			t.Errorf("%s from %s: got %d, want 200", path, from, got)
		}
	}
	for _, args := range [][]string{{"--limit-calls", "many"}, {"--trusted-proxy", "proxy.example"}} {
		if _, said, code := program(t, append([]string{"serve", "--data", t.TempDir()}, args...)...); code == 0 || said == "" {
			t.Errorf("%v: got exit code %d and %q, want it refused", args, code, said)
		}
	}
}

// through is a client behind a proxy that says where it comes from.
type through string

func (from through) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Forwarded-For", string(from))
	return http.DefaultTransport.RoundTrip(r)
}

func (from through) client() *http.Client { return &http.Client{Transport: from} }

// TestAddressesAreBounded: people at one address share what it may do over sockets and of
// relayed addresses, whoever they are, and others have theirs.
func TestAddressesAreBounded(t *testing.T) {
	dir := t.TempDir()
	s := serveDemo(t, dir, "--trusted-proxy", "127.0.0.1", "--limit-signin-address", "5/1h", "--limit-calls-address", "2/1h",
		"--limit-messages-address", "20/1h", "--limit-turn", "1/1h", "--metrics-listen", "127.0.0.1:0")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	phone := func(person string, from through) *softphone.Phone {
		t.Helper()
		p, err := softphone.Dial(ctx, softphone.Config{Server: s.url, Token: mintedBy(t, "member", person, "--data", dir), HTTP: from.client()})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = p.Close() }) // the server may have closed it
		return p
	}
	refused := func(p *softphone.Phone, slug string, m wire.ClientMessage) {
		t.Helper()
		if err := p.Send(ctx, m); err != nil {
			t.Fatal(err)
		}
		err := p.Wait(ctx, slug, func(st softphone.State) bool { return st.Problem != nil && st.Problem.Type == "/problems/"+slug })
		if err != nil {
			t.Fatal(err)
		}
	}
	call := &wire.CallStart{Expert: "nobody"}
	one, two := phone("one", "203.0.113.1"), phone("two", "203.0.113.1")
	refused(one, "no-such-expert", call)
	refused(two, "no-such-expert", call)
	refused(one, "too-many-requests", call)
	refused(phone("one", "203.0.113.2"), "no-such-expert", call)

	three, four := phone("three", "203.0.113.3"), phone("four", "203.0.113.3")
	for range 20 {
		if err := three.Send(ctx, &wire.Ping{}); err != nil {
			t.Fatal(err)
		}
	}
	refused(three, "too-many-requests", &wire.Ping{}) // all before it were counted by now
	refused(four, "too-many-requests", &wire.Ping{})

	with := four.State().Welcome.ICEServers[0]
	if _, err := relayed(t, with); err != nil {
		t.Errorf("the first relayed address: %v", err)
	}
	if _, err := relayed(t, with); err == nil || strings.Contains(s.scrape(t), `parley_turn_refused_total{reason="rate"} 0`) {
		t.Errorf("the second relayed address: got %v, want it refused and counted", err)
	}
}

// TestSignInsFromAnAddressAreBounded, which are told when to come back.
func TestSignInsFromAnAddressAreBounded(t *testing.T) {
	s := serveDemo(t, t.TempDir(), "--trusted-proxy", "127.0.0.1", "--limit-signin-address", "2/1h")
	open := func(path, body string, from through) *http.Response {
		t.Helper()
		method := map[bool]string{true: http.MethodGet, false: http.MethodPost}[body == ""]
		r, err := http.NewRequestWithContext(t.Context(), method, s.url+wire.Root+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := from.client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close() // only the head counts
		return answer
	}
	for range 2 {
		if got := open("/demo/session", `{"person":"maya"}`, "203.0.113.1").StatusCode; got != http.StatusOK {
			t.Fatalf("sign in: got %d", got)
		}
	}
	for path, body := range map[string]string{"/demo/session": `{"person":"maya"}`, "/socket": ""} {
		answer := open(path, body, "203.0.113.1")
		if wait, err := strconv.Atoi(answer.Header.Get("Retry-After")); answer.StatusCode != http.StatusTooManyRequests || err != nil || wait < 1 || wait > 1800 {
			t.Errorf("%s, the third: got %d and Retry-After %q, want 429 and up to half an hour", path, answer.StatusCode, answer.Header.Get("Retry-After"))
		}
	}
	if got := open("/demo/session", `{"person":"maya"}`, "203.0.113.2").StatusCode; got != http.StatusOK {
		t.Errorf("from another address: got %d, want 200", got)
	}
}

// TestRelayedAddressesAreBounded by who opens them, and from where.
func TestRelayedAddressesAreBounded(t *testing.T) {
	bound := limit.Rate{Count: 2, Per: time.Hour}
	n := &node{limits: limit.New(limit.Config{TURN: limit.Rates{Person: bound, Address: limit.Rate{Count: 3, Per: time.Hour}}, Now: time.Now})}
	home := netip.MustParseAddr("203.0.113.1")
	for i, row := range []struct {
		user string
		from netip.Addr
		want bool
	}{
		{"a", home, true},
		{"a", home, true},
		{"a", home, false},
		{"b", home, false}, // what was refused counts for the address
		{"b", netip.MustParseAddr("203.0.113.2"), true},
	} {
		if got := n.admit(row.user, row.from); got != row.want {
			t.Errorf("%d: %s from %s: got %t, want %t", i, row.user, row.from, got, row.want)
		}
	}
}

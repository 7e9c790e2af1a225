package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"parley/signaling/auth"
	"parley/signaling/client"
)

// transport is a server without a network; it takes no time but what it waits for.
type transport func(r *http.Request) (status int, header http.Header, body string, err error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) {
	status, header, body, err := f(r)
	if err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	for name, values := range header {
		w.Header()[name] = values
	}
	w.WriteHeader(status)
	if body != "" {
		if _, err := w.WriteString(body); err != nil {
			return nil, err
		}
	}
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

func over(t testing.TB, f transport) *client.Client {
	t.Helper()
	c, err := client.New(client.Config{
		Server: "https://calls.example.org", HTTP: &http.Client{Transport: f},
		Token: func(context.Context) (string, error) { return "token", nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func refusal(status int, slug, after string) (int, http.Header, string, error) {
	h := http.Header{"Content-Type": {"application/problem+json"}}
	if after != "" {
		h.Set("Retry-After", after)
	}
	return status, h, fmt.Sprintf(`{"type":"/problems/%s","title":"T","status":%d,"detail":"D","instance":"I"}`, slug, status), nil
}

func TestServersThatMayGetATokenMayBeAsked(t *testing.T) {
	for server, plain := range map[string]bool{
		"https://calls.example.org": false, "https://calls.example.org/": false, "http://127.0.0.1:8080": false, "http://localhost:8080": false, "http://[::1]": false,
		"http://calls.example.org": true,
	} {
		_, err := client.New(client.Config{Server: server})
		if _, plainly := client.New(client.Config{Server: server, AllowPlain: true}); (err != nil) != plain || plainly != nil {
			t.Errorf("%s: got %v, and %v where http is allowed", server, err, plainly)
		}
	}
	for _, server := range []string{"", "calls.example.org", "https://calls.example.org/path", "https://me:secret@calls.example.org", "ftp://calls.example.org", "https://"} {
		if _, err := client.New(client.Config{Server: server, AllowPlain: true}); err == nil {
			t.Errorf("%q is taken for an origin", server)
		}
	}
}

func TestARefusalIsAProblem(t *testing.T) {
	c := over(t, func(*http.Request) (int, http.Header, string, error) { return refusal(422, "reason-missing", "") })
	_, err := c.StartPlay(t.Context(), "rec_1", client.PlayWish{})
	var p *client.Problem
	if !errors.As(err, &p) || !p.Named("reason-missing") || p.Status != 422 || p.Detail != "D" || p.Instance != "I" {
		t.Errorf("got %v, want the problem whole", err)
	}
	c = over(t, func(*http.Request) (int, http.Header, string, error) {
		return 302, http.Header{"Location": {"https://evil.example"}}, "<html>", nil
	})
	if _, err := c.GetConfig(t.Context()); !errors.As(err, &p) || p.Type != "about:blank" || p.Status != 302 {
		t.Errorf("a redirect: got %v, want it refused and not followed", err)
	}
}

// TestAskingAgain: what is sent again, how often, after how long, and under which key.
func TestAskingAgain(t *testing.T) {
	lost := func(*http.Request) (int, http.Header, string, error) {
		return 0, nil, "", errors.New("connection reset")
	}
	problem := func(status int, slug, after string) transport {
		return func(*http.Request) (int, http.Header, string, error) { return refusal(status, slug, after) }
	}
	type doing func(context.Context, *client.Client) error
	change := func(ctx context.Context, c *client.Client) error { return c.Block(ctx, "lee") }
	read := func(ctx context.Context, c *client.Client) error { _, err := c.GetConfig(ctx); return err }
	play := func(ctx context.Context, c *client.Client) error {
		_, err := c.StartPlay(ctx, "r", client.PlayWish{})
		return err
	}
	report := func(ctx context.Context, c *client.Client) error {
		_, err := c.ReportCall(ctx, "c", client.ReportWish{})
		return err
	}
	tests := []struct {
		name     string
		do       doing
		answer   transport
		times    int
		atLeast  time.Duration // from the first to the last
		lessThan time.Duration
	}{
		{"a change, connection lost", change, lost, 4, 800 * time.Millisecond, 2 * time.Second},
		{"reading, connection lost", read, lost, 4, 800 * time.Millisecond, 2 * time.Second},
		{"a play, connection lost", play, lost, 1, 0, 1},
		{"a play, overload", play, problem(503, "unavailable", ""), 4, 800 * time.Millisecond, 2 * time.Second},
		{"too often", read, problem(429, "too-many-requests", "7"), 4, 21 * time.Second, 22 * time.Second},
		{"too often, for longer than one waits", read, problem(429, "too-many-requests", "31"), 1, 0, 1},
		{"reported already", report, problem(429, "too-many-reports", ""), 1, 0, 1},
		{"in work", change, problem(409, "in-work", ""), 4, 800 * time.Millisecond, 2 * time.Second},
		{"not as it was", change, problem(409, "conflict", ""), 1, 0, 1},
		{"our fault", change, problem(500, "internal", ""), 1, 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var sent []time.Time
				keys := map[string]bool{}
				c := over(t, func(r *http.Request) (int, http.Header, string, error) {
					sent = append(sent, time.Now())
					keys[r.Header.Get("Idempotency-Key")] = true
					return tt.answer(r)
				})
				if err := tt.do(t.Context(), c); err == nil {
					t.Error("got no error")
				}
				if took := sent[len(sent)-1].Sub(sent[0]); len(sent) != tt.times || took < tt.atLeast || took >= tt.lessThan {
					t.Errorf("sent %d times within %v, want %d within %v to %v", len(sent), took, tt.times, tt.atLeast, tt.lessThan)
				}
				if len(keys) != 1 {
					t.Errorf("keys %v, want one for all", keys)
				}
			})
		})
	}
}

func TestAKeyOfOnesOwn(t *testing.T) {
	var keys []string
	c := over(t, func(r *http.Request) (int, http.Header, string, error) {
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		return 204, nil, "", nil
	})
	for _, ctx := range []context.Context{t.Context(), t.Context(), client.WithKey(t.Context(), "mine")} {
		if err := c.Block(ctx, "lee"); err != nil {
			t.Fatal(err)
		}
	}
	if keys[0] == "" || keys[0] == keys[1] || keys[2] != "mine" {
		t.Errorf("got %q, want one for each request, and the given one", keys)
	}
}

func TestAnIdIsOnePartOfAPath(t *testing.T) {
	for person, want := range map[string]string{"a/b": "/api/v1/blocks/a%2Fb", "a?b#c": "/api/v1/blocks/a%3Fb%23c", "auth0|5": "/api/v1/blocks/auth0%7C5", "zoë": "/api/v1/blocks/zo%C3%AB"} {
		c := over(t, func(r *http.Request) (int, http.Header, string, error) {
			if got := r.URL.EscapedPath(); got != want {
				t.Errorf("%q: asks %s, want %s", person, got, want)
			}
			return 204, nil, "", nil
		})
		if err := c.Block(t.Context(), person); err != nil {
			t.Error(err)
		}
	}
}

func TestAListIsReadToItsEnd(t *testing.T) {
	var asked []string
	pages := map[string]string{
		"":  `{"recordings":[{"id":"1"},{"id":"2"}],"next":"b"}`,
		"b": `{"recordings":[],"next":"c"}`, // all of that page are hidden from the caller
		"c": `{"recordings":[{"id":"3"}],"next":""}`,
	}
	c := over(t, func(r *http.Request) (int, http.Header, string, error) {
		asked = append(asked, r.URL.RawQuery)
		return 200, nil, pages[r.URL.Query().Get("before")], nil
	})
	var got []string
	for rec, err := range c.EachRecording(t.Context(), client.RecordingQuery{Limit: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, rec.ID)
	}
	if !slices.Equal(got, []string{"1", "2", "3"}) || !slices.Equal(asked, []string{"limit=2", "before=b&limit=2", "before=c&limit=2"}) {
		t.Errorf("got %v by %q", got, asked)
	}
	asked = nil
	for range c.EachRecording(t.Context(), client.RecordingQuery{}) {
		break
	}
	if len(asked) != 1 {
		t.Errorf("who stops early asks %d times, want once", len(asked))
	}
}

// TestTheFeedGoesOn over lost connections and restarts, and ends where it cannot.
func TestTheFeedGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		event := func(id, next string) string {
			return `{"events":[{"id":"` + id + `","cursor":"` + next + `","type":"call.ended","timestamp":"2026-03-14T12:00:00Z","data":{"n":1}}],"next":"` + next + `"}`
		}
		c := over(t, func(r *http.Request) (int, http.Header, string, error) {
			asked = append(asked, r.URL.Query().Get("after"))
			switch n := len(asked); {
			case n == 1:
				return 200, nil, event("e1", "1"), nil
			case n < 20: // a server that is down for minutes
				return 0, nil, "", errors.New("connection refused")
			case n == 20:
				return refusal(500, "internal", "")
			case n == 21:
				return 200, nil, `{"events":[],"next":"2"}`, nil
			case n == 22:
				return 200, nil, event("e3", "3"), nil
			}
			return refusal(410, "cursor-expired", "")
		})
		var got []string
		var last error
		for e, err := range c.EachEvent(t.Context(), client.EventQuery{Types: []string{"call.ended", "call.rated"}}) {
			if last = err; err == nil {
				got = append(got, e.ID)
			}
		}
		var p *client.Problem
		if !slices.Equal(got, []string{"e1", "e3"}) || !errors.As(last, &p) || !p.Named("cursor-expired") {
			t.Errorf("got %v and %v, want both events and the end", got, last)
		}
		if asked[1] != "1" || asked[20] != "1" || asked[21] != "2" || asked[22] != "3" {
			t.Errorf("asked after %q", asked)
		}
	})
}

func TestTheFeedEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := over(t, func(r *http.Request) (int, http.Header, string, error) {
		cancel()
		return 0, nil, "", r.Context().Err()
	})
	for _, err := range c.EachEvent(ctx, client.EventQuery{}) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the end of the context", err)
		}
	}
}

const secret = "0123456789abcdef0123456789abcdef"

// TestTokensAreTaken: the server takes what Mint makes, for whom it names.
func TestTokensAreTaken(t *testing.T) {
	now := time.Now()
	v, err := auth.NewVerifier(auth.Config{Now: time.Now, Keys: []auth.Key{{ID: "platform", Secret: auth.Secret(secret)}}})
	if err != nil {
		t.Fatal(err)
	}
	age := 44
	who := client.Claims{
		Person: "dr-lee", Role: "expert", Name: "Dr. Lee", Headline: "Taxes", Languages: []string{"de", "en"},
		Places: []client.Place{{Code: "DE", Source: "billing"}, {Code: "FR", Source: "ip", VPN: true}}, Age: &age, Adult: true, Human: "human-7", Cluster: "taxes",
	}
	key := client.Key{ID: "platform", Secret: secret}
	token, err := client.Mint(key, who, now, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	got, err := v.Verify(t.Context(), token)
	if err != nil || got.Person != "dr-lee" || got.Role != auth.RoleExpert || got.Headline != "Taxes" || len(got.Languages) != 2 || !got.Places[1].Hidden ||
		*got.Age != 44 || !got.Adult || got.Human != "human-7" || got.Cluster != "taxes" || got.Token == "" || got.Expires.Unix() != now.Add(time.Minute).Unix() {
		t.Errorf("got %+v and %v, want all that was claimed", got, err)
	}
	key.Audience = "another deployment"
	if token, err = client.Mint(key, who, now, time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Verify(t.Context(), token); !errors.Is(err, auth.ErrInvalid) {
		t.Errorf("a token for another deployment: got %v, want it refused", err)
	}
	for name, bad := range map[string]func() (string, error){
		"a short secret": func() (string, error) {
			return client.Mint(client.Key{ID: "k", Secret: "short"}, who, now, time.Minute)
		},
		"no person": func() (string, error) {
			return client.Mint(key, client.Claims{Role: "member", Name: "M"}, now, time.Minute)
		},
		"no life": func() (string, error) { return client.Mint(key, who, now, 0) },
	} {
		if token, err := bad(); err == nil || token != "" {
			t.Errorf("%s: got a token", name)
		}
	}
	for _, text := range []string{fmt.Sprintf("%v", key), fmt.Sprintf("%+v", key), fmt.Sprintf("%#v", key), fmt.Sprintf("%s", key)} {
		if strings.Contains(text, secret) {
			t.Errorf("a key prints its secret: %s", text)
		}
	}
}

func TestMintedTokensAreRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		give := client.Minted(client.Key{ID: "platform", Secret: secret}, client.Claims{Person: "b", Role: "service", Name: "B"})
		next := func() string {
			token, err := give(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return token
		}
		first := next()
		time.Sleep(7 * time.Minute)
		if next() != first {
			t.Error("after 7 minutes there is another one, want the same")
		}
		time.Sleep(2 * time.Minute)
		if next() == first {
			t.Error("after 9 of its 10 minutes it is the same, want another one")
		}
	})
}

func TestOnlyWhatIsSignedLatelyIsTaken(t *testing.T) {
	const old, fresh = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
	judge, err := standardwebhooks.NewWebhook(old)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	body, err := json.Marshal(client.Event{ID: "evt_1", Type: "call.ended", Timestamp: now.UTC(), Data: json.RawMessage(`{"connected_seconds":7}`)})
	if err != nil {
		t.Fatal(err)
	}
	delivery := func(at time.Time, change func(h http.Header, body []byte) []byte) *http.Request {
		signed, err := judge.Sign("evt_1", at, body)
		if err != nil {
			t.Fatal(err)
		}
		h := http.Header{}
		h.Set("webhook-id", "evt_1")
		h.Set("webhook-timestamp", fmt.Sprint(at.Unix()))
		h.Set("webhook-signature", "v1,AAAA v2,BBBB "+signed)
		sent := slices.Clone(body)
		if change != nil {
			sent = change(h, sent)
		}
		r := httptest.NewRequest("POST", "/hook", strings.NewReader(string(sent)))
		r.Header = h
		return r
	}
	receiver := client.Receiver{Secrets: []string{fresh, old}}
	if e, err := receiver.Read(delivery(now, nil)); err != nil || e.ID != "evt_1" || string(e.Data) != `{"connected_seconds":7}` {
		t.Errorf("got %+v and %v, want the event", e, err)
	}
	none := client.Receiver{Secrets: []string{fresh}}
	if _, err := none.Read(delivery(now, nil)); !errors.Is(err, client.ErrSignature) {
		t.Errorf("another secret: got %v, want ErrSignature", err)
	}
	for name, tt := range map[string]struct {
		at     time.Time
		change func(h http.Header, body []byte) []byte
		want   error
	}{
		"old":        {now.Add(-6 * time.Minute), nil, client.ErrStale},
		"from later": {now.Add(6 * time.Minute), nil, client.ErrStale},
		"altered":    {now, func(_ http.Header, b []byte) []byte { b[3]++; return b }, client.ErrSignature},
		"another id": {now, func(h http.Header, b []byte) []byte { h.Set("webhook-id", "evt_2"); return b }, client.ErrSignature},
		"made fresh": {now.Add(-time.Hour), func(h http.Header, b []byte) []byte { h.Set("webhook-timestamp", fmt.Sprint(now.Unix())); return b }, client.ErrSignature},
		"no headers": {now, func(h http.Header, b []byte) []byte { clear(h); return b }, client.ErrSignature},
		"not signed": {now, func(h http.Header, b []byte) []byte { h.Del("webhook-signature"); return b }, client.ErrSignature},
		"signed v1a": {now, func(h http.Header, b []byte) []byte {
			h.Set("webhook-signature", strings.ReplaceAll(h.Get("webhook-signature"), "v1,", "v1a,"))
			return b
		}, client.ErrSignature},
		"with a sign": {now, func(h http.Header, b []byte) []byte {
			h.Set("webhook-timestamp", "+"+h.Get("webhook-timestamp"))
			return b
		}, client.ErrSignature},
	} {
		if e, err := receiver.Read(delivery(tt.at, tt.change)); !errors.Is(err, tt.want) || e.ID != "" {
			t.Errorf("%s: got %+v and %v, want %v", name, e, err, tt.want)
		}
	}
	long := delivery(now, func(_ http.Header, _ []byte) []byte { return make([]byte, 1<<20+1) })
	if _, err := receiver.Read(long); err == nil {
		t.Error("a delivery without end is taken")
	}
}

// TestASlowAnswerEndsWithItsContext, so that nobody waits for a server for ever.
func TestASlowAnswerEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var asked atomic.Int32
	end := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		cancel()
		select {
		case <-r.Context().Done():
		case <-end:
		}
	}))
	defer server.Close()
	defer close(end)
	c, err := client.New(client.Config{Server: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.GetConfig(ctx); !errors.Is(err, context.Canceled) || asked.Load() != 1 {
		t.Errorf("got %v after %d requests, want the end of the context after one", err, asked.Load())
	}
}

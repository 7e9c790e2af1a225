package integration_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// answer is what an HTTP request got.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// request sends one; who may be nil, header holds further fields.
func (s *server) request(method, path string, who *auth.Identity, body string, header map[string]string) answer {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.http.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if who != nil {
		r.Header.Set("Authorization", "Bearer "+s.token(*who))
	}
	for k, v := range header {
		r.Header.Set(k, v)
	}
	res, err := s.http.Client().Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end
	data, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, data}
}

// problem checks that an answer is that problem, whole.
func (a answer) problem(t testing.TB, what string, status int, slug string) {
	t.Helper()
	var p wire.Problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Errorf("%s: got %d %q, want a problem: %v", what, a.status, a.body, err)
		return
	}
	if a.status != status || p.Status != status || p.Type != "/problems/"+slug || p.Title == "" || p.Detail == "" || p.Instance == "" {
		t.Errorf("%s: got %d %+v, want %d /problems/%s, whole", what, a.status, p, status, slug)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("%s: content type: got %q, want application/problem+json", what, got)
	}
}

// stored enters a recording of a call as the pipeline would.
func (s *server) stored(member, expert auth.Identity, state meta.State) meta.Recording {
	s.t.Helper()
	now := time.Now().UTC()
	r := meta.Recording{
		ID: id.NewRecording(now), CallID: id.NewCall(now), MemberID: member.Person, ExpertID: expert.Person,
		MemberName: member.Name, ExpertName: expert.Name, State: state, StartedAt: now, LengthMs: 1000, Report: `{"clean":true}`,
	}
	envelopes := map[string][]byte{}
	for _, part := range id.Parts() {
		envelopes[part] = []byte("sealed")
	}
	if err := s.store.InsertRecording(s.t.Context(), r, envelopes); err != nil {
		s.t.Fatal(err)
	}
	return r
}

func TestAPIErrors(t *testing.T) {
	s := serve(t, nil)
	rec := s.stored(maya, lee, meta.StateRendering)
	one := "/api/v1/recordings/" + string(rec.ID)
	unknown := "/api/v1/recordings/" + string(id.NewRecording(time.Now()))
	tests := []struct {
		name, method, path string
		who                *auth.Identity
		body               string
		status             int
		slug               string
	}{
		{"not signed in", "GET", "/api/v1/recordings", nil, "", 401, "unauthenticated"},
		{"no such route", "GET", "/api/v1/nothing", nil, "", 404, "not-found"},
		{"no such version", "GET", "/api/v2/config", nil, "", 404, "not-found"},
		{"wrong method", "POST", "/api/v1/config", nil, "{}", 405, "method-not-allowed"},
		{"wrong method on a recording", "DELETE", one, &maya, "", 405, "method-not-allowed"},
		{"limit a word", "GET", "/api/v1/recordings?limit=all", &maya, "", 400, "bad-request"},
		{"limit too big", "GET", "/api/v1/recordings?limit=201", &maya, "", 400, "bad-request"},
		{"limit 0", "GET", "/api/v1/recordings?limit=0", &maya, "", 400, "bad-request"},
		{"before is no cursor", "GET", "/api/v1/recordings?before=x", &maya, "", 400, "cursor-unknown"},
		{"a recording that is no id", "GET", "/api/v1/recordings/x", &maya, "", 404, "not-found"},
		{"an unknown recording", "GET", unknown, &robin, "", 404, "not-found"},
		{"somebody else's recording", "GET", one, &noah, "", 404, "not-found"},
		{"an expert's who was not there", "GET", one, &ortiz, "", 404, "not-found"},
		{"playing without a body", "POST", one + "/plays", &maya, "", 400, "bad-request"},
		{"playing with another body", "POST", one + "/plays", &maya, `{"why":"x"}`, 400, "bad-request"},
		{"playing with two bodies", "POST", one + "/plays", &maya, `{"reason":"x"}{}`, 400, "bad-request"},
		{"playing with a body of 1 MB", "POST", one + "/plays", &maya, `{"reason":"` + strings.Repeat("x", 1<<20) + `"}`, 400, "bad-request"},
		{"playing without a reason", "POST", one + "/plays", &robin, `{"reason":" "}`, 422, "reason-missing"},
		{"playing with a novel", "POST", one + "/plays", &robin, `{"reason":"` + strings.Repeat("x", 501) + `"}`, 400, "bad-request"},
		{"playing what is not ready", "POST", one + "/plays", &maya, `{"reason":""}`, 409, "not-playable"},
		{"playing somebody else's", "POST", one + "/plays", &noah, `{"reason":"curious"}`, 404, "not-found"},
		{"audio of no play", "GET", "/api/v1/plays/" + string(id.NewPlay(time.Now())) + "/audio.opus", nil, "", 401, "unauthenticated"},
		{"audio of a play that is no id", "GET", "/api/v1/plays/x/audio.opus", nil, "", 404, "not-found"},
		{"receipt of no call", "GET", "/api/v1/calls/" + string(id.NewCall(time.Now())) + "/receipt", &maya, "", 404, "not-found"},
		{"the demo where there is none", "POST", "/api/v1/demo/session", nil, `{"person":"maya"}`, 404, "not-found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s.request(tt.method, tt.path, tt.who, tt.body, nil).problem(t, tt.path, tt.status, tt.slug)
		})
	}
	guess := map[string]string{"Cookie": "parley_play=guess"}
	s.request("GET", "/api/v1/plays/"+string(id.NewPlay(time.Now()))+"/audio.opus", nil, "", guess).problem(t, "a guessed ticket", 404, "not-found")
	stale := map[string]string{"Authorization": "Bearer " + s.tokenUntil(maya, time.Now().Add(-time.Hour))}
	s.request("GET", "/api/v1/recordings", nil, "", stale).problem(t, "an expired token", 401, "token-expired")
	basic := map[string]string{"Authorization": "Basic bWF5YTp4"}
	s.request("GET", "/api/v1/recordings", nil, "", basic).problem(t, "another scheme", 401, "unauthenticated")
}

func TestAttemptsAreAudited(t *testing.T) {
	s := serve(t, nil)
	rec := s.stored(maya, lee, meta.StateStored)
	one := "/api/v1/recordings/" + string(rec.ID)
	s.request("GET", one, &noah, "", nil).problem(t, "looking", 404, "not-found")
	s.request("POST", one+"/plays", &ortiz, `{"reason":"curious"}`, nil).problem(t, "playing", 404, "not-found")
	entries, err := s.store.ChainEntries(t.Context(), "audit", string(rec.ID), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, fmt.Sprintf("%s by %s: %s", e.Kind, e.Actor, e.Body))
	}
	want := []string{
		`access.denied by noah: {"role":"member","route":"GET /api/v1/recordings/{id}"}`,
		`access.denied by sam-ortiz: {"role":"expert","route":"POST /api/v1/recordings/{id}/plays"}`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("audit: got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if err := s.store.VerifyChain(t.Context(), "audit"); err != nil {
		t.Errorf("the audit chain: %v", err)
	}
}

type page struct {
	Recordings []struct{ ID, State string } `json:"recordings"`
	Next       string                       `json:"next"`
}

func (s *server) list(who auth.Identity, query string) page {
	s.t.Helper()
	a := s.request("GET", "/api/v1/recordings"+query, &who, "", nil)
	var p page
	if err := json.Unmarshal(a.body, &p); err != nil || a.status != 200 {
		s.t.Fatalf("list for %s: got %d %s", who.Person, a.status, a.body)
	}
	return p
}

func ids(p page) string {
	var out []string
	for _, r := range p.Recordings {
		out = append(out, r.ID)
	}
	return strings.Join(out, " ")
}

func TestListsHoldOnesOwn(t *testing.T) {
	s := serve(t, nil)
	a := s.stored(maya, lee, meta.StateStored)
	b := s.stored(noah, lee, meta.StateStored)
	c := s.stored(maya, ortiz, meta.StateDamaged)
	tests := []struct {
		who  auth.Identity
		want []meta.Recording
	}{
		{maya, []meta.Recording{c, a}}, {noah, []meta.Recording{b}}, {lee, []meta.Recording{b, a}},
		{ortiz, []meta.Recording{c}}, {robin, []meta.Recording{c, b, a}},
	}
	for _, tt := range tests {
		var want []string
		for _, r := range tt.want {
			want = append(want, string(r.ID))
		}
		if got := ids(s.list(tt.who, "")); got != strings.Join(want, " ") {
			t.Errorf("%s: got %s, want %v", tt.who.Person, got, want)
		}
	}
	first := s.list(robin, "?limit=2")
	if ids(first) != string(c.ID)+" "+string(b.ID) || first.Next == "" {
		t.Errorf("first page: got %+v, want the newest two and a cursor", first)
	}
	if rest := s.list(robin, "?limit=2&before="+first.Next); ids(rest) != string(a.ID) || rest.Next != "" {
		t.Errorf("second page: got %+v, want the oldest and no more", rest)
	}
	if got := s.list(person("new", auth.RoleMember, "DE"), ""); got.Recordings == nil || len(got.Recordings) != 0 {
		t.Errorf("somebody new: got %+v, want an empty list", got)
	}
}

func TestHeaders(t *testing.T) {
	s := serve(t, nil)
	for _, path := range []string{"/api/v1/config", "/api/v1/nothing", "/", "/livez", "/api/v1/socket"} {
		h := s.request("GET", path, nil, "", nil).header
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'self'", "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "no-referrer", "Permissions-Policy": "microphone=(self)", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := h.Get(name); !strings.Contains(got, want) {
				t.Errorf("%s of %s: got %q, want %q in it", name, path, got, want)
			}
		}
	}
	if got := s.request("GET", "/api/v1/recordings", &maya, "", nil).header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("cache control: got %q, want no-store", got)
	}
}

func TestOtherSitesMayNotPost(t *testing.T) {
	s := serve(t, nil)
	rec := s.stored(maya, lee, meta.StateStored)
	path := "/api/v1/recordings/" + string(rec.ID) + "/plays"
	for name, header := range map[string]map[string]string{
		"by its origin":     {"Origin": "https://evil.example"},
		"by the fetch site": {"Sec-Fetch-Site": "cross-site"},
		"a sister site":     {"Sec-Fetch-Site": "same-site", "Origin": "https://evil.example"},
	} {
		s.request("POST", path, &maya, `{"reason":""}`, header).problem(t, name, 403, "forbidden")
	}
}

func TestHealth(t *testing.T) {
	s := serve(t, nil)
	for _, path := range []string{"/livez", "/readyz"} {
		if a := s.request("GET", path, nil, "", nil); a.status != 200 {
			t.Errorf("%s: got %d %s, want 200", path, a.status, a.body)
		}
	}
}

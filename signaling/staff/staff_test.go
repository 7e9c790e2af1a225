package staff

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/signaling/staff/stafftest"
)

const redirect = "http://127.0.0.1:1/api/v1/staff/callback"

type desk struct {
	t        testing.TB
	provider *stafftest.Provider
	staff    *Provider
	now      time.Time
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, provider: stafftest.New(t, redirect), now: time.Now()}
	var err error
	d.staff, err = New(Config{
		Issuer: d.provider.Issuer, ClientID: stafftest.ClientID, ClientSecret: auth.Secret(stafftest.ClientSecret), Redirect: redirect,
		Scopes: []string{"profile"}, RoleClaim: "realm.groups", Key: make([]byte, 32), Now: func() time.Time { return d.now },
		Roles: []Mapping{{"officers", auth.RolePrivacy}, {"reviewers", auth.RoleQA}},
	})
	if err != nil {
		t.Fatal(err)
	}
	d.provider.Be(robin())
	return d
}

func robin() map[string]any {
	return map[string]any{"sub": "robin", "name": "Robin", "realm": map[string]any{"groups": []string{"all", "reviewers"}}}
}

// visit goes to the provider as a browser does and returns what it sends back.
func (d *desk) visit(address string) url.Values {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		d.t.Fatal(err)
	}
	_ = answer.Body.Close() // only the head counts
	back, err := url.Parse(answer.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(back.String(), redirect) {
		d.t.Fatalf("the provider answered %s and sent to %q", answer.Status, back)
	}
	return back.Query()
}

func (d *desk) begin(fresh bool) (sealed string, back url.Values) {
	d.t.Helper()
	address, sealed, err := d.staff.Begin(d.t.Context(), fresh, "/here")
	if err != nil {
		d.t.Fatal(err)
	}
	return sealed, d.visit(address)
}

func TestSignIn(t *testing.T) {
	d := newDesk(t)
	sealed, back := d.begin(false)
	got, err := d.staff.Finish(t.Context(), sealed, back)
	if want := (Login{Person: "oidc:robin", Role: auth.RoleQA, Name: "Robin", Return: "/here"}); err != nil || got != want {
		t.Errorf("got %+v and %v, want %+v", got, err, want)
	}
	if _, err := d.staff.Finish(t.Context(), sealed, back); !errors.Is(err, ErrFailed) {
		t.Errorf("the same answer once more: got %v, want ErrFailed", err)
	}
	d.provider.Be(map[string]any{"sub": "pia", "email": "pia@example.com", "realm": map[string]any{"groups": []string{"reviewers", "officers"}}})
	sealed, back = d.begin(true)
	got, err = d.staff.Finish(t.Context(), sealed, back)
	if err != nil || got.Role != auth.RolePrivacy || got.Name != "pia@example.com" || got.AuthTime.Before(d.now.Add(-time.Minute)) {
		t.Errorf("anew: got %+v and %v, want a privacy officer who has just signed in", got, err)
	}
}

// TestAnswersThatAreRefused: nobody is let in by an answer that is not the one to
// this browser's attempt.
func TestAnswersThatAreRefused(t *testing.T) {
	set := func(name, value string) func(*desk, *string, url.Values) {
		return func(_ *desk, _ *string, back url.Values) { back.Set(name, value) }
	}
	tamper := func(name string, value any) func(*desk, *string, url.Values) {
		return func(d *desk, _ *string, _ url.Values) {
			d.provider.Tamper(func(claims map[string]any) {
				claims[name] = value
				if value == nil {
					delete(claims, name)
				}
			})
		}
	}
	for _, tt := range []struct {
		name   string
		fresh  bool
		change func(d *desk, sealed *string, back url.Values)
		want   error
	}{
		{"another state", false, set("state", "x"), ErrFailed},
		{"no state", false, set("state", ""), ErrFailed},
		{"another issuer", false, set("iss", "https://evil.example"), ErrFailed},
		{"another code", false, set("code", "x"), ErrFailed},
		{"no code", false, set("code", ""), ErrFailed},
		{"declined", false, set("error", "access_denied"), ErrFailed},
		{"no cookie", false, func(_ *desk, sealed *string, _ url.Values) { *sealed = "" }, ErrFailed},
		{"a cookie that was changed", false, func(_ *desk, sealed *string, _ url.Values) { *sealed = "A" + (*sealed)[1:] + "A" }, ErrFailed},
		{"the cookie of another attempt", false, func(d *desk, sealed *string, _ url.Values) { *sealed, _ = d.begin(false) }, ErrFailed},
		{"the code of another attempt", false, func(d *desk, _ *string, back url.Values) {
			_, other := d.begin(false)
			back.Set("code", other.Get("code")) // PKCE and nonce are those of the other
		}, ErrFailed},
		{"too late", false, func(d *desk, _ *string, _ url.Values) { d.now = d.now.Add(LoginWithin + time.Second) }, ErrFailed},
		{"nonce", false, tamper("nonce", "x"), ErrFailed},
		{"no nonce", false, tamper("nonce", nil), ErrFailed},
		{"audience", false, tamper("aud", "somebody"), ErrFailed},
		{"issuer in the token", false, tamper("iss", "https://evil.example"), ErrFailed},
		{"expired", false, tamper("exp", time.Now().Add(-time.Hour).Unix()), ErrFailed},
		{"no subject", false, tamper("sub", ""), ErrFailed},
		{"a subject that is no id", false, tamper("sub", "ro bin"), ErrFailed},
		{"not anew", true, tamper("auth_time", time.Now().Add(-time.Hour).Unix()), ErrFailed},
		{"anew, but when is not told", true, tamper("auth_time", nil), ErrFailed},
		{"signed in tomorrow", true, tamper("auth_time", time.Now().Add(24*time.Hour).Unix()), ErrFailed},
		{"no group", false, tamper("realm", map[string]any{}), ErrNoRole},
		{"no group that counts", false, tamper("realm", map[string]any{"groups": "members"}), ErrNoRole},
		{"the provider is down", false, func(d *desk, _ *string, _ url.Values) { d.provider.Down(true) }, ErrUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			sealed, back := d.begin(tt.fresh)
			tt.change(d, &sealed, back)
			if got, err := d.staff.Finish(t.Context(), sealed, back); !errors.Is(err, tt.want) || got != (Login{}) {
				t.Errorf("got %+v and %v, want nobody and %v", got, err, tt.want)
			}
		})
	}
}

func TestProviderThatComesBack(t *testing.T) {
	d := newDesk(t)
	d.provider.Down(true)
	if _, _, err := d.staff.Begin(t.Context(), false, "/"); !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	d.provider.Down(false)
	d.now = d.now.Add(askAgain)
	if _, _, err := d.staff.Begin(t.Context(), false, "/"); err != nil {
		t.Errorf("back again: got %v", err)
	}
}

func TestRolesThatStaffMayHave(t *testing.T) {
	for role, good := range map[auth.Role]bool{
		auth.RoleQA: true, auth.RoleQALead: true, auth.RolePrivacy: true, auth.RoleAdmin: true, auth.RoleAuditor: true,
		auth.RoleMember: false, auth.RoleExpert: false, auth.RoleService: false, "boss": false,
	} {
		_, err := New(Config{Key: make([]byte, 32), Roles: []Mapping{{"g", role}}})
		if (err == nil) != good {
			t.Errorf("%s: got %v, want it taken: %v", role, err, good)
		}
	}
}

// TestTheSealHidesTheVerifier: what the browser keeps tells nothing.
func TestTheSealHidesTheVerifier(t *testing.T) {
	s, err := newSealer(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	a := attempt{State: "st", Nonce: "no", Verifier: "secret", Return: "/", At: time.Unix(1, 0).UTC()}
	text, err := s.seal(a)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.open(text); err != nil || got != a || strings.Contains(text, "secret") {
		t.Errorf("got %+v and %v, want %+v", got, err, a)
	}
	other, err := newSealer([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.open(text); err == nil {
		t.Error("another key opens it")
	}
	if _, err := newSealer(nil); err == nil {
		t.Error("no key was taken")
	}
}

package api

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/signaling/staff"
	"parley/signaling/staff/stafftest"
	"parley/storage/id"
)

// late is a sign-in that is known once the server listens.
type late struct{ SignIn }

// office is a house where staff sign in at an OpenID provider, and one browser.
type office struct {
	*house
	provider *stafftest.Provider
	browser  *http.Client
	seen     []*http.Response // what the browser was answered on its way
}

func newOffice(t testing.TB) *office {
	t.Helper()
	signIn := &late{}
	h := newHouse(t, func(h *house, cfg *Config) {
		cfg.Staff = &Staff{SignIn: signIn, Key: h.key, Cookie: auth.Cookie{Insecure: true}, Life: time.Hour, Fresh: 5 * time.Minute}
	})
	h.withEraser()
	o := &office{house: h, provider: stafftest.New(t, h.url+staff.CallbackPath)}
	provider, err := staff.New(staff.Config{
		Issuer: o.provider.Issuer, ClientID: stafftest.ClientID, ClientSecret: auth.Secret(stafftest.ClientSecret),
		Redirect: h.url + staff.CallbackPath, RoleClaim: "roles", Key: make([]byte, 32), Now: time.Now,
		Roles: []staff.Mapping{{Group: "officers", Role: auth.RolePrivacy}, {Group: "reviewers", Role: auth.RoleQA}},
	})
	if err != nil {
		t.Fatal(err)
	}
	signIn.SignIn = provider
	o.newBrowser()
	return o
}

func (o *office) newBrowser() {
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	o.browser = &http.Client{Jar: jar, Transport: o}
}

// RoundTrip notes what the browser is answered.
func (o *office) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		o.seen = append(o.seen, answer)
	}
	return answer, err
}

// do sends a request from the browser.
func (o *office) do(method, path, body string, header ...string) (code int, text string) {
	o.t.Helper()
	r, err := http.NewRequestWithContext(o.t.Context(), method, o.url+path, strings.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := o.browser.Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	defer answer.Body.Close()
	read, err := io.ReadAll(answer.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return answer.StatusCode, string(read)
}

const bearer, byCookie = "Authorization", "Bearer " + auth.CookieToken

// signIn goes all the way and returns where it ended.
func (o *office) signIn(query string) *url.URL {
	o.t.Helper()
	o.seen = nil
	o.do("GET", "/api/v1/staff/login?"+query, "")
	return o.seen[len(o.seen)-1].Request.URL
}

func TestStaffSignIn(t *testing.T) {
	o := newOffice(t)
	if code, text := o.do("GET", "/api/v1/config", ""); code != http.StatusOK || !strings.Contains(text, `"staff_sign_in":"/api/v1/staff/login"`) {
		t.Errorf("config: got %d %s", code, text)
	}
	if code, _ := o.do("GET", "/api/v1/staff/session", "", bearer, byCookie); code != http.StatusUnauthorized {
		t.Errorf("before: got %d, want 401", code)
	}
	o.provider.Be(map[string]any{"sub": "robin", "name": "Robin", "roles": []string{"reviewers"}})
	if end := o.signIn("return=/%23/recordings"); end.RequestURI() != "/" || end.Fragment != "/recordings" {
		t.Errorf("it ended at %s", end)
	}
	var session *http.Cookie
	for _, answer := range o.seen {
		for _, c := range answer.Cookies() {
			if c.Name == "parley_session" {
				session = c
			}
			if !c.HttpOnly || c.SameSite == http.SameSiteNoneMode || c.SameSite == 0 {
				t.Errorf("cookie %s can be read or is sent from other sites: %+v", c.Name, c)
			}
		}
	}
	if session == nil || session.SameSite != http.SameSiteStrictMode || session.Path != "/" {
		t.Fatalf("session cookie: got %+v, want a strict one", session)
	}
	code, text := o.do("GET", "/api/v1/staff/session", "", bearer, byCookie)
	if code != http.StatusOK || !strings.Contains(text, `"token":"cookie"`) || !strings.Contains(text, `"person":{"id":"oidc:robin","role":"qa","name":"Robin"}`) {
		t.Errorf("session: got %d %s", code, text)
	}
	if code, _ := o.do("GET", "/api/v1/recordings", "", bearer, byCookie); code != http.StatusOK {
		t.Errorf("recordings: got %d, want 200", code)
	}
	entries, err := o.store.ChainEntries(t.Context(), AuditChain, "oidc:robin", 0, 10)
	if err != nil || len(entries) != 1 || entries[0].Kind != "staff.sign-in" {
		t.Errorf("audit: got %+v and %v, want the sign-in", entries, err)
	}
}

// TestNoOtherSiteActsForStaff: a cookie alone is nothing, and what a browser says
// comes from elsewhere is refused.
func TestNoOtherSiteActsForStaff(t *testing.T) {
	o := newOffice(t)
	o.provider.Be(map[string]any{"sub": "pia", "roles": "officers"})
	o.signIn("")
	for _, tt := range []struct {
		name   string
		header []string
		want   int
	}{
		{"the cookie alone, as a form sends it", nil, http.StatusUnauthorized},
		{"another origin", []string{bearer, byCookie, "Origin", "https://evil.example"}, http.StatusForbidden},
		{"another site", []string{bearer, byCookie, "Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		{"another host of this site", []string{bearer, byCookie, "Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
		{"this page", []string{bearer, byCookie, "Sec-Fetch-Site", "same-origin"}, http.StatusNoContent},
	} {
		if got, text := o.do("POST", "/api/v1/staff/signout", "", tt.header...); got != tt.want {
			t.Errorf("%s: got %d %s, want %d", tt.name, got, text, tt.want)
		}
	}
}

// TestSignOutEndsTheSession: also for whoever has a copy of the cookie.
func TestSignOutEndsTheSession(t *testing.T) {
	o := newOffice(t)
	o.provider.Be(map[string]any{"sub": "robin", "roles": []string{"reviewers"}})
	o.signIn("")
	home, err := url.Parse(o.url)
	if err != nil {
		t.Fatal(err)
	}
	copied := o.browser.Jar.Cookies(home)
	if code, text := o.do("POST", "/api/v1/staff/signout", "", bearer, byCookie); code != http.StatusNoContent {
		t.Fatalf("sign out: got %d %s, want 204", code, text)
	}
	if left := o.browser.Jar.Cookies(home); len(left) != 0 {
		t.Errorf("left in the browser: %v", left)
	}
	o.browser.Jar.SetCookies(home, copied)
	if code, text := o.do("GET", "/api/v1/recordings", "", bearer, byCookie); code != http.StatusUnauthorized || !strings.Contains(text, "token-revoked") {
		t.Errorf("the copy: got %d %s, want 401 token-revoked", code, text)
	}
}

// TestErasureNeedsAFreshSignIn, and so does what hands recordings out: an officer whose sign-in is old, or tells no time,
// has to sign in once more; the people who spoke have not.
func TestErasureNeedsAFreshSignIn(t *testing.T) {
	o := newOffice(t)
	rec := o.shelve()
	erase := func() (int, string) {
		return o.do("POST", "/api/v1/recordings/"+string(rec.ID)+"/erasures", `{"part":"call","note":"court"}`, bearer, byCookie)
	}
	o.provider.Be(map[string]any{"sub": "pia", "roles": []string{"officers"}})
	o.signIn("")
	if code, text := erase(); code != http.StatusForbidden || !strings.Contains(text, "step-up-needed") {
		t.Errorf("with an old sign-in: got %d %s, want 403 step-up-needed", code, text)
	}
	if code, _ := o.do("GET", "/api/v1/erasures", "", bearer, byCookie); code != http.StatusOK {
		t.Errorf("reading: got %d, want 200", code)
	}
	old := o.tokenFor(auth.RolePrivacy, time.Hour)
	if code, text := o.do("POST", "/api/v1/recordings/"+string(rec.ID)+"/erasures", `{"part":"call","note":"court"}`, bearer, "Bearer "+old); code != http.StatusForbidden {
		t.Errorf("an officer with the platform's token: got %d %s, want 403", code, text)
	}
	if code, text := o.do("POST", "/api/v1/recordings/"+string(rec.ID)+"/erasures", `{}`, bearer, "Bearer "+o.token(auth.RoleMember)); code != http.StatusCreated {
		t.Errorf("who spoke: got %d %s, want 201", code, text)
	}
	for path, body := range map[string]string{
		"/copies": `{"person":"maya","role":"member","case":"7"}`,
		"/recordings/" + string(rec.ID) + "/disclosures/1/decision":    `{"approve":true}`,
		"/recordings/" + string(rec.ID) + "/disclosures/1/bundle":      ``,
		"/erasures/" + string(id.NewErasure(time.Now())) + "/decision": `{"approve":true}`,
	} {
		if code, text := o.do("POST", "/api/v1"+path, body, bearer, byCookie); code != http.StatusForbidden || !strings.Contains(text, "step-up-needed") {
			t.Errorf("%s with an old sign-in: got %d %s, want 403 step-up-needed", path, code, text)
		}
	}
	if code, text := o.do("GET", "/api/v1/calls/"+string(rec.CallID)+"/vcon?case=7", "", bearer, byCookie); code != http.StatusForbidden || !strings.Contains(text, "step-up-needed") {
		t.Errorf("the vCon with an old sign-in: got %d %s, want 403 step-up-needed", code, text)
	}
	o.signIn("fresh=1")
	if code, text := erase(); code != http.StatusCreated {
		t.Errorf("after the sign-in: got %d %s, want 201", code, text)
	}
}

// TestSignInsThatFail end at the page, which says why, and leave no session; no
// sign-in leads to another site.
func TestSignInsThatFail(t *testing.T) {
	o := newOffice(t)
	o.provider.Be(nil)
	check := func(name, query, want string) {
		t.Helper()
		if end := o.signIn(query); o.url+want != end.String() {
			t.Errorf("%s: it ended at %s, want %s", name, end, want)
		}
		if code, _ := o.do("GET", "/api/v1/staff/session", "", bearer, byCookie); strings.Contains(want, "sign_in") && code != http.StatusUnauthorized {
			t.Errorf("%s: there is a session: %d", name, code)
		}
	}
	check("declined", "", "/?sign_in=failed")
	o.provider.Be(map[string]any{"sub": "maya", "roles": []string{"members"}})
	check("no role", "", "/?sign_in=no-role")
	if o.do("GET", staff.CallbackPath+"?code=x&state=y", ""); o.seen[len(o.seen)-1].Request.URL.RawQuery != "sign_in=failed" {
		t.Errorf("an answer that nobody asked for ended at %s", o.seen[len(o.seen)-1].Request.URL)
	}
	o.provider.Be(map[string]any{"sub": "robin", "roles": []string{"reviewers"}})
	for _, elsewhere := range []string{"https://evil.example/", "//evil.example/", `/\\evil.example/`, "javascript:alert(1)", "evil", "/\t/evil.example"} {
		check(elsewhere, "return="+url.QueryEscape(elsewhere), "/")
	}
}

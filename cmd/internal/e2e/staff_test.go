package e2e

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"parley/signaling/staff"
	"parley/signaling/staff/stafftest"
)

// TestStaffSignInByBrowser: a reviewer signs in at a provider on another site,
// stays signed in by a cookie that no script reads, and is signed out for good.
func TestStaffSignInByBrowser(t *testing.T) {
	// The way to the server has a name before the server listens; to a browser,
	// localhost and the provider's 127.0.0.1 are two sites.
	var behind atomic.Pointer[server]
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to, err := url.Parse(behind.Load().url)
		if err != nil {
			t.Errorf("address of the server: %v", err)
			return
		}
		proxy := httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(to)
			p.Out.Host = p.In.Host
		}}
		proxy.ServeHTTP(w, r)
	}))
	defer front.Close()
	base := strings.Replace(front.URL, "127.0.0.1", "localhost", 1)
	provider := stafftest.New(t, base+staff.CallbackPath)
	provider.Be(map[string]any{"sub": "robin", "name": "Robin", "roles": []string{"qa-team"}})
	behind.Store(startServerWith(t, t.TempDir(), []string{
		"--oidc-issuer", provider.Issuer, "--oidc-client-id", stafftest.ClientID,
		"--oidc-redirect", base + staff.CallbackPath, "--oidc-role", "qa-team=qa",
	}, "PARLEY_OIDC_CLIENT_SECRET="+stafftest.ClientSecret))
	var got struct {
		Cookies []struct {
			Name, SameSite string
			HTTPOnly       bool
		}
		SeenByScript string
		Left         int
		Faults       []string
	}
	scenario(t, "staff.mjs", map[string]string{"base": base}, &got)
	if len(got.Faults) > 0 || got.Left != 0 {
		t.Errorf("faults %q, %d cookies left, want none", got.Faults, got.Left)
	}
	if len(got.Cookies) != 1 || !got.Cookies[0].HTTPOnly || got.Cookies[0].SameSite != "Strict" {
		t.Errorf("cookies: got %+v, want one that is HttpOnly and Strict", got.Cookies)
	}
	if strings.Contains(got.SeenByScript, "eyJ") || !strings.Contains(got.SeenByScript, "Robin") {
		t.Errorf("a script sees %s, want who it is and no token", got.SeenByScript)
	}
}

package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// TestThePlanIsThatOfTheServer: it looks at the same settings as the server, so
// that it lists what the server will do.
func TestThePlanIsThatOfTheServer(t *testing.T) {
	dir := prepared(t)
	began := time.Now().Add(-40 * 24 * time.Hour)
	r := meta.Recording{ID: id.NewRecording(began), CallID: id.NewCall(began), MemberID: "maya", ExpertID: "lee", State: meta.StateStored, StartedAt: began}
	withStores(t, dir, "", func(ctx context.Context, st *stores) {
		envelopes := map[string][]byte{}
		for _, part := range id.Parts() {
			envelopes[part] = []byte("sealed")
		}
		if err := st.meta.InsertRecording(ctx, r, envelopes); err != nil {
			t.Fatal(err)
		}
	})
	policy := file(t, "policy.yaml", "policy: 1\npurposes: [Quality review]\nmax_retention_days: 35\n")
	for name, tc := range map[string]struct {
		flags []string
		want  string
	}{
		"the default":      {nil, "1 kept"},
		"the days":         {[]string{"--retention-days=30"}, "1 to be set aside"},
		"a purpose's days": {[]string{"--retention-class=Quality review=30"}, "1 to be set aside"},
		"another purpose":  {[]string{"--retention-class=Training=30"}, "1 kept"},
		"the policy's":     {[]string{"--consent-policy=" + policy}, "1 to be set aside"},
	} {
		if said := command(t, append([]string{"retention", "plan", "--data", dir}, tc.flags...)...); !strings.Contains(said, tc.want) {
			t.Errorf("%s: got %q, want %q", name, said, tc.want)
		}
	}
	if _, said, code := program(t, "retention", "plan", "--data", dir, "--retention-days=0"); code == 0 || !strings.Contains(said, "--retention-days") {
		t.Errorf("no day at all: got exit code %d and %q, want it refused", code, said)
	}
}

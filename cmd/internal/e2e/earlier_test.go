package e2e

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parley/cmd/internal/softphone"
	"parley/recorder/consent/receipt"
	"parley/signaling/wire"
	"parley/storage/meta/pgtest"
	"parley/storage/signing"
)

// TestAYesOfAnEarlierCall: with the operator's policy a yes counts in the next call,
// after a restart too. The person is told of it and not asked, the call is recorded once
// that is on the screen, and the receipt names the earlier one. Taken back there, it is
// over: the call after that asks.
func TestAYesOfAnEarlierCall(t *testing.T) {
	for name, database := range map[string]func(t *testing.T) []string{
		"SQLite":     func(*testing.T) []string { return nil },
		"PostgreSQL": func(t *testing.T) []string { return []string{"--database", pgtest.Start(t).Schema(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			policy := filepath.Join(t.TempDir(), "policy.yaml")
			must(t, os.WriteFile(policy, []byte("policy: 1\nearlier_consent: {count: true, max_age_days: 30}\n"), 0o600))
			e := earlier{dir: t.TempDir(), args: append(database(t), "--demo", "--wrap-up", "0s", "--consent-policy", policy)}

			first := e.call(t, "question", false)
			if first.Extension.Earlier != nil {
				t.Errorf("the first receipt rests on %+v, want nothing", first.Extension.Earlier)
			}
			second := e.call(t, "notice", true)
			if on := second.Extension.Earlier; on == nil || on.Receipt != first.Hash() {
				t.Errorf("the second receipt rests on %+v, want the first, %s", on, first.Hash())
			}
			e.call(t, "question", false)
		})
	}
}

// earlier is a server that is started for each call.
type earlier struct {
	dir  string
	args []string
}

// call makes one recorded call, in which the member is met by a question or a notice,
// and returns the receipt of what let it be recorded.
func (e earlier) call(t *testing.T, kind string, withdraw bool) receipt.Receipt {
	t.Helper()
	s := startServerWith(t, e.dir, e.args)
	defer s.stop(t)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	member, expert := dial(ctx, t, s, "noah", ""), dial(ctx, t, s, "sam-ortiz", "")
	must(t, member.Wait(ctx, "the expert", available("sam-ortiz")))
	must(t, member.Send(ctx, &wire.CallStart{Expert: "sam-ortiz"}))
	must(t, expert.Wait(ctx, "the ringing", func(st softphone.State) bool { return st.Call != nil }))
	call := expert.State().Call.ID
	must(t, expert.Send(ctx, &wire.CallAccept{Call: call}))
	if got := agree(ctx, t, member); got != kind {
		t.Fatalf("the member met a %s, want a %s", got, kind)
	}
	agree(ctx, t, expert)
	must(t, member.Wait(ctx, "the recording light", func(st softphone.State) bool { return st.Call.Recording.State == wire.RecordingOn }))
	got := newestReceipt(t, s, "noah", call)
	if withdraw {
		must(t, member.Send(ctx, &wire.ConsentWithdraw{Call: call}))
		must(t, member.Wait(ctx, "the stop", func(st softphone.State) bool { return st.Call.Recording.State == wire.RecordingStopped }))
	}
	must(t, member.Send(ctx, &wire.CallHangup{Call: call}))
	must(t, member.Wait(ctx, "the end", func(st softphone.State) bool { return st.Call.State == "ended" }))
	must(t, member.Close())
	must(t, expert.Close())
	return got
}

// agree says yes to a question, and has a notice on the screen; it tells which it was.
func agree(ctx context.Context, t *testing.T, p *softphone.Phone) (kind string) {
	t.Helper()
	must(t, p.Wait(ctx, "a question", func(st softphone.State) bool { return st.Call != nil && st.Call.Consent.Question != nil }))
	q := p.State().Call.Consent.Question
	if q.Kind == "question" {
		must(t, p.Agree(ctx, wire.AnswerYes))
	} else {
		must(t, p.Send(ctx, &wire.ConsentShown{Call: p.State().Call.ID, Hash: q.Hash}))
	}
	return q.Kind
}

// newestReceipt downloads a person's newest receipt of a call and verifies it.
func newestReceipt(t *testing.T, s *server, person, call string) receipt.Receipt {
	t.Helper()
	fetch := func(path string) []byte {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
		must(t, err)
		req.Header.Set("Authorization", "Bearer "+demoToken(t, s, person))
		resp, err := http.DefaultClient.Do(req)
		must(t, err)
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		must(t, err)
		return body
	}
	keys, err := signing.ParseKeys(fetch("/.well-known/parley-keys.json"))
	must(t, err)
	r, err := receipt.OpenFile(fetch("/api/v1/calls/"+call+"/receipt"), keys)
	must(t, err)
	return r
}

package integration_test

import (
	"net/http"
	"testing"
	"time"

	"parley/recorder/consent/ledger"
	"parley/signaling/wire"
	"parley/storage/meta"
	"parley/storage/meta/pgtest"
	"parley/storage/meta/postgres"
)

func openPostgres(t testing.TB, server *pgtest.Server) meta.Store {
	t.Helper()
	store, err := postgres.Open(t.Context(), postgres.Config{URL: server.Schema(t)})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// light waits until both see the recording light in a state.
func light(state string, people ...*phone) {
	for _, p := range people {
		p.t.Helper()
		p.call("the light to be "+state, func(c *wire.CallView) bool { return c.Recording.State == state })
	}
}

// ready waits until the server's probe of readiness has a status.
func (s *server) ready(status int) {
	s.t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		resp, err := s.http.Client().Get(s.http.URL + "/readyz")
		if err != nil {
			s.t.Fatal(err)
		}
		_ = resp.Body.Close() // only the status counts
		if resp.StatusCode == status {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			s.t.Fatalf("readiness: got %s, want %d", resp.Status, status)
		}
	}
}

// TestTheDatabaseIsGoneDuringCalls: calls go on, what needs a durable entry is
// not done, and the light says so; with the database everything comes back.
func TestTheDatabaseIsGoneDuringCalls(t *testing.T) {
	database := pgtest.Start(t)
	s := serveOn(t, openPostgres(t, database), nil)
	member, expert := s.phone(maya), s.available(lee)
	other, busy := s.phone(noah), s.available(ortiz)
	recorded := talk(member, expert, "yes")
	light(wire.RecordingOn, member, expert)
	asked := ring(other, busy)
	s.ready(http.StatusOK)

	database.Kill(t)
	s.ready(http.StatusServiceUnavailable)

	// No durable answer, so no recording; but the two hear each other.
	busy.send(&wire.CallAccept{Call: asked})
	for _, p := range []*phone{other, busy} {
		p.state("connecting")
		p.answer("yes")
	}
	other.state("active")
	busy.state("active")
	light(wire.RecordingProblem, other, busy)
	other.Media().Say(tone())
	heard(t, busy)
	s.recorder.wait(t, "only the call before the outage", func(r []*fakeRecording) bool { return len(r) == 1 && r[0].packets[0] > 0 })

	// A withdrawal closes the gate whether or not it can be written down.
	member.send(&wire.ConsentWithdraw{Call: recorded})
	s.recorder.wait(t, "the gate to shut", func(r []*fakeRecording) bool { return !r[0].open })
	light(wire.RecordingStopped, member, expert)
	expert.Media().Say(tone())
	heard(t, member)

	database.Restart(t)
	s.ready(http.StatusOK)
	member.send(&wire.CallHangup{Call: recorded})
	other.send(&wire.CallHangup{Call: asked})
	for _, p := range []*phone{member, expert, other, busy} {
		p.ended("completed")
	}
	talk(member, expert, "yes")
	light(wire.RecordingOn, member, expert)
	if err := s.store.VerifyChain(t.Context(), ledger.Chain); err != nil {
		t.Errorf("the ledger after the outage: %v", err)
	}
	if all, err := s.store.UnfinishedCalls(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("calls without an end: got %+v and %v, want the last one only", all, err)
	}
}

// TestTheDatabaseGoesWhileRecorded: what was agreed durably is recorded on.
func TestTheDatabaseGoesWhileRecorded(t *testing.T) {
	database := pgtest.Start(t)
	s := serveOn(t, openPostgres(t, database), nil)
	member, expert := s.phone(maya), s.available(lee)
	call := talk(member, expert, "yes")
	light(wire.RecordingOn, member, expert)
	database.Stop(t)
	var before int
	s.recorder.wait(t, "a recording", func(r []*fakeRecording) bool { before = r[0].packets[0]; return true })
	s.recorder.wait(t, "the recording to go on", func(r []*fakeRecording) bool { return r[0].open && r[0].packets[0] > before+50 })
	light(wire.RecordingOn, member, expert)
	member.send(&wire.CallHangup{Call: call})
	expert.ended("completed")
	s.recorder.wait(t, "the end", func(r []*fakeRecording) bool { return r[0].finished == 1 && !r[0].open })
}

package crash

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/cmd/internal/softphone"
	"parley/signaling/auth"
	"parley/signaling/client"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/pgtest"
	"parley/storage/meta/postgres"
)

// waits lets calls wait long enough for phones that do return.
var waits = []string{"--resume-calls", "30s"}

// comeBack signs one side in again and asks for its sound, as a browser does.
func (c *call) comeBack(ctx context.Context, t *testing.T, s *server, leg int) {
	t.Helper()
	role := []auth.Role{auth.RoleMember, auth.RoleExpert}[leg]
	who := token(t, role, string(role)+"-0", [2]string{"US-TX", "US-NY"}[leg])
	p, err := softphone.Dial(ctx, softphone.Config{Server: s.url, Token: who, HTTP: httpClient})
	must(t, err)
	if old := c.phones[leg]; old != nil {
		_ = old.Close() // its server is gone
	}
	c.phones[leg] = p
	if p.State().Welcome.Call == nil {
		t.Fatalf("the %s is welcomed without the call\n%s", role, s.said())
	}
	must(t, p.Send(ctx, &wire.MediaJoin{Call: c.id()}))
}

// bothBack brings both sides back and waits until they have sound.
func (c *call) bothBack(ctx context.Context, t *testing.T, s *server) {
	t.Helper()
	for leg := range c.phones {
		c.comeBack(ctx, t, s, leg)
	}
	for _, p := range c.phones {
		must(t, p.Wait(ctx, "the call to go on", func(s softphone.State) bool {
			return s.Call != nil && s.Call.State == "active" && p.Media() != nil
		}))
	}
}

// part is what both said during one process, and when it ended.
type part struct {
	marks [2][]mark
	end   time.Time
}

// said ends the speaking and returns what was said until end.
func (c *call) said(end time.Time) (p part) {
	c.hush()
	p.end = end
	for leg, talker := range c.talkers {
		p.marks[leg] = talker.spoken()
		c.talkers[leg] = nil
	}
	return p
}

// holds checks that all parts are in a recording, each at its time by one clock, and
// that there is silence between them.
func holds(t *testing.T, voices [2][]int16, parts []part) {
	t.Helper()
	for leg, voice := range voices {
		heard := listen(t, leg, voice)
		first := parts[0].marks[leg]
		offset, _ := place(spokenBy(first, parts[0].end.Add(-maxLoss)), heard)
		for i, p := range parts {
			marks := spokenBy(p.marks[leg], p.end)
			at := offset + marks[0].at.Sub(first[0].at)
			found := match(marks, heard, at, patience)
			last := lastOf(found)
			if n := count(found[:last+1]); last < 0 || n < (last+1)*8/10 {
				t.Errorf("leg %d, part %d: got %d of %d marks at their places, want nearly all\n%s", leg, i, n, last+1, picture(marks, at, heard))
				continue
			}
			if lost := p.end.Sub(marks[last].at); i < len(parts)-1 && lost > maxLoss+standstill(marks, p.end) {
				t.Errorf("leg %d, part %d: got the last mark %s before its end, want at most %s", leg, i, lost, maxLoss)
			}
			if i == 0 {
				continue
			}
			from := int((offset + parts[i-1].end.Sub(first[0].at) + patience) / hop)
			for k := from; k < int((at-patience)/hop) && k < len(heard); k++ {
				if heard[k] >= 0 {
					t.Fatalf("leg %d: something is heard at %s, between parts %d and %d", leg, time.Duration(k)*hop, i-1, i)
				}
			}
		}
	}
}

func spokenBy(marks []mark, end time.Time) []mark {
	for len(marks) > 1 && marks[len(marks)-1].at.After(end) {
		marks = marks[:len(marks)-1]
	}
	return marks
}

// event is one of the feed.
type event struct {
	Type, Call string
	Data       struct {
		Reason  string
		Seconds float64 `json:"connected_seconds"`
		Gap     float64 `json:"gap_seconds"`
		Sound   struct{ Member, Expert meta.LegQuality }
	}
}

// events are all of a call in the feed, once it has ended.
func (s *server) events(ctx context.Context, t *testing.T, call string) (of map[string][]event) {
	t.Helper()
	for {
		of = map[string][]event{}
		for after, more := "", true; more; {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/api/v1/events?limit=1000&after="+after, nil)
			must(t, err)
			req.Header.Set("Authorization", "Bearer "+token(t, auth.RoleService, "billing", ""))
			resp, err := httpClient.Do(req)
			must(t, err)
			var page struct {
				Events []event
				Next   string
			}
			must(t, json.NewDecoder(resp.Body).Decode(&page))
			must(t, resp.Body.Close())
			for _, e := range page.Events {
				if e.Call == call {
					of[e.Type] = append(of[e.Type], e)
				}
			}
			more, after = len(page.Events) > 0 && page.Next != after, page.Next
		}
		if len(of["call.ended"]) > 0 || ctx.Err() != nil {
			return of
		}
		pass(poll)
	}
}

// endsOnce checks that a call was connected and ended once, and how.
func (s *server) endsOnce(ctx context.Context, t *testing.T, call, reason string, least, most time.Duration) {
	t.Helper()
	of := s.events(ctx, t, call)
	if len(of["call.connected"]) != 1 || len(of["call.ended"]) != 1 {
		t.Fatalf("events of the call: got %+v, want it connected and ended once", of)
	}
	got := of["call.ended"][0].Data
	if got.Reason != reason || got.Seconds < least.Seconds() || got.Seconds > most.Seconds() {
		t.Errorf("call.ended: got %+v, want %s with %s to %s", got, reason, least, most)
	}
}

// sent is how many samples the call's record has of what the member sent.
func (s *server) sent(ctx context.Context, t *testing.T, call string) int64 {
	t.Helper()
	who := token(t, auth.RoleService, "billing", "")
	c, err := client.New(client.Config{
		Server: s.url, HTTP: httpClient, Token: func(context.Context) (string, error) { return who, nil },
	})
	must(t, err)
	record, err := c.GetCall(ctx, call)
	must(t, err)
	if m := record.Sound.Member; m != nil && m.Sent != nil {
		return m.Sent.Samples
	}
	return 0
}

// resumed checks what platforms are told of a call that went on so many times, each
// time after a gap of at most so long.
func (s *server) resumed(ctx context.Context, t *testing.T, call string, times int, most time.Duration) {
	t.Helper()
	got := s.events(ctx, t, call)["call.resumed"]
	if len(got) != times {
		t.Errorf("call.resumed: got %+v, want it %d times", got, times)
	}
	for _, e := range got {
		if e.Data.Gap <= 0 || e.Data.Gap > most.Seconds() {
			t.Errorf("call.resumed: got a gap of %v s, want up to %s", e.Data.Gap, most)
		}
	}
}

// speaks waits as well, and says that the call is recorded, and again when it goes on.
var speaks = append(slices.Clone(waits), "--spoken-notice", "extra")

// TestCallGoesOn: a server that ends in the midst of a recorded call, by a kill or in
// the ordinary way and several times, and is started again: both come back, the call
// goes on, and one recording holds all that was said at its time.
func TestCallGoesOn(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *server) time.Time{
		"killed": func(t *testing.T, s *server) time.Time { return s.kill(t) },
		"stopped": func(t *testing.T, s *server) time.Time {
			at := time.Now()
			s.stop(t)
			return at
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
			defer cancel()
			dir := t.TempDir()
			s := start(t, dir, speaks...)
			c := connectAll(ctx, t, s, 1)[0]
			began := time.Now()
			var parts []part
			var measured []int64
			for range 2 {
				pass(2500 * time.Millisecond)
				parts = append(parts, c.said(end(t, s)))
				s = start(t, dir, speaks...)
				measured = append(measured, s.sent(ctx, t, c.id()))
				c.bothBack(ctx, t, s)
				if err := c.light(ctx, wire.RecordingOn); err != nil {
					t.Fatalf("%v\n%s", err, s.said())
				}
				c.speak()
			}
			pass(2500 * time.Millisecond)
			parts = append(parts, c.said(time.Now()))
			must(t, c.hangUp(ctx))
			byCall := s.settled(ctx, t)
			left := byCall[c.id()]
			if len(left) != 1 || left[0].State != "stored" {
				t.Fatalf("recordings: got %+v, want one that is stored\n%s", left, s.said())
			}
			holds(t, s.play(ctx, t, left[0].ID), parts)
			talked := time.Since(began)
			s.endsOnce(ctx, t, c.id(), "completed", 7500*time.Millisecond, talked+2*time.Second)
			s.resumed(ctx, t, c.id(), 2, talked)
			// A kill costs what was measured since the record was written last.
			if measured = append(measured, s.sent(ctx, t, c.id())); measured[2] == 0 || !slices.IsSorted(measured) || name == "stopped" && measured[1] == 0 {
				t.Errorf("samples of what the member sent: got %v over the processes, want them to add up", measured)
			}
			s.stop(t)
			noKeys(t, dir)
			proved(ctx, t, dir, byCall)
			notes := strings.Join(reports(ctx, t, dir)[left[0].ID].Notes, "; ")
			if n := strings.Count(notes, "the process ended during the call; the recording goes on at "); n != 2 {
				t.Errorf("report: got %q, want a note for each of the two times", notes)
			}
		})
	}
}

// TestNoStaysNo: what was refused or taken back before a kill is not recorded after
// it, and the two go on talking.
func TestNoStaysNo(t *testing.T) {
	for name, no := range map[string]func(*call) wire.ClientMessage{
		"withdrawn": func(c *call) wire.ClientMessage { return &wire.ConsentWithdraw{Call: c.id()} },
		"declined": func(c *call) wire.ClientMessage {
			q := c.phones[1].State().Call.Consent.Question
			return &wire.ConsentAnswer{Call: c.id(), Hash: q.Hash, Answer: wire.AnswerNo}
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
			defer cancel()
			dir := t.TempDir()
			s := start(t, dir, waits...)
			c := connectAll(ctx, t, s, 1)[0]
			pass(time.Second)
			must(t, c.phones[1].Send(ctx, no(c)))
			must(t, c.light(ctx, wire.RecordingStopped))
			said := c.said(time.Now())
			s.kill(t)
			s = start(t, dir, waits...)
			c.bothBack(ctx, t, s)
			c.speak()
			hearEachOther(ctx, t, c)
			pass(time.Second)
			if v := c.phones[1].State().Call; v.Recording.State == wire.RecordingOn || v.Consent.Answer == "yes" {
				t.Errorf("after the restart: got the light %s and answer %s, want no recording", v.Recording.State, v.Consent.Answer)
			}
			must(t, c.hangUp(ctx))
			for _, e := range s.settled(ctx, t)[c.id()] {
				if most := time.Since(said.marks[0][0].at); e.State == "stored" && e.LengthMs > (said.end.Sub(said.marks[0][0].at)+maxLoss).Milliseconds() {
					t.Errorf("recording: got %d ms of a call of %s, want nothing after the no", e.LengthMs, most)
				}
			}
			s.stop(t)
		})
	}
}

// TestPauseStays: a recording that was paused for card details stays paused until the
// expert lets it go on.
func TestPauseStays(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
	defer cancel()
	dir := t.TempDir()
	s := start(t, dir, waits...)
	c := connectAll(ctx, t, s, 1)[0]
	pass(time.Second)
	must(t, c.phones[1].Send(ctx, &wire.RecordingPause{Call: c.id()}))
	must(t, c.light(ctx, wire.RecordingPaused))
	c.said(s.kill(t))
	s = start(t, dir, waits...)
	c.bothBack(ctx, t, s)
	must(t, c.light(ctx, wire.RecordingPaused))
	must(t, c.phones[1].Send(ctx, &wire.RecordingResume{Call: c.id()}))
	must(t, c.light(ctx, wire.RecordingOn))
	must(t, c.hangUp(ctx))
	if left := s.settled(ctx, t)[c.id()]; len(left) != 1 {
		t.Errorf("recordings: got %+v, want one", left)
	}
	s.stop(t)
}

// TestCallGoesOnWithPostgreSQL: a recorded call whose record and ledger are in a
// database of another process, which did not end, goes on in the same recording. A call
// that somebody else has in the same database is left alone.
func TestCallGoesOnWithPostgreSQL(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
	defer cancel()
	dir, url := t.TempDir(), pgtest.Start(t).Schema(t)
	args := append([]string{"--database", url}, waits...)
	s := start(t, dir, args...)
	c := connectAll(ctx, t, s, 1)[0]
	store, err := postgres.Open(ctx, postgres.Config{URL: url})
	must(t, err)
	defer func() { must(t, store.Close()) }()
	now := time.Now()
	others := meta.Call{ID: id.NewCall(now), MemberID: "somebody", ExpertID: "elsewhere", CreatedAt: now, AcceptedAt: &now, ConnectedAt: &now}
	must(t, store.InsertCall(ctx, others))
	pass(2500 * time.Millisecond)
	parts := []part{c.said(s.kill(t))}
	s = start(t, dir, args...)
	c.bothBack(ctx, t, s)
	if err := c.light(ctx, wire.RecordingOn); err != nil {
		t.Fatalf("%v\n%s", err, s.said())
	}
	c.speak()
	pass(2500 * time.Millisecond)
	parts = append(parts, c.said(time.Now()))
	must(t, c.hangUp(ctx))
	left := s.settled(ctx, t)[c.id()]
	if len(left) != 1 || left[0].State != "stored" {
		t.Fatalf("recordings: got %+v, want one that is stored\n%s", left, s.said())
	}
	holds(t, s.play(ctx, t, left[0].ID), parts)
	s.endsOnce(ctx, t, c.id(), "completed", 5*time.Second, time.Minute)
	s.resumed(ctx, t, c.id(), 1, time.Minute)
	if still, err := store.Call(ctx, others.ID); err != nil || still.EndedAt != nil {
		t.Errorf("the call of another server: got %+v and %v, want it to go on", still, err)
	}
	s.stop(t)
}

// TestUnrecordedCallGoesOn: a call in which nobody was asked to the end goes on too.
func TestUnrecordedCallGoesOn(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
	defer cancel()
	dir := t.TempDir()
	s := start(t, dir, waits...)
	c := signIn(ctx, t, s, 0)
	must(t, c.phones[0].Send(ctx, &wire.CallStart{Expert: "expert-0"}))
	must(t, c.phones[1].Wait(ctx, "the ringing", func(s softphone.State) bool { return s.Call != nil }))
	c.name = c.phones[1].State().Call.ID
	must(t, c.phones[1].Send(ctx, &wire.CallAccept{Call: c.id()}))
	for _, p := range c.phones {
		must(t, p.Agree(ctx, wire.AnswerNo))
	}
	for _, p := range c.phones {
		must(t, p.Wait(ctx, "the talk", func(s softphone.State) bool {
			return s.Call != nil && s.Call.State == "active" && p.Media() != nil
		}))
	}
	pass(time.Second)
	s.kill(t)
	s = start(t, dir, waits...)
	c.bothBack(ctx, t, s)
	c.speak()
	hearEachOther(ctx, t, c)
	must(t, c.hangUp(ctx))
	s.endsOnce(ctx, t, c.id(), "completed", time.Second, time.Minute)
	if left := s.settled(ctx, t)[c.id()]; len(left) != 0 {
		t.Errorf("recordings: got %+v, want none", left)
	}
	s.stop(t)
}

// TestOneReturns: when one side alone comes back, the call was dropped by the kill,
// is billed up to there, and what was recorded is kept.
func TestOneReturns(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), roundTimeout)
	defer cancel()
	dir := t.TempDir()
	s := start(t, dir, "--resume-calls", "4s")
	c := connectAll(ctx, t, s, 1)[0]
	pass(3 * time.Second)
	began := *c.phones[0].State().Call.ConnectedAt
	killed := s.kill(t)
	first := c.said(killed)
	s = start(t, dir, "--resume-calls", "4s")
	c.comeBack(ctx, t, s, 0)
	must(t, c.phones[0].Wait(ctx, "the end", func(s softphone.State) bool {
		return s.Call != nil && s.Call.State == "ended" && s.Call.EndReason == "dropped"
	}))
	s.endsOnce(ctx, t, c.id(), "dropped", killed.Sub(began)-2500*time.Millisecond, killed.Sub(began)+100*time.Millisecond)
	left := s.settled(ctx, t)[c.id()]
	if len(left) != 1 || left[0].State != "stored" {
		t.Fatalf("recordings: got %+v, want one that is stored\n%s", left, s.said())
	}
	holds(t, s.play(ctx, t, left[0].ID), []part{first})
	s.stop(t)
}

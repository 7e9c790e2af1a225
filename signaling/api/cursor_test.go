package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/signaling/feed"
	"parley/storage/id"
	"parley/storage/meta"
)

func lists(t testing.TB) map[string]list {
	t.Helper()
	s := &Server{cfg: Config{CursorKey: newCursorKey()}}
	other := &Server{cfg: Config{CursorKey: newCursorKey()}}
	of := func(s *Server, path string, role auth.Role, person id.PersonID, more ...string) list {
		return s.listOf(httptest.NewRequest("GET", path, nil), auth.Identity{Role: role, Person: person}, more...)
	}
	return map[string]list{
		"own":               of(s, "/api/v1/recordings", auth.RoleMember, "maya"),
		"with a limit":      of(s, "/api/v1/recordings?limit=2", auth.RoleMember, "maya"),
		"another list":      of(s, "/api/v1/missed", auth.RoleMember, "maya"),
		"another person":    of(s, "/api/v1/recordings", auth.RoleMember, "noah"),
		"another role":      of(s, "/api/v1/recordings", auth.RoleExpert, "maya"),
		"another filter":    of(s, "/api/v1/recordings", auth.RoleMember, "maya", "done"),
		"parts moved":       of(s, "/api/v1/recordings", auth.RoleMember+"m", "aya"),
		"another server":    of(other, "/api/v1/recordings", auth.RoleMember, "maya"),
		"another webhook's": of(s, "/api/v1/webhooks/hook_1/deliveries", auth.RoleMember, "maya"),
	}
}

func TestACursorIsGoodForItsListAlone(t *testing.T) {
	all := lists(t)
	cursor := all["own"].next("rec_1")
	for name, l := range all {
		place, err := l.place(cursor)
		switch name {
		case "own", "with a limit":
			if err != nil || place != "rec_1" {
				t.Errorf("%s: got %q and %v, want the place", name, place, err)
			}
		default:
			if !errors.Is(err, feed.ErrCursor) || place != "" {
				t.Errorf("%s: got %q and %v, want ErrCursor", name, place, err)
			}
		}
	}
}

func TestEveryBitOfACursorCounts(t *testing.T) {
	l := lists(t)["own"]
	cursor := l.next("rec_06eeodtmfdrkv5a2jj98bvamj4")
	for i := range cursor {
		for bit := range 8 {
			altered := []byte(cursor)
			altered[i] ^= 1 << bit
			if place, err := l.place(string(altered)); !errors.Is(err, feed.ErrCursor) {
				t.Fatalf("byte %d, bit %d changed: got %q and %v, want ErrCursor", i, bit, place, err)
			}
		}
	}
	for _, text := range []string{cursor[1:], cursor[:len(cursor)-1], cursor + "A", cursor + "=", cursor + "\n", cursor[:8] + "\r\n" + cursor[8:], " " + cursor, "rec_06eeodtmfdrkv5a2jj98bvamj4", strings.Repeat("A", 1<<20)} {
		if place, err := l.place(text); !errors.Is(err, feed.ErrCursor) {
			t.Errorf("%.60q: got %q and %v, want ErrCursor", text, place, err)
		}
	}
}

// FuzzCursor: whatever is sent, it is the cursor of this list that next makes, or none.
func FuzzCursor(f *testing.F) {
	all := lists(f)
	for _, l := range all {
		f.Add(l.next("rec_06eeodtmfdrkv5a2jj98bvamj4"))
	}
	f.Add("")
	f.Add("AAAAAAAAAAAAAAAAAAAAAAAA")
	own := all["own"]
	f.Fuzz(func(t *testing.T, text string) {
		place, err := own.place(text)
		if err != nil && (place != "" || !errors.Is(err, feed.ErrCursor)) || err == nil && own.next(place) != text {
			t.Errorf("%q: got %q and %v, and its cursor is %q", text, place, err, own.next(place))
		}
	})
}

// pages reads a list to its end and returns the answers.
func (h *house) pages(path, param string, role auth.Role) (bodies, cursors []string) {
	h.t.Helper()
	for query := ""; ; {
		body := h.wants(200, "GET", path+query, role, "")
		var page struct{ Next string }
		h.must(json.Unmarshal([]byte(body), &page))
		if bodies = append(bodies, body); page.Next == "" || len(bodies) > 5 {
			return bodies, cursors
		}
		cursors = append(cursors, page.Next)
		joint := "?"
		if strings.Contains(path, "?") {
			joint = "&"
		}
		query = joint + param + "=" + url.QueryEscape(page.Next)
	}
}

// TestPagesOfEveryList: each list goes on from its own cursors until all was seen once,
// and from nobody else's, nor another list's.
func TestPagesOfEveryList(t *testing.T) {
	h := newHouse(t)
	now := time.Now()
	hook := h.fill(t, now)
	rows := []struct {
		path, param string
		role        auth.Role
		mark        string // stands in the answer once for each row
		rows, pages int
	}{
		{"/recordings?limit=2", "before", auth.RolePrivacy, `"started_at"`, 3, 2},
		{"/missed", "before", auth.RoleExpert, `"reason":"no_answer"`, missedPage + 1, 2},
		{"/incidents/reports", "before", auth.RoleAdmin, `"offset_seconds"`, incidentPage + 1, 2},
		{"/incidents/signs", "before", auth.RoleAdmin, `"kind"`, incidentPage + 1, 2},
		{"/incidents/blocks", "after", auth.RoleAdmin, `"whom"`, incidentPage + 1, 2},
		{"/erasures", "after", auth.RolePrivacy, `"requested_at"`, maxPage + 1, 2},
		{"/webhooks/" + hook + "/deliveries?limit=2", "before", auth.RoleService, `"attempt"`, 3, 2},
	}
	cursors := map[string]string{}
	for _, row := range rows {
		bodies, own := h.pages(row.path, row.param, row.role)
		if got := strings.Count(strings.Join(bodies, ""), row.mark); got != row.rows || len(bodies) != row.pages {
			t.Errorf("%s: got %d rows on %d pages, want %d on %d", row.path, got, len(bodies), row.rows, row.pages)
		}
		if len(own) > 0 {
			cursors[row.path] = own[0]
		}
	}
	for _, row := range rows {
		joint := "?"
		if strings.Contains(row.path, "?") {
			joint = "&"
		}
		for from, cursor := range cursors {
			if from != row.path {
				body := h.wants(400, "GET", row.path+joint+row.param+"="+url.QueryEscape(cursor), row.role, "")
				h.wantsIn(body, `"/problems/cursor-unknown"`)
			}
		}
		if other := otherRole(row.role, permitted(t)["GET "+pattern(row.path)]); other != "" {
			h.wants(400, "GET", row.path+joint+row.param+"="+url.QueryEscape(cursors[row.path]), other, "")
		}
	}
}

// pattern is the path of a list without its query, as the description writes it.
func pattern(path string) string {
	path, _, _ = strings.Cut(path, "?")
	if strings.HasPrefix(path, "/webhooks/") {
		return "/webhooks/{id}/deliveries"
	}
	return path
}

func otherRole(than auth.Role, may []auth.Role) auth.Role {
	for _, role := range may {
		if role != than {
			return role
		}
	}
	return ""
}

// fill puts one row more than a page has into each list, and returns a webhook.
func (h *house) fill(t *testing.T, now time.Time) (hook string) {
	ctx := t.Context()
	for range 2 {
		h.shelve()
	}
	rec := h.shelve()
	for range maxPage + 1 {
		e := meta.Erasure{
			ID: id.NewErasure(now), Recording: rec.ID, Part: id.PartMember, Basis: meta.BasisPerson, RequestedBy: "the-member", RequestedAt: now,
			State: meta.ErasureRequested,
		}
		h.must(h.store.InsertErasure(ctx, e))
		h.must(h.store.DecideErasure(ctx, e.ID, meta.ErasureRefused, "pia", "not now", now))
	}
	for range incidentPage + 1 {
		c := meta.Call{ID: id.NewCall(now), MemberID: "the-member", ExpertID: "the-expert", CreatedAt: now}
		h.must(h.store.InsertCall(ctx, c))
		h.must(h.store.PutSign(ctx, meta.Sign{Call: c.ID, Kind: meta.SignSameAddress, At: now}))
		report := meta.Report{ID: id.NewReport(now), Call: c.ID, By: "the-member", About: "the-expert", Part: id.PartMember, At: now, Reason: "other"}
		h.must(h.store.InsertReport(ctx, report, nil))
	}
	for range missedPage + 1 {
		h.talked(0, "no_answer")
	}
	for i := range incidentPage + 1 {
		h.must(h.store.PutBlock(ctx, meta.Block{By: "the-member", Whom: id.PersonID(fmt.Sprintf("person-%03d", i)), At: now}))
	}
	w := meta.Webhook{ID: id.NewWebhook(now), URL: "https://example.org/", CreatedAt: now, Secret: []byte("sealed")}
	h.must(h.store.InsertWebhook(ctx, w))
	for range 3 {
		h.must(h.store.AppendDelivery(ctx, meta.Delivery{Webhook: w.ID, Event: id.NewEvent(now), Attempt: 1, At: now, Status: 200}))
	}
	return string(w.ID)
}

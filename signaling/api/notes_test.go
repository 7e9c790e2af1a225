package api

import (
	"strings"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/storage/id"
	"parley/storage/meta"
)

func TestNotesAreTheExpertsOwn(t *testing.T) {
	h := newHouse(t)
	c := h.talked(time.Minute, "completed")
	path := "/calls/" + string(c.ID) + "/notes"
	h.wants(400, "POST", path, auth.RoleExpert, `{"text":" "}`)
	h.wants(403, "POST", path, auth.RoleMember, `{"text":"x"}`)
	h.wants(403, "GET", path, auth.RoleMember, "")
	h.wants(404, "GET", path, auth.RoleQA, "")
	for range maxNotes {
		h.wants(201, "POST", path, auth.RoleExpert, `{"text":" `+canary+` "}`)
	}
	h.wants(400, "POST", path, auth.RoleExpert, `{"text":"one more"}`)
	got := h.wants(200, "GET", path, auth.RoleExpert, "")
	if n := strings.Count(got, `"text":"`+canary+`"`); n != maxNotes {
		t.Errorf("got %d notes, want %d: %s", n, maxNotes, got)
	}
	texts, err := h.store.Texts(t.Context(), meta.TextFilter{Call: c.ID, Kind: meta.TextNote})
	h.must(err)
	for _, text := range texts {
		if strings.Contains(string(text.Sealed), canary) {
			t.Error("a note is stored as it was written, want it sealed")
		}
		if text.Part != id.PartExpert { // so that it goes with the voice
			t.Errorf("a note is of the part %q, want the expert's", text.Part)
		}
	}
}

func TestOwnCallsAreThoseTalkedIn(t *testing.T) {
	h := newHouse(t)
	c := h.talked(time.Minute, "completed")
	missed, away := h.talked(0, "no_answer"), h.talked(0, "blocked")
	for role, peer := range map[auth.Role]string{auth.RoleMember: `"name":"Lee"`, auth.RoleExpert: `"name":"Maya"`} {
		got := h.wants(200, "GET", "/calls", role, "")
		h.wantsIn(got, string(c.ID), peer, `"reason":"completed"`, `"next":""`)
		if strings.Contains(got, string(missed.ID)) || strings.Contains(got, string(away.ID)) {
			t.Errorf("%s got %s, want the call that was talked in alone", role, got)
		}
	}
	later := "/calls?from=" + time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	h.wantsIn(h.wants(200, "GET", later, auth.RoleExpert, ""), `"calls":[]`)
	h.wants(400, "GET", "/calls?after="+string(away.ID), auth.RoleExpert, "") // no cursor
	h.wants(400, "GET", "/calls?from=yesterday", auth.RoleExpert, "")
	h.wants(400, "GET", "/calls?after=x", auth.RoleExpert, "")
	h.wants(403, "GET", "/calls", auth.RoleQA, "")
}

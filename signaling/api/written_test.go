package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/signaling/auth"
	"parley/storage/id"
	"parley/storage/meta"
)

// TestMessagesBelongToAPlay: who may hear the two may read what they wrote, by side and
// without a name, and each time is written down.
func TestMessagesBelongToAPlay(t *testing.T) {
	h := newHouse(t)
	h.api.cfg.Library = library{}
	rec, err := h.store.Recording(t.Context(), h.stored())
	h.must(err)
	for n, part := range []string{id.PartMember, id.PartExpert} {
		at := rec.StartedAt.Add(time.Duration(n*1500) * time.Millisecond)
		text := meta.Text{ID: id.NewText(at), Call: rec.CallID, Kind: meta.TextMessage, Author: id.PersonID("the-" + part), Part: part, At: at}
		text.Sealed, err = h.api.cfg.Vault.SealSecret(text.SealName(), []byte("hello from "+part))
		h.must(err)
		h.must(h.store.InsertText(t.Context(), text))
	}
	opened := h.ask("POST", "/api/v1/recordings/"+string(rec.ID)+"/plays", h.token(auth.RoleQA), `{"reason":"sample"}`)
	play := decode[struct {
		URL string `json:"messages_url"`
	}](t, opened)
	cookie := strings.Split(opened.Header.Get("Set-Cookie"), ";")[0]
	got := decode[struct{ Messages []writtenView }](t, h.ask("GET", play.URL, "", "", "Cookie", cookie)).Messages
	if len(got) != 2 || got[0].Side != "member" || got[0].Text != "hello from member" || got[1].Side != "expert" || got[1].AtMs-got[0].AtMs != 1500 {
		t.Errorf("messages: got %+v, want both by side, 1500 ms apart", got)
	}
	if got := h.ask("GET", play.URL, h.token(auth.RoleQA), "", "Cookie", playCookie+"=forged"); got.StatusCode != http.StatusNotFound {
		t.Errorf("messages by another's ticket: got %d, want 404", got.StatusCode)
	}
	entries, err := h.store.ChainEntries(t.Context(), AuditChain, string(rec.ID), 0, 10)
	if err != nil || len(entries) != 2 || entries[1].Kind != "play.messages" || entries[1].Actor != "the-qa" {
		t.Errorf("audit: got %+v, %v, want the play and its messages, once", entries, err)
	}
}

// TestTheCookieOfAPlayKeepsToTLS where the browser came by it, be it to a proxy.
func TestTheCookieOfAPlayKeepsToTLS(t *testing.T) {
	h := newHouse(t)
	h.api.cfg.Library = library{}
	rec := string(h.stored())
	for proto, want := range map[string]bool{"https": true, "http": false, "": false} {
		opened := h.ask("POST", "/api/v1/recordings/"+rec+"/plays", h.token(auth.RoleQA), `{"reason":"sample"}`, "X-Forwarded-Proto", proto)
		if got := opened.Cookies()[0].Secure; got != want {
			t.Errorf("by %q: got Secure %t, want %t", proto, got, want)
		}
	}
}

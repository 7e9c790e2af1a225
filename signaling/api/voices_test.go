package api

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/recorder/manifest"
	"parley/signaling/auth"
	"parley/storage/id"
)

// TestOneVoice: a voice is served to the byte as it was recorded, whole and by
// range, and not once it is erased; each time is written down.
func TestOneVoice(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	library, err := h.api.cfg.Library.Open(t.Context(), rec.ID)
	h.must(err)
	defer func() { _ = library.Close() }()
	p := h.play(rec.ID)
	root := strings.TrimSuffix(p.Audio, "audio.opus")
	get := func(p opened, what string, header ...string) (int, []byte) {
		answer := h.ask("GET", root+what, "", "", append(header, "Cookie", p.cookie)...)
		body, err := io.ReadAll(answer.Body)
		h.must(err)
		return answer.StatusCode, body
	}
	for leg, name := range []string{"member.opus", "expert.opus"} {
		want, err := io.ReadAll(library.Voice(leg))
		h.must(err)
		if code, got := get(p, "voices/"+name); code != http.StatusOK || !bytes.Equal(got, want) || !bytes.HasPrefix(got, []byte("OggS")) {
			t.Errorf("%s: got %d and %d bytes, want the %d that were recorded", name, code, len(got), len(want))
		}
		if code, got := get(p, "voices/"+name, "Range", "bytes=1000-1999"); code != http.StatusPartialContent || !bytes.Equal(got, want[1000:2000]) {
			t.Errorf("range of %s: got %d and %d bytes", name, code, len(got))
		}
	}
	if code, _ := get(p, "voices/somebody.opus"); code != http.StatusNotFound {
		t.Errorf("nobody's voice: got %d, want 404", code)
	}
	known := decode[manifest.Manifest](t, h.ask("GET", root+"manifest.json", "", "", "Cookie", p.cookie))
	if known.Recording != rec.ID || known.Call != rec.CallID || known.Voices[1].SHA256 == "" {
		t.Errorf("manifest: got %+v, want that of the recording", known)
	}
	h.must(h.store.DestroyEnvelope(t.Context(), rec.ID, id.PartExpert, time.Now()))
	p = h.play(rec.ID)
	root = strings.TrimSuffix(p.Audio, "audio.opus")
	if code, _ := get(p, "voices/expert.opus"); code != http.StatusGone {
		t.Errorf("an erased voice: got %d, want 410", code)
	}
	if code, _ := get(p, "voices/member.opus"); code != http.StatusOK {
		t.Errorf("the other one: got %d, want it to play", code)
	}
	entries, err := h.store.ChainEntries(t.Context(), AuditChain, string(rec.ID), 0, 100)
	h.must(err)
	written := map[string]int{}
	for _, e := range entries {
		for _, word := range []string{"member.opus", "expert.opus", "play.manifest"} {
			if strings.Contains(e.Kind+string(e.Body), word) {
				written[word]++
			}
		}
	}
	if written["member.opus"] != 3 || written["expert.opus"] != 3 || written["play.manifest"] != 1 {
		t.Errorf("written down: got %v, want each time", written)
	}
	if code := h.ask("GET", root+"voices/member.opus", h.token(auth.RoleQA), "").StatusCode; code != http.StatusUnauthorized {
		t.Errorf("without the play's cookie: got %d, want 401", code)
	}
}

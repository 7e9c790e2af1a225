package api

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/recorder/playback"
	"parley/recorder/playback/playbacktest"
	"parley/signaling/auth"
	"parley/storage/blob/fsblob"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
)

// shelve gives the house a library with one recording that can be played.
func (h *house) shelve() meta.Recording { return h.shelveFor("the-member", "the-expert") }

func (h *house) shelveFor(member, expert id.PersonID) meta.Recording {
	h.t.Helper()
	dir := h.t.TempDir()
	objects, err := fsblob.Open(fsblob.Config{Dir: dir + "/objects"})
	h.must(err)
	h.t.Cleanup(func() { _ = objects.Close() })
	master, err := envelope.OpenMasterFile(dir + "/master.key")
	h.must(err)
	now := time.Now()
	rec := meta.Recording{
		ID: id.NewRecording(now), CallID: id.NewCall(now), MemberID: member, ExpertID: expert,
		State: meta.StateStored, StartedAt: now, LengthMs: 20_000,
	}
	playbacktest.Shelf{Meta: h.store, Objects: objects, Master: master}.Put(h.t, rec)
	h.api.cfg.Library = &playback.Library{Meta: h.store, Objects: objects, Opener: master}
	return rec
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// opened is an answer to a request for a play.
type opened struct {
	Audio  string   `json:"audio_url"`
	WAV    string   `json:"wav_url"`
	Erased []string `json:"erased"`
	cookie string
}

func (h *house) play(rec id.RecordingID) opened {
	h.t.Helper()
	r := h.ask("POST", "/api/v1/recordings/"+string(rec)+"/plays", h.token(auth.RoleQA), `{"reason":"sample"}`)
	if r.StatusCode != http.StatusCreated {
		h.t.Fatalf("play: got %d", r.StatusCode)
	}
	out := decode[opened](h.t, r)
	out.cookie = strings.Split(r.Header.Get("Set-Cookie"), ";")[0]
	return out
}

// TestErasureStopsAPlay: what was opened with a voice is not read on when the voice
// was erased; opened anew, the other voice plays.
func TestErasureStopsAPlay(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	before := h.play(rec.ID)
	whole := h.ask("GET", before.WAV, "", "", "Cookie", before.cookie)
	if n, err := io.Copy(io.Discard, whole.Body); err != nil || whole.StatusCode != 200 || n < 3_000_000 {
		t.Fatalf("before: got %d, %d bytes, %v, want all of it", whole.StatusCode, n, err)
	}
	h.must(h.store.DestroyEnvelope(t.Context(), rec.ID, id.PartExpert, time.Now()))
	if got := h.ask("GET", before.Audio, "", "", "Cookie", before.cookie, "Range", "bytes=100-200"); got.StatusCode != http.StatusConflict {
		t.Errorf("range after the erasure: got %d, want 409", got.StatusCode)
	}
	after := h.play(rec.ID)
	got := h.ask("GET", after.Audio, "", "", "Cookie", after.cookie)
	if got.StatusCode != 200 || len(after.Erased) != 1 || after.Erased[0] != id.PartExpert || got.Header.Get("ETag") == whole.Header.Get("ETag") {
		t.Errorf("after: got %d, erased %q, want the other voice under another ETag", got.StatusCode, after.Erased)
	}
	h.must(h.store.DestroyEnvelope(t.Context(), rec.ID, id.PartMember, time.Now()))
	if got := h.ask("POST", "/api/v1/recordings/"+string(rec.ID)+"/plays", h.token(auth.RoleQA), `{"reason":"sample"}`); got.StatusCode != http.StatusGone {
		t.Errorf("both erased: got %d, want 410", got.StatusCode)
	}
	if one := decode[recordingView](t, h.ask("GET", "/api/v1/recordings/"+string(rec.ID), h.token(auth.RoleMember), "")); one.Playable || len(one.Erased) != 2 {
		t.Errorf("both erased: got %+v, want it not playable", one)
	}
}

// TestAReadUnderWayStops within a chunk of what it was allowed.
func TestAReadUnderWayStops(t *testing.T) {
	content := strings.NewReader(strings.Repeat("x", 10*askEvery))
	var no error
	r := &stillAllowed{ReadSeeker: content, may: func() error { return no }, left: askEvery}
	if n, err := io.CopyN(io.Discard, r, 3*askEvery+1); err != nil {
		t.Fatalf("while allowed: got %d bytes, %v", n, err)
	}
	no = errors.New("erased")
	if n, err := io.Copy(io.Discard, r); !errors.Is(err, no) || n >= askEvery {
		t.Errorf("got %d more bytes and %v, want less than a chunk and the refusal", n, err)
	}
}

// cutter is a client that counts what it gets, and at some point has something
// happen.
type cutter struct {
	header   http.Header
	got      int
	at       int
	happens  func()
	happened bool
}

func (c *cutter) Header() http.Header { return c.header }
func (c *cutter) WriteHeader(int)     {}

func (c *cutter) Write(p []byte) (int, error) {
	c.got += len(p)
	if c.got >= c.at && !c.happened {
		c.happened = true
		c.happens()
	}
	return len(p), nil
}

// TestARunningPlayerStops within a chunk, whatever takes the right to listen away.
func TestARunningPlayerStops(t *testing.T) {
	const began = 1_000_000 // of 3.8 MB
	for name, happens := range map[string]func(h *house, rec meta.Recording){
		"nothing": func(*house, meta.Recording) {},
		"a voice is erased": func(h *house, rec meta.Recording) {
			h.must(h.store.DestroyEnvelope(h.t.Context(), rec.ID, id.PartMember, time.Now()))
		},
		"it is set aside": func(h *house, rec meta.Recording) {
			h.must(h.store.SetTrashed(h.t.Context(), rec.ID, ptr(time.Now())))
		},
		"the permission is withdrawn": func(h *house, _ meta.Recording) { h.api.cfg.Access.QANeedsAssignment = true },
		"the session ends": func(h *house, _ meta.Recording) {
			h.api.cfg.Now = func() time.Time { return time.Now().Add(48 * time.Hour) }
		},
	} {
		h := newHouse(t)
		rec := h.shelve()
		p := h.play(rec.ID)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.WAV, nil)
		h.must(err)
		r.Header.Set("Cookie", p.cookie)
		c := &cutter{header: http.Header{}, at: began, happens: func() { happens(h, rec) }}
		h.api.Handler().ServeHTTP(c, r)
		switch {
		case name == "nothing" && c.got < 3_000_000:
			t.Errorf("nothing happens: got %d bytes, want all", c.got)
		case name != "nothing" && (c.got < began || c.got > began+2*askEvery):
			t.Errorf("%s after %d bytes: got %d in all, want at most a chunk more", name, began, c.got)
		}
	}
}

package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/recorder/coverage"
	"parley/recorder/disclosure"
	"parley/recorder/playback"
	"parley/recorder/waveform"
	"parley/signaling/auth"
	"parley/signaling/feed"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

// refuses asks for something that is refused with a problem.
func (h *house) refuses(slug, method, path, token, body string, header ...string) {
	h.t.Helper()
	answer := h.ask(method, wire.Root+path, token, body, header...)
	if got := decode[wire.Problem](h.t, answer); got.Type != "/problems/"+slug {
		h.t.Errorf("%s %s with %s: got %d %s, want %s", method, path, body, answer.StatusCode, got.Type, slug)
	}
}

// faultyLibrary cannot open recordings.
type faultyLibrary struct{ err error }

func (l faultyLibrary) Open(context.Context, id.RecordingID) (*playback.Recording, error) {
	return nil, l.err
}

func (l faultyLibrary) Peaks(context.Context, id.RecordingID) (waveform.Drawing, error) {
	return waveform.Drawing{}, l.err
}

// faultyBundles cannot make bundles.
type faultyBundles struct{ err error }

func (b faultyBundles) Write(context.Context, io.Writer, disclosure.Order) error { return b.err }

// faultsOfLibraries are why a recording cannot be opened, by the problems that they are.
func faultsOfLibraries() map[string]error {
	return map[string]error{
		"not-covered": &coverage.UncoveredError{}, "not-playable": playback.ErrNotStored, "erased": playback.ErrErased,
	}
}

// anyRecording is the path of a recording that there is not.
func anyRecording() string { return "/recordings/" + string(id.NewRecording(time.Now())) }

// soundOf are the parts of a play.
func soundOf(play string) []string {
	var all []string
	for _, part := range []string{"audio.opus", "audio.wav", "voices/member.opus", "manifest.json", "messages.json", "peaks.json"} {
		all = append(all, "/plays/"+play+"/"+part)
	}
	return all
}

// TestEveryPartOfAPlayIsRefusedAlike: whatever of a play is asked for, each change of
// what its person may do counts for it at once.
func TestEveryPartOfAPlayIsRefusedAlike(t *testing.T) {
	for _, row := range []struct {
		slug   string
		change func(h *walkedPlay)
	}{
		{"unauthenticated", func(p *walkedPlay) { p.cookie = "other=1" }},
		{"not-found", func(p *walkedPlay) { p.cookie = playCookie + "=another" }},
		{"token-expired", func(p *walkedPlay) { p.late = 20 * time.Minute }},
		{"token-revoked", func(p *walkedPlay) { p.takenBack = true }},
		{"play-not-offered", func(p *walkedPlay) { p.api.cfg.Access.PeoplePlay = [2]bool{} }},
		{"too-early", func(p *walkedPlay) { p.api.cfg.Access.PlayAfter = time.Hour }},
		{"recording-changed", func(p *walkedPlay) { p.erase(id.PartExpert) }},
		{"erased", func(p *walkedPlay) { p.erase(id.PartExpert); p.erase(id.PartMember) }},
		{"set-aside", func(p *walkedPlay) { now := time.Now(); p.must(p.store.SetTrashed(t.Context(), p.rec.ID, &now)) }},
		{"not-playable", func(p *walkedPlay) {
			p.rec.State = meta.StateDamaged
			p.must(p.store.UpdateRecording(t.Context(), p.rec))
		}},
	} {
		t.Run(row.slug, func(t *testing.T) {
			p := beginPlay(t)
			row.change(p)
			for i := range soundOf(p.play) {
				p.refuses(row.slug, "GET", soundOf(p.play)[i], "", "", "Cookie", p.cookie)
				if row.slug == "token-expired" { // which has closed it
					p = beginPlay(t)
					row.change(p)
				}
			}
		})
	}
}

// walkedPlay is a play of a member.
type walkedPlay struct {
	*house
	rec          meta.Recording
	play, cookie string
	late         time.Duration // by which the server's clock is ahead
	takenBack    bool
}

func beginPlay(t *testing.T) *walkedPlay {
	t.Helper()
	p := &walkedPlay{}
	p.house = newHouse(t, func(h *house, cfg *Config) {
		cfg.Now = func() time.Time { return time.Now().Add(p.late) }
		tokens, err := auth.NewVerifier(auth.Config{Now: time.Now, Keys: []auth.Key{h.key}, Revoked: func(auth.Identity) bool { return p.takenBack }})
		h.must(err)
		cfg.Tokens = tokens
	})
	p.rec = p.shelve()
	r := p.ask("POST", wire.Root+"/recordings/"+string(p.rec.ID)+"/plays", p.tokenFor(auth.RoleMember, 10*time.Minute), `{}`)
	p.play = decode[struct{ Play string }](t, r).Play
	p.cookie, _, _ = strings.Cut(r.Header.Get("Set-Cookie"), ";")
	return p
}

func (p *walkedPlay) erase(part string) {
	p.t.Helper()
	p.must(p.store.DestroyEnvelope(p.t.Context(), p.rec.ID, part, time.Now()))
}

// TestRefusalsAboutRecordings are those that no other test meets.
func TestRefusalsAboutRecordings(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	h.withEraser()
	h.api.cfg.Bundles = &disclosure.Maker{}
	path, officer, lead, service := "/recordings/"+string(rec.ID), h.token(auth.RolePrivacy), h.token(auth.RoleQALead), h.token(auth.RoleService)
	order := `{"part":"call","authority":"Court","legal_basis":"1","case":"7"}`
	until := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	hold := `{"case":"7","reason":"court","review_at":"` + until + `"}`
	assignment := `{"reviewer":"robin","recording":"%s","expires_at":"` + until + `"}`

	h.refuses("bad-request", "GET", "/recordings?limit=0", officer, "")
	h.refuses("bad-request", "POST", path+"/plays", lead, `{"reason":"`+strings.Repeat("x", maxReasonBytes+1)+`"}`)
	h.refuses("not-found", "GET", anyRecording()+"/disclosures", officer, "")
	h.refuses("not-found", "POST", anyRecording()+"/disclosures", officer, order)
	h.refuses("not-found", "POST", path+"/disclosures/9/decision", officer, `{"approve":true}`)
	h.refuses("not-found", "POST", path+"/disclosures/9/bundle", officer, "")
	h.refuses("not-found", "POST", anyRecording()+"/holds", officer, hold)
	h.refuses("bad-request", "POST", path+"/holds/"+string(id.NewHold(time.Now()))+"/release", officer, `{}`)
	h.refuses("bad-request", "POST", "/assignments", lead, `{}`)
	h.refuses("not-found", "POST", "/assignments", service, fmt.Sprintf(assignment, id.NewRecording(time.Now())))
	h.refuses("bad-request", "GET", "/erasures?state=gone", officer, "")
	wish := h.erase(rec.ID, auth.RoleMember, `{}`, http.StatusCreated)
	h.refuses("bad-request", "POST", "/erasures/"+string(wish.ID)+"/decision", officer, `{"approve":false}`)
	h.refuses("not-found", "POST", "/erasures/"+string(id.NewErasure(time.Now()))+"/decision", officer, `{"approve":true}`)

	h.must(h.store.DecideErasure(t.Context(), wish.ID, meta.ErasureApproved, "pia", "", time.Now()))
	h.must(h.store.BeginErasure(t.Context(), wish.ID))
	h.refuses("conflict", "POST", path+"/holds", officer, hold)
}

// TestWhatCannotBeOpenedIsSaid by all that open a recording.
func TestWhatCannotBeOpenedIsSaid(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	ended := rec.StartedAt.Add(time.Minute)
	h.callOf(rec, &ended)
	path, officer := "/recordings/"+string(rec.ID), h.token(auth.RolePrivacy)
	h.refuses("bad-request", "GET", "/calls/"+string(rec.CallID)+"/vcon?case="+strings.Repeat("x", maxReasonBytes+1), officer, "")
	asked := decode[disclosureView](t, h.ask("POST", wire.Root+path+"/disclosures", officer, `{"part":"call","authority":"Court","legal_basis":"1","case":"7"}`))
	bundle := fmt.Sprintf("%s/disclosures/%d", path, asked.Number)
	for _, who := range []id.PersonID{"pia", "paul"} {
		h.ask("POST", wire.Root+bundle+"/decision", h.officerToken(who), `{"approve":true}`)
	}
	for slug, fault := range faultsOfLibraries() {
		h.api.cfg.Library, h.api.cfg.Bundles = faultyLibrary{fault}, faultyBundles{fault}
		h.refuses(slug, "POST", path+"/plays", officer, `{"case":"7"}`)
		h.refuses(slug, "GET", "/calls/"+string(rec.CallID)+"/vcon?case=7", officer, "")
		h.refuses(slug, "POST", bundle+"/bundle", officer, "")
	}
	for range maxCopies {
		done, err := h.api.copier()
		h.must(err)
		defer done()
	}
	h.refuses("too-many-copies", "POST", bundle+"/bundle", officer, "")
}

// TestWhatHandsOutOrErasesNeedsAFreshSignIn: each route of these wants one of staff.
func TestWhatHandsOutOrErasesNeedsAFreshSignIn(t *testing.T) {
	h := newHouse(t, func(_ *house, cfg *Config) { cfg.Staff = &Staff{Fresh: 5 * time.Minute} })
	rec := h.shelve()
	ended := rec.StartedAt.Add(time.Minute)
	h.callOf(rec, &ended)
	h.withEraser()
	h.withCopies()
	path := "/recordings/" + string(rec.ID)
	wish := h.erase(rec.ID, auth.RoleMember, `{}`, http.StatusCreated)
	for _, act := range []struct{ method, path, body string }{
		{"POST", path + "/erasures", `{"part":"call","note":"why"}`},
		{"POST", "/erasures/" + string(wish.ID) + "/decision", `{"approve":true}`},
		{"POST", "/copies", `{"person":"the-member","role":"member","case":"7"}`},
		{"GET", "/calls/" + string(rec.CallID) + "/vcon?case=7", ""},
		{"POST", path + "/disclosures/1/decision", `{"approve":true}`},
		{"POST", path + "/disclosures/1/bundle", ""},
	} {
		h.refuses("step-up-needed", act.method, act.path, h.token(auth.RolePrivacy), act.body)
	}
}

// TestRefusalsAboutEvaluations are those that no other test meets.
func TestRefusalsAboutEvaluations(t *testing.T) {
	h := newHouse(t)
	rec := h.shelve()
	scored := h.scored(rec, auth.RoleQA)
	path, qa, lead, expert := "/recordings/"+string(rec.ID)+"/evaluation", h.token(auth.RoleQA), h.token(auth.RoleQALead), h.token(auth.RoleExpert)
	h.refuses("bad-request", "GET", "/evaluations?state=lost", lead, "")
	h.refuses("cursor-unknown", "GET", "/evaluations?before=x", lead, "")
	one := "/evaluations/" + string(scored.Evaluation.ID)
	h.ask("POST", wire.Root+one+"/dispute", expert, `{"text":"no"}`)
	h.refuses("bad-request", "POST", one+"/settlement", lead, `{"stands":true,"text":""}`)
	h.refuses("not-found", "POST", anyRecording()+"/evaluation/release", lead, "", "If-Match", `"0"`)
	h.refuses("not-as-read", "POST", path+"/release", lead, "", "If-Match", `"7"`)

	now := time.Now()
	h.must(h.store.SetTrashed(t.Context(), rec.ID, &now))
	h.refuses("set-aside", "GET", path, qa, "")
	h.refuses("set-aside", "POST", path+"/release", qa, "", "If-Match", `"1"`)
	h.must(h.store.SetTrashed(t.Context(), rec.ID, nil))
	h.must(h.store.DestroyEnvelope(t.Context(), rec.ID, id.PartMember, now))
	h.refuses("conflict", "GET", path, lead, "")
	rec.State = meta.StateDamaged
	h.must(h.store.UpdateRecording(t.Context(), rec))
	h.refuses("not-playable", "GET", path, qa, "")
	h.refuses("not-playable", "PUT", path, qa, `{}`, "If-Match", `"1"`)
	h.refuses("not-playable", "POST", path+"/release", qa, "", "If-Match", `"1"`)
}

// TestRefusalsToPlatforms are those that no other test meets.
func TestRefusalsToPlatforms(t *testing.T) {
	h := newHouse(t)
	service, hook := h.token(auth.RoleService), "/webhooks/"+string(id.NewWebhook(time.Now()))
	h.refuses("webhook-secret", "POST", "/webhooks", service, `{"url":"https://example.com/a","secret":"mine"}`)
	h.refuses("cursor-unknown", "POST", "/webhooks", service, `{"url":"https://example.com/a","after":"here"}`)
	h.refuses("bad-request", "GET", hook+"/deliveries?limit=0", service, "")
	h.refuses("not-found", "GET", hook+"/deliveries", service, "")
	h.refuses("bad-request", "POST", hook+"/replay", service, `{`)
	h.refuses("cursor-unknown", "POST", hook+"/replay", service, `{"after":"here"}`)
	for i := range 20 {
		if got := h.ask("POST", wire.Root+"/webhooks", service, fmt.Sprintf(`{"url":"https://example.com/%d"}`, i)).StatusCode; got != http.StatusCreated {
			t.Fatalf("webhook %d: got %d", i, got)
		}
	}
	h.refuses("too-many-webhooks", "POST", "/webhooks", service, `{"url":"https://example.com/more"}`)
	h.refuses("bad-request", "PUT", "/blocks/the-member", h.token(auth.RoleMember), "")
}

// TestEventsThatAreKeptNoLonger are told of wherever a cursor is taken.
func TestEventsThatAreKeptNoLonger(t *testing.T) {
	h := newHouse(t)
	service := h.token(auth.RoleService)
	hook := decode[webhookView](t, h.ask("POST", wire.Root+"/webhooks", service, `{"url":"https://example.com/a"}`))
	now := time.Now()
	for _, ago := range []time.Duration{time.Hour, time.Hour, 0} {
		h.feed.Publish(meta.Event{Type: meta.EventPresenceChanged, Expert: "x", At: now.Add(-ago), Body: feed.Body(struct{}{})})
	}
	for query, seen := "?wait=20", 0; seen < 3; {
		page := h.events(query)
		seen, query = seen+len(page.Events), "?wait=20&after="+page.Next
	}
	_, err := h.store.DeleteEventsBefore(t.Context(), now.Add(-time.Minute))
	h.must(err)
	first := feed.At(1).String()
	h.refuses("cursor-expired", "GET", "/events?after="+first, service, "")
	h.refuses("cursor-expired", "POST", "/webhooks", service, `{"url":"https://example.com/b","after":"`+first+`"}`)
	h.refuses("cursor-expired", "POST", "/webhooks/"+string(hook.ID)+"/replay", service, `{"after":"`+first+`"}`)
}

// TestTheDemoIsOnlyThere where the server is one.
func TestTheDemoIsOnlyThere(t *testing.T) {
	h := newHouse(t)
	h.refuses("not-found", "GET", "/demo/people", "", "")
	h.refuses("not-found", "POST", "/demo/session", "", `{"person":"maya"}`)
	d := newHouse(t, func(_ *house, cfg *Config) { cfg.Demo = &Demo{} })
	d.refuses("bad-request", "POST", "/demo/session", "", `{"person":"nobody"}`)
}

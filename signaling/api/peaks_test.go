package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/recorder/manifest"
	"parley/recorder/playback"
	"parley/recorder/render"
	"parley/recorder/waveform"
	"parley/signaling/auth"
	"parley/storage/id"
	"parley/storage/meta"
)

// library has one recording, with or without a waveform.
type library struct{ peaks *waveform.Drawing }

func (l library) Open(context.Context, id.RecordingID) (*playback.Recording, error) {
	return &playback.Recording{Manifest: manifest.Manifest{
		Spans: []manifest.Span{{OpenMs: 4, CloseMs: 900}}, Events: []manifest.Event{{AtMs: 500, Kind: "mute", Leg: "expert"}},
		Voices: [2]manifest.Voice{1: {Stats: render.VoiceStats{GainDB: 4.5}}},
	}}, nil
}

func (l library) Peaks(context.Context, id.RecordingID) (waveform.Drawing, error) {
	if l.peaks == nil {
		return waveform.Drawing{}, playback.ErrNoPeaks
	}
	return *l.peaks, nil
}

// stored enters a recording of other people, with a report that is not clean.
func (h *house) stored() id.RecordingID {
	h.t.Helper()
	now := time.Now()
	r := meta.Recording{ID: id.NewRecording(now), CallID: id.NewCall(now), MemberID: "maya", ExpertID: "lee", State: meta.StateCapturing, StartedAt: now}
	envelopes := map[string][]byte{}
	for _, part := range id.Parts() {
		envelopes[part] = []byte("sealed")
	}
	if err := h.store.InsertRecording(h.t.Context(), r, envelopes); err != nil {
		h.t.Fatal(err)
	}
	r.Report, r.LengthMs = `{"clean":false,"notes":["the disk was full"],"remarks":["the microphone of the expert sent no sound for 7 s from 0:12"]}`, 1000
	for _, state := range []meta.State{meta.StateRendering, meta.StateUploading, meta.StateStored} {
		r.State = state
		if err := h.store.UpdateRecording(h.t.Context(), r); err != nil {
			h.t.Fatal(err)
		}
	}
	return r.ID
}

func decode[T any](t testing.TB, r *http.Response) (out T) {
	t.Helper()
	if err := json.NewDecoder(r.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPeaksBelongToAPlay: only who opened the play gets the waveform, and each
// time is written down.
func TestPeaksBelongToAPlay(t *testing.T) {
	h := newHouse(t)
	both, err := waveform.JoinDrawings(waveform.Blank(960, 48000), waveform.Blank(960, 48000))
	if err != nil {
		t.Fatal(err)
	}
	h.api.cfg.Library = library{peaks: &both}
	rec := h.stored()
	opened := h.ask("POST", "/api/v1/recordings/"+string(rec)+"/plays", h.token(auth.RoleQA), `{"reason":"sample"}`)
	play := decode[struct {
		PeaksURL string           `json:"peaks_url"`
		Spans    []span           `json:"spans"`
		Events   []manifest.Event `json:"events"`
		GainsDB  [2]float64       `json:"gains_db"`
	}](t, opened)
	if play.GainsDB != [2]float64{0, 4.5} {
		t.Errorf("play: got gains %v, want the manifest's", play.GainsDB)
	}
	if len(play.Spans) != 1 || play.Spans[0] != (span{4, 900}) || len(play.Events) != 1 || play.Events[0].Kind != "mute" {
		t.Errorf("play: got %+v, want the manifest's span and event", play)
	}
	cookie := strings.Split(opened.Header.Get("Set-Cookie"), ";")[0]
	got := h.ask("GET", play.PeaksURL, "", "", "Cookie", cookie)
	if d := decode[waveform.Drawing](t, got); got.StatusCode != 200 || d.Waveform.Channels != 2 || d.Waveform.Length() != 50 || len(d.Speech) != 2 {
		t.Errorf("peaks: got %d, %+v, want two channels of 50 pixels", got.StatusCode, d)
	}
	if c := got.Header.Get("Cache-Control"); c != "no-store" {
		t.Errorf("peaks: got Cache-Control %q", c)
	}
	if got := h.ask("GET", play.PeaksURL, h.token(auth.RoleQA), "", "Cookie", playCookie+"=forged"); got.StatusCode != http.StatusNotFound {
		t.Errorf("peaks by another's ticket: got %d, want 404", got.StatusCode)
	}
	entries, err := h.store.ChainEntries(t.Context(), AuditChain, string(rec), 0, 10)
	if err != nil || len(entries) != 2 || entries[1].Kind != "play.peaks" || entries[1].Actor != "the-qa" {
		t.Errorf("audit: got %+v, %v, want the play and its peaks, once", entries, err)
	}
	h.api.cfg.Library = library{}
	if got := h.ask("GET", play.PeaksURL, "", "", "Cookie", cookie); got.StatusCode != http.StatusNotFound {
		t.Errorf("peaks of a recording without: got %d, want 404", got.StatusCode)
	}
}

// TestAnUncleanRecordingSaysWhy in the list and by itself.
func TestAnUncleanRecordingSaysWhy(t *testing.T) {
	h := newHouse(t)
	rec := h.stored()
	one := decode[recordingView](t, h.ask("GET", "/api/v1/recordings/"+string(rec), h.token(auth.RoleQA), ""))
	list := decode[struct {
		Recordings []recordingView `json:"recordings"`
	}](t, h.ask("GET", "/api/v1/recordings", h.token(auth.RoleQA), ""))
	if len(list.Recordings) != 1 {
		t.Fatalf("list: got %+v, want one", list)
	}
	for _, r := range []recordingView{one, list.Recordings[0]} {
		if r.Clean || len(r.Notes) != 1 || r.Notes[0] != "the disk was full" {
			t.Errorf("got clean %v, notes %q, want what its report says", r.Clean, r.Notes)
		}
		if len(r.Remarks) != 1 {
			t.Errorf("got remarks %q, want what its report says", r.Remarks)
		}
	}
}

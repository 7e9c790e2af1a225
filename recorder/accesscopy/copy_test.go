package accesscopy_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"parley/media/ogg"
	"parley/recorder/accesscopy"
	"parley/recorder/consent/ledger"
	"parley/recorder/playback"
	"parley/recorder/playback/playbacktest"
	"parley/storage/audit"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/meta/sqlite"
	"parley/storage/signing"
	"parley/storage/storetest"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// house has a call with a recording of maya and lee, one of other people, and one in
// which maya took the place of an expert.
type house struct {
	t       *testing.T
	store   *sqlite.Store
	builder *accesscopy.Builder
	rec     meta.Recording
	allowed []id.RecordingID
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newHouse(t *testing.T) *house {
	t.Helper()
	store := storetest.Database(t)
	objects := storetest.Folder(t)
	master := storetest.Master(t)
	key, err := signing.FromSeed(bytes.Repeat([]byte{7}, signing.SeedLen))
	must(t, err)
	h := &house{t: t, store: store, builder: &accesscopy.Builder{
		Store: store, Library: &playback.Library{Meta: store, Objects: objects, Opener: master}, Vault: master,
		Keys: key.Public(), Operator: "Example", Now: func() time.Time { return noon },
	}}
	shelf := playbacktest.Shelf{Meta: store, Objects: objects, Master: master}
	h.rec = h.call(shelf, "maya", "lee")
	h.call(shelf, "noah", "kim")
	h.call(shelf, "noah", "maya")
	for n, part := range []string{id.PartMember, id.PartExpert} {
		author := []id.PersonID{"maya", "lee"}[n]
		text := meta.Text{ID: id.NewText(noon), Call: h.rec.CallID, Kind: meta.TextMessage, Author: author, Part: part, At: noon}
		text.Sealed, err = master.SealSecret(text.SealName(), []byte("written-by-"+string(author)))
		must(t, err)
		must(t, store.InsertText(t.Context(), text))
	}
	must(t, store.InsertRating(t.Context(), meta.Rating{Call: h.rec.CallID, By: "maya", About: "lee", Part: id.PartMember, At: noon, Stars: 4}, nil))
	must(t, store.PutBlock(t.Context(), meta.Block{By: "maya", Whom: "noah", At: noon}))
	return h
}

// call enters a call between two people, with entries of both sides and a recording.
func (h *house) call(shelf playbacktest.Shelf, member, expert id.PersonID) meta.Recording {
	h.t.Helper()
	call := meta.Call{
		ID: id.NewCall(noon), MemberID: member, ExpertID: expert, MemberName: "Name of " + string(member),
		ExpertName: "<b>" + string(expert), CreatedAt: noon,
	}
	must(h.t, h.store.InsertCall(h.t.Context(), call))
	for _, side := range []string{ledger.Member, ledger.Expert} {
		actor := string([2]id.PersonID{member, expert}[map[string]int{ledger.Member: 0, ledger.Expert: 1}[side]])
		h.append(ledger.Chain, ledger.KindNotice, string(call.ID), ledger.Server, map[string]string{"side": side, "hash": "shown-to-" + actor})
		h.append(ledger.Chain, ledger.KindAnswer, string(call.ID), actor, map[string]string{"side": side, "answer": "said-by-" + actor})
	}
	rec := meta.Recording{
		ID: id.NewRecording(noon), CallID: call.ID, MemberID: member, ExpertID: expert, MemberName: call.MemberName, ExpertName: call.ExpertName,
		State: meta.StateStored, StartedAt: noon, LengthMs: 20_000,
	}
	shelf.Put(h.t, rec)
	h.append(audit.Chain, audit.KindPlay, string(rec.ID), "robin", map[string]string{"role": "qa", "reason": "sample: a secret note"})
	return rec
}

func (h *house) append(chain, kind, subject, actor string, body any) {
	h.t.Helper()
	_, err := h.store.AppendChain(h.t.Context(), chain, kind, subject, actor, body, noon)
	must(h.t, err)
}

func (h *house) allow(_ context.Context, rec id.RecordingID) error {
	h.allowed = append(h.allowed, rec)
	return nil
}

// copy makes maya's copy as a member and returns its files.
func (h *house) copy() (map[string]string, accesscopy.Contents) {
	h.t.Helper()
	return h.copyFor(accesscopy.Subject{Person: "maya", Role: ledger.Member})
}

func (h *house) copyFor(s accesscopy.Subject) (map[string]string, accesscopy.Contents) {
	h.t.Helper()
	var out bytes.Buffer
	must(h.t, h.builder.Write(h.t.Context(), &out, s, h.allow))
	archive, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	must(h.t, err)
	files := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		must(h.t, err)
		content, err := io.ReadAll(r)
		must(h.t, err)
		files[f.Name] = string(content)
	}
	var c accesscopy.Contents
	must(h.t, json.Unmarshal([]byte(files["data.json"]), &c))
	return files, c
}

// TestACopyHoldsOneSide: the own voice, the own answers and what was shown, who
// listened in role, and nothing that the other side said or answered.
func TestACopyHoldsOneSide(t *testing.T) {
	h := newHouse(t)
	files, c := h.copy()
	if len(c.Recordings) != 1 || len(c.Calls) != 1 || len(c.Blocks) != 1 || c.Recordings[0].ID != h.rec.ID {
		t.Fatalf("got %d recordings, %d calls, %d blocks, want one of each: as an expert is another copy", len(c.Recordings), len(c.Calls), len(c.Blocks))
	}
	rec := c.Recordings[0]
	voice, err := ogg.NewReader(strings.NewReader(files[rec.File]))
	if err != nil || voice.Head().Channels != 1 || rec.Whole {
		t.Errorf("sound: got %v, whole %v, want one voice", err, rec.Whole)
	}
	if len(h.allowed) != 1 || h.allowed[0] != h.rec.ID {
		t.Errorf("allowed: got %v, want to be asked about the one recording", h.allowed)
	}
	if len(rec.Accesses) != 1 || rec.Accesses[0].Role != "qa" || rec.Accesses[0].Reason != "sample" {
		t.Errorf("accesses: got %+v", rec.Accesses)
	}
	if call := c.Calls[0]; len(call.Wrote) != 1 || call.Wrote[0].Text != "written-by-maya" || call.Rating == nil || call.Rating.Stars != 4 {
		t.Errorf("written: got %+v and the rating %+v, want the own message and stars", call.Wrote, call.Rating)
	}
	own := files[c.Calls[0].Ledger]
	if !strings.Contains(own, "said-by-maya") || !strings.Contains(own, "shown-to-maya") {
		t.Errorf("ledger: got %s, want the own entries", own)
	}
	for name, content := range files {
		for _, secret := range []string{"said-by-lee", "shown-to-lee", "robin", "a secret note", "written-by-lee"} {
			if strings.Contains(content, secret) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
	if page := files["index.html"]; !strings.Contains(page, rec.File) || strings.Contains(page, "<b>lee") || !strings.Contains(page, "&lt;b&gt;lee") {
		t.Errorf("index: got %s, want the sound, and names as text", page)
	}
}

// TestACopyOfBothVoices only where the operator's policy says so.
func TestACopyOfBothVoices(t *testing.T) {
	h := newHouse(t)
	h.builder.Whole = true
	files, c := h.copy()
	both, err := ogg.NewReader(strings.NewReader(files[c.Recordings[0].File]))
	if err != nil || both.Head().Channels != 2 || !c.Recordings[0].Whole {
		t.Errorf("sound: got %v, want both voices", err)
	}
}

// TestACopySaysWhatIsMissing: an erased voice comes with its certificate; one that
// cannot be read does not keep the rest from being handed out.
func TestACopySaysWhatIsMissing(t *testing.T) {
	t.Run("erased", func(t *testing.T) {
		h := newHouse(t)
		e := meta.Erasure{
			ID: id.NewErasure(noon), Recording: h.rec.ID, Part: id.PartMember, Basis: meta.BasisPerson, RequestedBy: "maya", RequestedAt: noon,
			State: meta.ErasureApproved, DecidedBy: "maya", DecidedAt: &noon,
		}
		must(t, h.store.InsertErasure(t.Context(), e))
		must(t, h.store.BeginErasure(t.Context(), e.ID))
		must(t, h.store.DestroyEnvelope(t.Context(), h.rec.ID, id.PartMember, noon))
		must(t, h.store.FinishErasure(t.Context(), e.ID, []string{id.PartMember}, "the-certificate", noon))
		files, c := h.copy()
		rec := c.Recordings[0]
		if rec.File != "" || !rec.Erased || rec.Note == "" || len(rec.Erasures) != 1 || files[rec.Erasures[0].Certificate] != "the-certificate" || len(h.allowed) != 0 {
			t.Errorf("got %+v, asked about %v, want no sound and the certificate", rec, h.allowed)
		}
	})
	t.Run("away", func(t *testing.T) {
		h := newHouse(t)
		h.builder.Library = broken{}
		if _, c := h.copy(); c.Recordings[0].File != "" || !strings.Contains(c.Recordings[0].Note, "could not be read") || len(c.Calls) != 1 {
			t.Errorf("got %+v, want a note and the rest", c.Recordings[0])
		}
	})
}

type broken struct{}

func (broken) Open(context.Context, id.RecordingID) (*playback.Recording, error) {
	return nil, errors.New("rot")
}

// TestACopyThatMayNotBeMade ends with the reason, and without an archive.
func TestACopyThatMayNotBeMade(t *testing.T) {
	h := newHouse(t)
	refused := errors.New("the audit log is away")
	var out bytes.Buffer
	err := h.builder.Write(t.Context(), &out, accesscopy.Subject{Person: "maya", Role: ledger.Member}, func(context.Context, id.RecordingID) error { return refused })
	if !errors.Is(err, refused) {
		t.Errorf("got %v, want the refusal", err)
	}
	if _, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len())); err == nil {
		t.Error("got a whole archive")
	}
}

package disclosure_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"parley/recorder/consent/ledger"
	"parley/recorder/disclosure"
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

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type house struct {
	t     *testing.T
	store *sqlite.Store
	maker *disclosure.Maker
	rec   meta.Recording
}

func newHouse(t *testing.T) *house {
	t.Helper()
	store := storetest.Database(t)
	objects := storetest.Folder(t)
	master := storetest.Master(t)
	key, err := signing.FromSeed(bytes.Repeat([]byte{7}, signing.SeedLen))
	must(t, err)
	h := &house{t: t, store: store, rec: meta.Recording{
		ID: id.NewRecording(noon), CallID: id.NewCall(noon), MemberID: "maya", ExpertID: "lee", State: meta.StateStored, StartedAt: noon, LengthMs: 20_000,
	}}
	playbacktest.Shelf{Meta: store, Objects: objects, Master: master}.Put(t, h.rec)
	h.maker = &disclosure.Maker{
		Store: store, Library: &playback.Library{Meta: store, Objects: objects, Opener: master}, Key: key, Operator: "Example",
		Now: func() time.Time { return noon },
	}
	h.append(ledger.Chain, ledger.KindAnswer, string(h.rec.CallID), "maya", map[string]string{"answer": "yes"})
	return h
}

func (h *house) append(name, kind, subject, actor string, body any) {
	h.t.Helper()
	_, err := h.store.AppendChain(h.t.Context(), name, kind, subject, actor, body, noon)
	must(h.t, err)
}

// order enters an order and what people said to it; a "-" before a name is a no.
func (h *house) order(s disclosure.Scope, said ...string) disclosure.Order {
	h.t.Helper()
	s.Authority, s.LegalBasis, s.Case = "Court", "section 1", "42 O 7/26"
	must(h.t, s.Validate())
	h.append(audit.Chain, disclosure.KindRequest, string(h.rec.ID), "pia", s)
	number := h.orders()[0].Number
	for _, who := range said {
		name, no := strings.CutPrefix(who, "-")
		h.append(audit.Chain, disclosure.KindDecide, string(h.rec.ID), name, disclosure.Decision{Order: number, Approve: !no, Note: "why"})
	}
	return h.orders()[0]
}

func (h *house) orders() []disclosure.Order {
	h.t.Helper()
	entries, err := audit.About(h.t.Context(), h.store, string(h.rec.ID))
	must(h.t, err)
	orders, err := disclosure.Orders(entries)
	must(h.t, err)
	return orders
}

func (h *house) bundle(s disclosure.Scope) []byte {
	h.t.Helper()
	var out bytes.Buffer
	must(h.t, h.maker.Write(h.t.Context(), &out, h.order(s, "pia", "paul")))
	return out.Bytes()
}

func (h *house) verify(data []byte) (disclosure.Report, error) {
	return disclosure.Verify(bytes.NewReader(data), int64(len(data)), h.maker.Key.Public())
}

func (h *house) whole(data []byte) disclosure.Report {
	h.t.Helper()
	r, err := h.verify(data)
	if err != nil || len(r.Faults) > 0 {
		h.t.Fatalf("got %+v, %v, want no fault", r.Faults, err)
	}
	return r
}

// TestTwoPeopleApprove: different ones, before anybody refuses.
func TestTwoPeopleApprove(t *testing.T) {
	for name, row := range map[string]struct {
		said []string
		want bool
	}{
		"nobody":            {nil, false},
		"one":               {[]string{"pia"}, false},
		"one twice":         {[]string{"paul", "paul"}, false},
		"two":               {[]string{"paul", "pia"}, true},
		"refused before":    {[]string{"pia", "-ann", "paul"}, false},
		"refused too late":  {[]string{"pia", "paul", "-ann"}, true},
		"no after own yes":  {[]string{"pia", "-pia", "paul"}, true},
		"three, one no yes": {[]string{"-ann", "pia", "paul"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			o := h.order(disclosure.Scope{Part: id.PartCall}, row.said...)
			err := h.maker.Write(t.Context(), io.Discard, o)
			if o.Approved() != row.want || errors.Is(err, disclosure.ErrNotApproved) == row.want {
				t.Errorf("got approved %v and %v, want %v", o.Approved(), err, row.want)
			}
		})
	}
}

func TestScopesThatAreNone(t *testing.T) {
	good := disclosure.Scope{Part: id.PartMember, Authority: "a", LegalBasis: "b", Case: "c"}
	must(t, good.Validate())
	for name, change := range map[string]func(*disclosure.Scope){
		"part": func(s *disclosure.Scope) { s.Part = "both" }, "backwards": func(s *disclosure.Scope) { s.FromMs, s.ToMs = 2, 1 },
		"negative": func(s *disclosure.Scope) { s.FromMs = -1 }, "no basis": func(s *disclosure.Scope) { s.LegalBasis = " " },
		"long": func(s *disclosure.Scope) { s.Case = strings.Repeat("x", disclosure.MaxText+1) },
	} {
		s := good
		if change(&s); !errors.Is(s.Validate(), disclosure.ErrScope) {
			t.Errorf("%s: got no error", name)
		}
	}
}

// TestABundleHoldsWhatWasOrdered: the voice to the byte, and all papers.
func TestABundleHoldsWhatWasOrdered(t *testing.T) {
	h := newHouse(t)
	data := h.bundle(disclosure.Scope{Part: id.PartExpert})
	r := h.whole(data)
	if len(r.Statement.Voices) != 1 || r.Statement.Voices[0].Leg != id.PartExpert || len(r.Statement.Order.Approvals) != 2 || r.Excerpt {
		t.Errorf("got %+v", r.Statement)
	}
	files := unpack(t, data)
	for _, name := range []string{"manifest.json", "ledger.json", "access-log.json", "custody.json", "proof.json", "statement.jws"} {
		if files[name] == "" {
			t.Errorf("there is no %s", name)
		}
	}
	opened, err := h.maker.Library.Open(t.Context(), h.rec.ID)
	must(t, err)
	defer func() { _ = opened.Close() }() // read only
	voice, err := io.ReadAll(opened.Voice(1))
	must(t, err)
	if files["audio/expert.opus"] != string(voice) || files["audio/member.opus"] != "" {
		t.Error("the sound is not the expert's voice alone, as it was recorded")
	}
	if !strings.Contains(files["access-log.json"], disclosure.KindDecide) || !strings.Contains(files["custody.json"], r.Statement.Voices[0].SealedSHA256) {
		t.Error("the approvals or the sealed original are not told of")
	}
}

func unpack(t *testing.T, data []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	files := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		must(t, err)
		content, err := io.ReadAll(r)
		must(t, err)
		files[f.Name] = string(content)
	}
	return files
}

// TestAnyAlteredByteIsFound wherever it is: in the papers, between files, and in every
// page of the sound, which is named.
func TestAnyAlteredByteIsFound(t *testing.T) {
	h := newHouse(t)
	data := h.bundle(disclosure.Scope{Part: id.PartMember})
	sound := bytes.Index(data, []byte("OggS"))
	end := bytes.LastIndex(data, []byte("OggS"))
	check := func(at int) disclosure.Report {
		t.Helper()
		altered := bytes.Clone(data)
		altered[at] ^= 0x10
		r, err := h.verify(altered)
		if err == nil && len(r.Faults) == 0 || err != nil && !errors.Is(err, disclosure.ErrNotABundle) {
			t.Fatalf("byte %d of %d: got %v and no fault", at, len(data), err)
		}
		return r
	}
	for at := 0; at < len(data); at += 5 {
		if at > sound && at < end {
			at += 1500 // every page, not every byte of each
		}
		r := check(min(at, len(data)-1))
		if at <= sound || at >= end || len(r.Faults) == 0 {
			continue
		}
		f := r.Faults[0]
		if offset := int64(at - sound); f.File != "audio/member.opus" || offset < f.From || offset >= f.To || f.To-f.From > 64<<10 {
			t.Fatalf("byte %d of the sound: got %+v, want its page named", offset, f)
		}
	}
	for _, at := range []int{1, len(data) / 2, len(data) - 1} {
		if r, err := h.verify(data[:at]); err == nil && len(r.Faults) == 0 {
			t.Errorf("cut off at %d: no fault", at)
		}
	}
	if r, err := h.verify(append(bytes.Clone(data), 0)); err == nil && len(r.Faults) == 0 {
		t.Error("a byte more: no fault")
	}
}

// TestABundleOfAnotherDeployment is not genuine.
func TestABundleOfAnotherDeployment(t *testing.T) {
	h := newHouse(t)
	data := h.bundle(disclosure.Scope{Part: id.PartMember})
	other, err := signing.FromSeed(bytes.Repeat([]byte{8}, signing.SeedLen))
	must(t, err)
	if _, err := disclosure.Verify(bytes.NewReader(data), int64(len(data)), other.Public()); !errors.Is(err, disclosure.ErrNotABundle) || !errors.Is(err, signing.ErrUnknownKey) {
		t.Errorf("got %v, want it refused", err)
	}
}

// TestAStretchIsProvenWithoutTheRest, whether it was ordered or cut out later.
func TestAStretchIsProvenWithoutTheRest(t *testing.T) {
	h := newHouse(t)
	data := h.bundle(disclosure.Scope{Part: id.PartCall})
	var cut bytes.Buffer
	must(t, disclosure.Excerpt(&cut, bytes.NewReader(data), int64(len(data)), h.maker.Key.Public(), 5_000, 8_000))
	r := h.whole(cut.Bytes())
	files, whole := unpack(t, cut.Bytes()), unpack(t, data)
	if !r.Excerpt || len(files) != 4 || files["manifest.json"] != "" {
		t.Errorf("got the files %d, want statement, proof and two voices", len(files))
	}
	voice := files["audio/member.opus"]
	if n := strings.Count(voice, "OggS"); n < 5 || n > 6 || len(voice) > len(whole["audio/member.opus"])/3 {
		t.Errorf("got %d pages of %d bytes, want the headers and three or four seconds", n, len(voice))
	}
	altered := bytes.Replace(cut.Bytes(), []byte(`"from": `), []byte(`"from":1`), 1)
	if r, err := h.verify(altered); err == nil && len(r.Faults) == 0 {
		t.Error("another place is proven")
	}
	again := h.whole(cut.Bytes()) // cutting did not change it
	if err := disclosure.Excerpt(io.Discard, bytes.NewReader(cut.Bytes()), int64(cut.Len()), h.maker.Key.Public(), 6_000, 7_000); !errors.Is(err, disclosure.ErrCannotCut) || !again.Excerpt {
		t.Errorf("cut from an excerpt: got %v", err)
	}
	if err := disclosure.Excerpt(io.Discard, bytes.NewReader(data), int64(len(data)), h.maker.Key.Public(), 60_000, 61_000); !errors.Is(err, disclosure.ErrCannotCut) {
		t.Errorf("cut beyond the end: got %v", err)
	}
}

func TestAnOrderedStretch(t *testing.T) {
	h := newHouse(t)
	data := h.bundle(disclosure.Scope{Part: id.PartMember, FromMs: 10_000, ToMs: 12_000})
	h.whole(data)
	if n := strings.Count(unpack(t, data)["audio/member.opus"], "OggS"); n < 4 || n > 5 {
		t.Errorf("got %d pages, want the headers and two or three seconds", n)
	}
}

// TestNothingIsLeft: an erased voice cannot be disclosed, the other one can.
func TestNothingIsLeft(t *testing.T) {
	h := newHouse(t)
	must(t, h.store.DestroyEnvelope(t.Context(), h.rec.ID, id.PartMember, noon))
	o := h.order(disclosure.Scope{Part: id.PartMember}, "pia", "paul")
	if err := h.maker.Write(context.Background(), io.Discard, o); !errors.Is(err, disclosure.ErrNothing) {
		t.Errorf("the erased voice: got %v", err)
	}
	o.Part = id.PartCall
	var out bytes.Buffer
	must(t, h.maker.Write(t.Context(), &out, o))
	if r := h.whole(out.Bytes()); len(r.Statement.Voices) != 1 || r.Statement.Voices[0].Leg != id.PartExpert {
		t.Errorf("both: got %+v, want the one that is left", r.Statement.Voices)
	}
}

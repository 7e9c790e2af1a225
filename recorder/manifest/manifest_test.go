package manifest

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/recorder/consent/ledger"
	"parley/recorder/render"
	"parley/storage/id"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// sound is the manifest of a recording that nothing befell.
func sound() Manifest {
	return Manifest{
		Version: Version, Recording: id.NewRecording(noon), Call: id.NewCall(noon), Started: noon, LengthMs: 60000,
		Spans:  []Span{{OpenMs: 0, CloseMs: 60000, Proof: ledger.Proof{Entry: "hash", Legs: []ledger.LegProof{{Leg: "member", Receipt: "r"}}}}},
		Events: []Event{{AtMs: 1200.5, Kind: "mute", Leg: "member"}},
		Voices: [2]Voice{
			{Leg: "member", Stats: render.VoiceStats{Packets: 3000}},
			{Leg: "expert", Stats: render.VoiceStats{Packets: 3000}},
		},
	}
}

func TestRoundTrip(t *testing.T) {
	want := sound()
	Judge(60000, &want, []string{"a note"}, []string{"a remark"})
	data, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(data, want.Recording)
	if err != nil {
		t.Fatalf("Decode: %v", err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	m := sound()
	data, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	rows := []struct {
		name string
		data string
		rec  id.RecordingID
		want string
	}{
		{"no JSON", "{", m.Recording, "decode"},
		{"another version", strings.Replace(string(data), `"version":1`, `"version":2`, 1), m.Recording, "version 2"},
		{"another recording", string(data), id.NewRecording(noon), "belongs to"},
	}
	for _, r := range rows {
		if _, err := Decode([]byte(r.data), r.rec); err == nil || !strings.Contains(err.Error(), r.want) {
			t.Errorf("%s: got %v, want an error with %q", r.name, err, r.want)
		}
	}
}

// TestJudgeRemarksTheServersSound: it hides what the person said, and nothing is
// missing.
func TestJudgeRemarksTheServersSound(t *testing.T) {
	m := sound()
	m.Voices[1].Stats.ServerMs = 3240
	Judge(60000, &m, nil, nil)
	want := []string{"the server's own announcements and tones take the place of 3.2 s of the expert's voice"}
	if !slices.Equal(m.Report.Remarks, want) || !m.Report.Clean {
		t.Errorf("got %+v, want clean with the remarks %q", m.Report, want)
	}
}

func TestJudge(t *testing.T) {
	rows := []struct {
		name     string
		change   func(m *Manifest)
		expected float64
		notes    []string
		want     []string
	}{
		{"sound", func(*Manifest) {}, 60000, nil, []string{}},
		{"a frame too long", func(*Manifest) {}, 59980, nil, []string{}},
		{"too short", func(*Manifest) {}, 61000, nil, []string{"length differs from the spans by -1000 ms"}},
		{"too long", func(*Manifest) {}, 50000, nil, []string{"length differs from the spans by 10000 ms"}},
		{"a silent leg", func(m *Manifest) { m.Voices[1].Stats.Packets = 0 }, 60000, nil, []string{"no audio of the expert was received"}},
		{"little lost", func(m *Manifest) { m.Voices[0].Stats.ConcealedMs = 3000 }, 60000, nil, []string{}},
		{"much lost", func(m *Manifest) { m.Voices[0].Stats.ConcealedMs = 6000 }, 60000, nil, []string{"10 % of the member's audio was lost and concealed"}},
		{"noted before", func(*Manifest) {}, 60000, []string{"a note"}, []string{"a note"}},
		{"empty", func(m *Manifest) { m.LengthMs = 0 }, 0, nil, []string{}},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			m := sound()
			r.change(&m)
			Judge(r.expected, &m, r.notes, []string{"a remark"})
			if !slices.Equal(m.Report.Notes, r.want) || m.Report.Clean != (len(r.want) == 0) {
				t.Errorf("got %+v, want notes %q", m.Report, r.want)
			}
			if !slices.Equal(m.Report.Remarks, []string{"a remark"}) {
				t.Errorf("got remarks %q, want the one given", m.Report.Remarks)
			}
			if m.Report.ExpectedMs != r.expected || m.Report.ActualMs != m.LengthMs {
				t.Errorf("got %+v, want %v expected and %v actual", m.Report, r.expected, m.LengthMs)
			}
		})
	}
}

// FuzzDecode holds that what is decoded is encoded and decoded as the same.
func FuzzDecode(f *testing.F) {
	m := sound()
	data, err := m.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := Decode(data, m.Recording)
		if err != nil {
			return
		}
		again, err := first.Encode()
		if err != nil {
			t.Fatalf("encode again: %v", err)
		}
		second, err := Decode(again, m.Recording)
		if err != nil {
			t.Fatalf("decode again: %v", err)
		}
		third, err := second.Encode()
		if err != nil || string(third) != string(again) {
			t.Fatalf("encode once more: got %s, %v, want %s", third, err, again)
		}
	})
}

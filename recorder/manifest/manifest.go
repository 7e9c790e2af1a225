package manifest

import (
	"encoding/json"
	"fmt"
	"time"

	"parley/media/ogg"
	"parley/recorder/consent/ledger"
	"parley/recorder/journal"
	"parley/recorder/render"
	"parley/storage/id"
)

// Version is the version of the format.
const Version = 1

// Span is a stretch during which the gate was open, in milliseconds of playing
// time. Between two spans the voices are silent; ClockMs of the later one tells
// by how much of that the recording was shortened.
type Span struct {
	OpenMs  float64 `json:"open_ms"`
	CloseMs float64 `json:"close_ms"`
	// ClockMs is when the gate opened, in milliseconds since Started. Where pauses
	// are kept as silence it is OpenMs.
	ClockMs float64 `json:"clock_ms"`
	// Proof names the ledger's entry by which the gate was open, and the receipts
	// and notices that it rests on.
	Proof ledger.Proof `json:"proof"`
}

// Event is something that happened during the recording.
type Event struct {
	AtMs    float64 `json:"at_ms"`    // of playing time
	ClockMs float64 `json:"clock_ms"` // since Started
	// Kind is one of package journal's: pause, mute, reconnect and the like.
	Kind string `json:"kind"`
	Leg  string `json:"leg,omitempty"` // member or expert; empty: the whole call
}

// Object is a sealed object of the recording.
type Object struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // hex; empty: there is none
}

// Voice is one leg's recorded audio.
type Voice struct {
	Leg string `json:"leg"` // member or expert
	// Mode tells how the voice was made; Why gives the reason.
	Mode   string            `json:"mode"`
	Why    string            `json:"why"`
	Bytes  int64             `json:"bytes"`  // of the sealed object
	SHA256 string            `json:"sha256"` // of the sealed object, hex
	Peaks  Object            `json:"peaks"`  // the voice's waveform, sealed to its key too
	Stats  render.VoiceStats `json:"stats"`
}

// Report is the recording's own account of itself.
type Report struct {
	Clean      bool     `json:"clean"`
	ExpectedMs float64  `json:"expected_ms"` // from the start to the last close of the gate
	ActualMs   float64  `json:"actual_ms"`   // playing time of the voices
	Notes      []string `json:"notes"`       // what is not clean, in words
	// Remarks are what a listener should know though nothing is missing: a voice was
	// saved as it was sent, and was sent without sound.
	Remarks []string `json:"remarks,omitempty"`
}

// Manifest describes one recording.
type Manifest struct {
	Version   int            `json:"version"`
	Recording id.RecordingID `json:"recording"`
	Call      id.CallID      `json:"call"`
	Started   time.Time      `json:"started"` // wall clock of the first frame, UTC; the gate opens at the first span
	LengthMs  float64        `json:"length_ms"`
	Spans     []Span         `json:"spans"`
	Events    []Event        `json:"events,omitempty"`
	Voices    [2]Voice       `json:"voices"` // member, expert
	Layout    ogg.Layout     `json:"layout"` // of the stereo stream
	// Basis tells why the recording was allowed.
	Basis  journal.Basis `json:"basis"`
	Report Report        `json:"report"`
}

// Encode encodes a manifest.
func (m Manifest) Encode() ([]byte, error) {
	m.Version = Version
	return json.Marshal(m)
}

// Decode decodes a manifest and checks that it is that of the recording.
func Decode(data []byte, rec id.RecordingID) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return Manifest{}, fmt.Errorf("decode manifest of %s: %w", rec, err)
	}
	if m.Version != Version {
		return Manifest{}, fmt.Errorf("manifest of %s has version %d, this program reads %d", rec, m.Version, Version)
	}
	if m.Recording != rec {
		return Manifest{}, fmt.Errorf("manifest of %s belongs to %s", rec, m.Recording)
	}
	return m, nil
}

// Judge fills the report: clean when everything that should be there is,
// whatever the remarks.
func Judge(expectedMs float64, m *Manifest, notes, remarks []string) {
	r := Report{ExpectedMs: expectedMs, ActualMs: m.LengthMs, Notes: append([]string{}, notes...), Remarks: remarks}
	const tolerance = 60 // ms
	if d := r.ActualMs - r.ExpectedMs; d > tolerance || d < -tolerance {
		r.Notes = append(r.Notes, fmt.Sprintf("length differs from the spans by %.0f ms", d))
	}
	for _, v := range m.Voices {
		if v.Stats.Packets == 0 {
			r.Notes = append(r.Notes, fmt.Sprintf("no audio of the %s was received", v.Leg))
		}
		if share := v.Stats.ConcealedMs / max(m.LengthMs, 1); share > 0.05 {
			r.Notes = append(r.Notes, fmt.Sprintf("%.0f %% of the %s's audio was lost and concealed", 100*share, v.Leg))
		}
		if v.Stats.ServerMs > 0 {
			r.Remarks = append(r.Remarks, fmt.Sprintf("the server's own announcements and tones take the place of %.1f s of the %s's voice", v.Stats.ServerMs/1000, v.Leg))
		}
	}
	r.Clean = len(r.Notes) == 0
	m.Report = r
}

// DecodeReport reads a report as metadata keeps it. One that is missing, for
// the recording is not finished, or that cannot be read, is not clean.
func DecodeReport(text string) Report {
	var r Report
	if text == "" || json.Unmarshal([]byte(text), &r) != nil {
		return Report{}
	}
	return r
}

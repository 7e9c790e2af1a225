package peer

import (
	"strings"

	"github.com/pion/sdp/v3"
)

// SDPError says why a browser's session description or candidate cannot be
// used. It never holds the description itself.
type SDPError struct{ Reason string }

func (e *SDPError) Error() string { return "session description refused: " + e.Reason }

// checkAnswer looks whether an SDP answer can carry a voice call: one
// accepted audio section with Opus.
func checkAnswer(text string) error {
	var d sdp.SessionDescription
	if err := d.UnmarshalString(text); err != nil {
		return &SDPError{Reason: "it cannot be parsed (RFC 8866)"}
	}
	var audio *sdp.MediaDescription
	for _, m := range d.MediaDescriptions {
		switch {
		case m.MediaName.Media != "audio":
			return &SDPError{Reason: "it has a section other than audio; only one audio section was offered"}
		case audio != nil:
			return &SDPError{Reason: "it has more than one audio section; one was offered"}
		}
		audio = m
	}
	switch {
	case audio == nil:
		return &SDPError{Reason: "it has no audio section"}
	case audio.MediaName.Port.Value == 0:
		return &SDPError{Reason: "it refuses the audio section"}
	case !hasOpus(audio):
		return &SDPError{Reason: "it does not take Opus"}
	}
	return nil
}

func hasOpus(m *sdp.MediaDescription) bool {
	for _, a := range m.Attributes {
		if a.Key == "rtpmap" && strings.Contains(strings.ToLower(a.Value), " opus/48000") {
			return true
		}
	}
	return false
}

package peer

import (
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/pion/ice/v4"
	"github.com/pion/sdp/v3"
)

// SDPError says why a browser's session description or candidate cannot be
// used. It never holds the description itself.
type SDPError struct{ Reason string }

func (e *SDPError) Error() string { return "session description refused: " + e.Reason }

// checkAnswer looks whether an SDP answer can carry a voice call: one accepted
// audio section with Opus, for the section mid of the offer, and all that a
// connection needs. webrtc finds some of these faults only after it has taken
// the answer, and then the connection can take no other.
func checkAnswer(text, mid string) error {
	var d sdp.SessionDescription
	if err := d.UnmarshalString(text); err != nil {
		return &SDPError{Reason: "it cannot be parsed (RFC 8866)"}
	}
	audio, err := audioSection(&d)
	if err != nil {
		return err
	}
	answers, _ := audio.Attribute(sdp.AttrKeyMID)
	switch {
	case audio.MediaName.Port.Value == 0:
		return &SDPError{Reason: "it refuses the audio section"}
	case !hasOpus(audio):
		return &SDPError{Reason: "it does not take Opus"}
	case answers != mid:
		return &SDPError{Reason: "its audio section is not the one that was offered (a=mid)"}
	}
	return checkTransport(&d, audio)
}

// checkEchoAnswer looks whether an answer takes the one data channel of an Echo.
func checkEchoAnswer(text string) error {
	var d sdp.SessionDescription
	if err := d.UnmarshalString(text); err != nil {
		return &SDPError{Reason: "it cannot be parsed (RFC 8866)"}
	}
	if len(d.MediaDescriptions) != 1 || d.MediaDescriptions[0].MediaName.Media != "application" {
		return &SDPError{Reason: "it has other sections than the one for data that was offered"}
	}
	data := d.MediaDescriptions[0]
	if mid, _ := data.Attribute(sdp.AttrKeyMID); mid != "0" {
		return &SDPError{Reason: "its section is not the one that was offered (a=mid)"}
	}
	if data.MediaName.Port.Value == 0 {
		return &SDPError{Reason: "it refuses the section for data"}
	}
	return checkTransport(&d, data)
}

// audioSection finds the one section that was offered.
func audioSection(d *sdp.SessionDescription) (*sdp.MediaDescription, error) {
	var audio *sdp.MediaDescription
	for _, m := range d.MediaDescriptions {
		switch {
		case m.MediaName.Media != "audio":
			return nil, &SDPError{Reason: "it has a section other than audio; only one audio section was offered"}
		case audio != nil:
			return nil, &SDPError{Reason: "it has more than one audio section; one was offered"}
		}
		audio = m
	}
	if audio == nil {
		return nil, &SDPError{Reason: "it has no audio section"}
	}
	return audio, nil
}

func hasOpus(m *sdp.MediaDescription) bool {
	for _, a := range m.Attributes {
		if _, codec, _ := strings.Cut(a.Value, " "); a.Key == "rtpmap" && isOpus(codec) {
			return true
		}
	}
	return false
}

func isOpus(codec string) bool { return strings.HasPrefix(strings.ToLower(codec), "opus/48000") }

// cleaned is an answer without what is not to be used of it.
func (r *remote) cleaned(text string) (string, error) {
	var d sdp.SessionDescription
	if err := d.UnmarshalString(text); err != nil {
		return "", &SDPError{Reason: "it cannot be parsed (RFC 8866)"}
	}
	dropOpusParameters(&d)
	r.filter(&d)
	out, err := d.Marshal()
	if err != nil {
		return "", &SDPError{Reason: "it cannot be parsed (RFC 8866)"}
	}
	return string(out), nil
}

// dropOpusParameters drops what an answer says of Opus in detail (a=fmtp),
// which nothing here depends on. webrtc compares it with the offer, and where the
// two differ it would take redundant audio, which agrees, for the only codec.
func dropOpusParameters(d *sdp.SessionDescription) {
	for _, m := range d.MediaDescriptions {
		opus := map[string]bool{} // payload types
		for _, a := range m.Attributes {
			if payloadType, codec, _ := strings.Cut(a.Value, " "); a.Key == "rtpmap" && isOpus(codec) {
				opus[payloadType] = true
			}
		}
		m.Attributes = slices.DeleteFunc(m.Attributes, func(a sdp.Attribute) bool {
			payloadType, _, _ := strings.Cut(a.Value, " ")
			return a.Key == "fmtp" && opus[payloadType]
		})
	}
}

// checkTransport looks for what ICE (RFC 8839) and DTLS (RFC 8122) need.
func checkTransport(d *sdp.SessionDescription, section *sdp.MediaDescription) error {
	if attribute(d, section, "ice-ufrag") == "" || attribute(d, section, "ice-pwd") == "" {
		return &SDPError{Reason: "it has no ICE credentials"}
	}
	hash, digits, _ := strings.Cut(attribute(d, section, "fingerprint"), " ")
	sum, err := hex.DecodeString(strings.ReplaceAll(digits, ":", ""))
	if hash == "" || len(sum) == 0 || err != nil {
		return &SDPError{Reason: "it has no certificate fingerprint that can be read"}
	}
	for _, a := range section.Attributes {
		if !a.IsICECandidate() {
			continue
		}
		if err := readable(a.Value); err != nil {
			return err
		}
	}
	return nil
}

// readable refuses a candidate that is none; kinds that are not known are left
// to be passed over (RFC 8839 section 5.1).
func readable(candidate string) error {
	_, err := ice.UnmarshalCandidate(candidate)
	if err != nil && !errors.Is(err, ice.ErrUnknownCandidateTyp) && !errors.Is(err, ice.ErrDetermineNetworkType) {
		return &SDPError{Reason: "it has a candidate that cannot be read"}
	}
	return nil
}

// attribute is that of the section or else of the whole session.
func attribute(d *sdp.SessionDescription, m *sdp.MediaDescription, key string) string {
	if v, ok := m.Attribute(key); ok {
		return v
	}
	v, _ := d.Attribute(key)
	return v
}

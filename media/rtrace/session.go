package rtrace

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Session is one exchange of offer and answer.
type Session struct {
	// Leg is the number of the peer connection, as in [Packet].
	Leg uint8
	// Who is the role of the browser: member or expert.
	Who string
	// At is when it was exchanged, since the start of the trace.
	At time.Duration
	// Offer is the browser's SDP, Answer the receiver's.
	Offer, Answer string
}

// Codec is what an SDP says about one payload type.
type Codec struct {
	PayloadType uint8
	// Name is the encoding's name as written, "opus" or "red".
	Name string
	// ClockRateHz is the rate of the RTP timestamps.
	ClockRateHz int
	// Parameters is the format's fmtp line after the payload type; empty without one.
	Parameters string
}

// parseSidecar reads what the tests need of a sidecar.
func parseSidecar(data []byte) ([]Session, error) {
	var sidecar struct {
		SDP []struct {
			Leg    uint8  `json:"leg"`
			Who    string `json:"who"`
			AtNs   int64  `json:"t_ns"`
			Offer  string `json:"offer"`
			Answer string `json:"answer"`
		} `json:"sdp"`
	}
	if err := json.Unmarshal(data, &sidecar); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	sessions := make([]Session, 0, len(sidecar.SDP))
	for _, s := range sidecar.SDP {
		sessions = append(sessions, Session{
			Leg: s.Leg, Who: s.Who, At: time.Duration(s.AtNs), Offer: s.Offer, Answer: s.Answer,
		})
	}
	if len(sessions) == 0 {
		return nil, fmt.Errorf("%w: no SDP", ErrFormat)
	}
	return sessions, nil
}

// Codecs returns the payload types that the answer allows, in its order.
func (s Session) Codecs() []Codec {
	var codecs []Codec
	for _, line := range attributes(s.Answer, "rtpmap") {
		number, format, _ := strings.Cut(line, " ")
		pt, err := strconv.ParseUint(number, 10, 7)
		if err != nil {
			continue
		}
		name, rest, _ := strings.Cut(format, "/")
		rate, _, _ := strings.Cut(rest, "/")
		hz, err := strconv.Atoi(rate)
		if err != nil {
			continue
		}
		codecs = append(codecs, Codec{
			PayloadType: uint8(pt), Name: name, ClockRateHz: hz, Parameters: s.parameters(number),
		})
	}
	return codecs
}

// parameters returns the fmtp line of a payload type.
func (s Session) parameters(payloadType string) string {
	for _, line := range attributes(s.Answer, "fmtp") {
		if number, parameters, _ := strings.Cut(line, " "); number == payloadType {
			return parameters
		}
	}
	return ""
}

// PayloadType returns the payload type that the answer gives to a codec, by name without
// regard to case.
func (s Session) PayloadType(name string) (payloadType uint8, found bool) {
	for _, codec := range s.Codecs() {
		if strings.EqualFold(codec.Name, name) {
			return codec.PayloadType, true
		}
	}
	return 0, false
}

// Extension returns the id that the answer gives to an RTP header extension, by URI.
func (s Session) Extension(uri string) (id uint8, found bool) {
	for _, line := range attributes(s.Answer, "extmap") {
		number, named, _ := strings.Cut(line, " ")
		number, _, _ = strings.Cut(number, "/") // a direction may follow
		named, _, _ = strings.Cut(named, " ")   // and attributes
		if id, err := strconv.ParseUint(number, 10, 8); err == nil && named == uri {
			return uint8(id), true
		}
	}
	return 0, false
}

// attributes returns the values of all attribute lines of one name (RFC 8866 section 5.13).
func attributes(sdp, name string) []string {
	var values []string
	for line := range strings.Lines(sdp) {
		if value, found := strings.CutPrefix(strings.TrimRight(line, "\r\n"), "a="+name+":"); found {
			values = append(values, value)
		}
	}
	return values
}

package wire

import "encoding/json"

// MaxMessageBytes bounds one message in either direction, with ample room for
// the SDP of an audio-only session.
const MaxMessageBytes = 64 << 10

// Root is what the path of every REST call and of the socket begins with. Health,
// metrics and /.well-known stand outside of it.
const Root = "/api/v1"

// Subprotocol is the WebSocket subprotocol name of this version.
const Subprotocol = "parley.v1"

// A ClientMessage is one message from a client. The concrete types are the
// pointers to the structs of this file.
type ClientMessage interface {
	// Reference is the client's own mark for the message, repeated in the
	// error that answers it; empty when none was given.
	Reference() string
	clientType() string
}

// Ref is the optional mark of a client message, at most 64 bytes.
type Ref struct {
	Ref string `json:"ref,omitempty"`
}

// Reference implements ClientMessage.
func (r Ref) Reference() string { return r.Ref }

// Hello signs in. It must be the first message.
type Hello struct {
	Ref
	Token string `json:"token"`
	// Place is where the person says to be, an ISO 3166 code such as "DE" or
	// "US-CA"; empty when nothing was said. It joins what else is known.
	Place string `json:"place,omitempty"`
	// Tab is a random text that the client makes once and keeps while it lives,
	// 16 to 64 characters. A socket with the tab of an earlier one of the same
	// person goes on in its place, the sound of a call included.
	Tab string `json:"tab,omitempty"`
	// Device is a random text that a browser makes once and keeps, 16 to 64
	// characters. What stands for it is compared between calls.
	Device string `json:"device,omitempty"`
}

// PresenceSet says whether an expert wants to be called.
type PresenceSet struct {
	Ref
	Available bool `json:"available"`
}

// CallStart calls an expert.
type CallStart struct {
	Ref
	Expert string `json:"expert"`
}

// CallAccept takes a ringing call in this tab.
type CallAccept struct {
	Ref
	Call string `json:"call"`
}

// CallDecline refuses a ringing call.
type CallDecline struct {
	Ref
	Call string `json:"call"`
}

// CallDelay lets a call ring on, to be answered in a minute.
type CallDelay struct {
	Ref
	Call string `json:"call"`
}

// CallCancel stops one's own ringing.
type CallCancel struct {
	Ref
	Call string `json:"call"`
}

// CallHangup ends a call.
type CallHangup struct {
	Ref
	Call string `json:"call"`
}

// CallHold puts a call on hold, or takes it back.
type CallHold struct {
	Ref
	Call string `json:"call"`
	On   bool   `json:"on"`
}

// MaxText is the greatest length of a message in characters.
const MaxText = 1000

// MessageSend writes to the other person of the call.
type MessageSend struct {
	Ref
	Call string `json:"call"`
	Text string `json:"text"`
}

// MediaJoin asks for a fresh media.offer in this tab.
type MediaJoin struct {
	Ref
	Call string `json:"call"`
}

// MediaWarm asks for a media.offer in a tab in which a call rings, so that the
// connection is up when it is accepted there.
type MediaWarm struct {
	Ref
	Call string `json:"call"`
}

// MediaRestart asks for a media.offer that restarts ICE on the connection of a
// generation, because the client's network has changed.
type MediaRestart struct {
	Ref
	Call       string `json:"call"`
	Generation int    `json:"generation"`
}

// MediaAnswer carries the browser's SDP answer (RFC 3264) to the offer of
// the same generation and restart.
type MediaAnswer struct {
	Ref
	Call       string `json:"call"`
	Generation int    `json:"generation"`
	Restart    int    `json:"restart,omitempty"`
	SDP        string `json:"sdp"`
}

// Candidate is an RTCIceCandidateInit (W3C WebRTC 4.8.1).
type Candidate struct {
	Candidate        string  `json:"candidate"`
	SDPMid           *string `json:"sdpMid,omitempty"`
	SDPMLineIndex    *uint16 `json:"sdpMLineIndex,omitempty"`
	UsernameFragment *string `json:"usernameFragment,omitempty"`
}

// MediaCandidate trickles one ICE candidate (RFC 8838); a nil Candidate ends
// the list.
type MediaCandidate struct {
	Ref
	Call       string     `json:"call"`
	Generation int        `json:"generation"`
	Candidate  *Candidate `json:"candidate"`
}

// MediaMute says that the person muted the microphone, or unmuted it.
type MediaMute struct {
	Ref
	Call  string `json:"call"`
	Muted bool   `json:"muted"`
}

// Ping asks for a Pong, to measure the way to the server and back.
type Ping struct{ Ref }

// CheckStart asks for a connection by which the network can be tried: what is
// sent over it comes back.
type CheckStart struct{ Ref }

// CheckAnswer carries the browser's SDP answer to a CheckOffer.
type CheckAnswer struct {
	Ref
	Check int    `json:"check"`
	SDP   string `json:"sdp"`
}

// CheckEnd ends a connection that was tried.
type CheckEnd struct {
	Ref
	Check int `json:"check"`
}

// ConsentShown says that the wording with this hash is on the screen.
type ConsentShown struct {
	Ref
	Call string `json:"call"`
	Hash string `json:"hash"`
}

// Answers that a client may give to a recording question.
const (
	AnswerYes       = "yes"
	AnswerNo        = "no"
	AnswerContinued = "continued"
)

// ConsentAnswer answers the recording question whose wording has this hash.
type ConsentAnswer struct {
	Ref
	Call   string `json:"call"`
	Hash   string `json:"hash"`
	Answer string `json:"answer"`
}

// ConsentWithdraw takes consent back; capture stops at once.
type ConsentWithdraw struct {
	Ref
	Call string `json:"call"`
}

// RecordingPause halts the recording while card details are read out; for the
// expert.
type RecordingPause struct {
	Ref
	Call string `json:"call"`
}

// RecordingResume lets a paused recording go on; for the expert.
type RecordingResume struct {
	Ref
	Call string `json:"call"`
}

// RecordingPart says whether the recording made before one's own no is kept.
type RecordingPart struct {
	Ref
	Call string `json:"call"`
	Keep bool   `json:"keep"`
}

func (*Hello) clientType() string           { return "hello" }
func (*PresenceSet) clientType() string     { return "presence.set" }
func (*CallStart) clientType() string       { return "call.start" }
func (*CallAccept) clientType() string      { return "call.accept" }
func (*CallDecline) clientType() string     { return "call.decline" }
func (*CallDelay) clientType() string       { return "call.delay" }
func (*CallCancel) clientType() string      { return "call.cancel" }
func (*CallHangup) clientType() string      { return "call.hangup" }
func (*CallHold) clientType() string        { return "call.hold" }
func (*MessageSend) clientType() string     { return "message.send" }
func (*MediaJoin) clientType() string       { return "media.join" }
func (*MediaWarm) clientType() string       { return "media.warm" }
func (*MediaRestart) clientType() string    { return "media.restart" }
func (*MediaAnswer) clientType() string     { return "media.answer" }
func (*MediaCandidate) clientType() string  { return "media.candidate" }
func (*MediaMute) clientType() string       { return "media.mute" }
func (*Ping) clientType() string            { return "ping" }
func (*CheckStart) clientType() string      { return "check.start" }
func (*CheckAnswer) clientType() string     { return "check.answer" }
func (*CheckEnd) clientType() string        { return "check.end" }
func (*ConsentShown) clientType() string    { return "consent.shown" }
func (*ConsentAnswer) clientType() string   { return "consent.answer" }
func (*ConsentWithdraw) clientType() string { return "consent.withdraw" }
func (*RecordingPart) clientType() string   { return "recording.part" }
func (*RecordingPause) clientType() string  { return "recording.pause" }
func (*RecordingResume) clientType() string { return "recording.resume" }

// clientMessages makes an empty message of each type.
func clientMessages() []ClientMessage {
	return []ClientMessage{
		&Hello{}, &PresenceSet{}, &CallStart{}, &CallAccept{}, &CallDecline{}, &CallDelay{}, &CallCancel{},
		&CallHangup{}, &CallHold{}, &MessageSend{}, &MediaJoin{}, &MediaWarm{}, &MediaRestart{}, &MediaAnswer{}, &MediaCandidate{}, &MediaMute{}, &ConsentShown{}, &Ping{}, &CheckStart{}, &CheckAnswer{}, &CheckEnd{},
		&ConsentAnswer{}, &ConsentWithdraw{}, &RecordingPause{}, &RecordingResume{}, &RecordingPart{},
	}
}

// newClientMessage makes the empty message of a type, or nil for a type that
// does not exist.
func newClientMessage(kind string) ClientMessage {
	for _, m := range clientMessages() {
		if m.clientType() == kind {
			return m
		}
	}
	return nil
}

// EncodeClient encodes a client message; clients written in Go use it.
func EncodeClient(m ClientMessage) ([]byte, error) {
	return encode(m.clientType(), m)
}

// encode writes a struct with its type as the first member.
func encode(kind string, body any) ([]byte, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	head, err := json.Marshal(kind)
	if err != nil {
		return nil, err
	}
	out := append([]byte(`{"type":`), head...)
	if len(b) > 2 {
		out = append(out, ',')
	}
	return append(out, b[1:]...), nil
}

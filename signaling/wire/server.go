package wire

import (
	"encoding/json"
	"fmt"
	"time"
)

// A ServerMessage is one message to a client.
type ServerMessage interface{ serverType() string }

// Person is somebody as others may see them.
type Person struct {
	ID       string `json:"id"`
	Role     string `json:"role,omitempty"`
	Name     string `json:"name"`
	Headline string `json:"headline,omitempty"`
}

// Operator tells who runs the service and what it promises.
type Operator struct {
	Name          string `json:"name"`
	RetentionDays int    `json:"retention_days"`
}

// ICEServer is an RTCIceServer (W3C WebRTC 4.2.4).
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// Welcome answers Hello.
type Welcome struct {
	Person     Person      `json:"person"`
	Language   string      `json:"language"` // BCP 47, of the server's words to this person
	Operator   Operator    `json:"operator"`
	ICEServers []ICEServer `json:"ice_servers"`
	ServerTime time.Time   `json:"server_time"`
	Call       *CallView   `json:"call"`
}

// Presence states of an expert.
const (
	StateAvailable = "available"
	StateBusy      = "busy"
	StateWrapUp    = "wrap_up" // after a call, for a time
	StateAway      = "away"
)

// Expert is one entry of the directory.
type Expert struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Headline  string   `json:"headline"`
	Languages []string `json:"languages"`
	State     string   `json:"state"`
	// Rating is nil where too few members have rated.
	Rating *Rating `json:"rating,omitempty"`
}

// Rating is how members rate an expert.
type Rating struct {
	// Stars is the mean, from 1 to 5, to one decimal place.
	Stars float64 `json:"stars"`
	// Members is how many different members have rated.
	Members int `json:"members"`
}

// Directory lists all experts. A DirectoryChanged of a higher version that came
// before it is newer.
type Directory struct {
	Version uint64   `json:"version"`
	Experts []Expert `json:"experts"`
}

// DirectoryChanged is the entry of one expert, new or changed.
type DirectoryChanged struct {
	Version uint64 `json:"version"`
	Expert  Expert `json:"expert"`
}

// Presence tells an expert how others see them.
type Presence struct {
	Available bool   `json:"available"`
	State     string `json:"state"`
	// WrapUpUntil is when a wrap-up ends by itself; nil in every other state.
	WrapUpUntil *time.Time `json:"wrap_up_until"`
	// Reason is why the server itself set Not available, missed_calls; empty: it
	// did not.
	Reason string `json:"reason"`
}

// Call carries the view of a call.
type Call struct {
	Call CallView `json:"call"`
}

// Message is one text of a call, to both people; who wrote it gets it too, once
// it is kept.
type Message struct {
	Call string    `json:"call"`
	ID   string    `json:"id"`
	From string    `json:"from"` // the author's person id
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// MediaOffer carries the server's SDP offer with its candidates. Restart is not
// 0 where it restarts ICE on the connection of its generation.
type MediaOffer struct {
	Call       string `json:"call"`
	Generation int    `json:"generation"`
	Restart    int    `json:"restart,omitempty"`
	SDP        string `json:"sdp"`
	// Warm tells that it is for the time after an accept in this tab.
	Warm bool `json:"warm,omitempty"`
	// Relay wants a connection by the relay alone.
	Relay bool `json:"relay,omitempty"`
	// ICEServers take the place of those of the welcome, which may be out of date.
	ICEServers []ICEServer `json:"ice_servers,omitempty"`
}

// Pong answers a Ping.
type Pong struct {
	Ref string `json:"ref"`
}

// CheckOffer answers a CheckStart.
type CheckOffer struct {
	Ref   string `json:"ref"`
	Check int    `json:"check"`
	SDP   string `json:"sdp"`
	// ICEServers take the place of those of the welcome, which may be out of date.
	ICEServers []ICEServer `json:"ice_servers,omitempty"`
}

// RecordingReady says that a recording can be played.
type RecordingReady struct {
	Recording string `json:"recording"`
	Call      string `json:"call"`
}

// Problem is an RFC 9457 problem object.
type Problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail,omitempty"`
	Instance string `json:"instance,omitempty"`
}

// Error refuses something.
type Error struct {
	Ref     string  `json:"ref,omitempty"`
	Problem Problem `json:"problem"`
}

func (Welcome) serverType() string          { return "welcome" }
func (Directory) serverType() string        { return "directory" }
func (DirectoryChanged) serverType() string { return "directory.changed" }
func (Presence) serverType() string         { return "presence" }
func (Call) serverType() string             { return "call" }
func (Message) serverType() string          { return "message" }
func (MediaOffer) serverType() string       { return "media.offer" }
func (Pong) serverType() string             { return "pong" }
func (CheckOffer) serverType() string       { return "check.offer" }
func (RecordingReady) serverType() string   { return "recording.ready" }
func (Error) serverType() string            { return "error" }

// Encode encodes a server message.
func Encode(m ServerMessage) ([]byte, error) {
	b, err := encode(m.serverType(), m)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", m.serverType(), err)
	}
	return b, nil
}

// DecodeServer decodes a server message as a client sees it: members that it
// does not know are passed over, so that servers may add some.
func DecodeServer(data []byte) (ServerMessage, error) {
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("decode message: %w", err)
	}
	switch head.Type {
	case "welcome":
		return decodeAs[Welcome](data)
	case "directory":
		return decodeAs[Directory](data)
	case "directory.changed":
		return decodeAs[DirectoryChanged](data)
	case "presence":
		return decodeAs[Presence](data)
	case "call":
		return decodeAs[Call](data)
	case "message":
		return decodeAs[Message](data)
	case "media.offer":
		return decodeAs[MediaOffer](data)
	case "pong":
		return decodeAs[Pong](data)
	case "check.offer":
		return decodeAs[CheckOffer](data)
	case "recording.ready":
		return decodeAs[RecordingReady](data)
	case "error":
		return decodeAs[Error](data)
	}
	return nil, fmt.Errorf("decode message: unknown type %q", head.Type)
}

func decodeAs[M ServerMessage](data []byte) (ServerMessage, error) {
	var m M
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("decode %s: %w", m.serverType(), err)
	}
	return m, nil
}

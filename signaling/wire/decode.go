package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// A DecodeError says in words for the client's developer what is wrong with a
// message. Ref is the message's mark when that much could be read.
type DecodeError struct {
	Ref    string
	Reason string
}

func (e *DecodeError) Error() string { return "malformed message: " + e.Reason }

// Decode reads one client message. It is strict: unknown types and members,
// members that are missing or given twice, trailing data, invalid UTF-8 and
// over-long strings are a *DecodeError.
func Decode(data []byte) (ClientMessage, error) {
	if len(data) > MaxMessageBytes {
		return nil, &DecodeError{Reason: fmt.Sprintf("%d bytes, the limit is %d", len(data), MaxMessageBytes)}
	}
	if !utf8.Valid(data) {
		return nil, &DecodeError{Reason: "not valid UTF-8"}
	}
	got, err := members(data)
	if err != nil {
		return nil, &DecodeError{Reason: err.Error()}
	}
	kind, ref := stringMember(got, "type"), stringMember(got, "ref")
	if len(ref) > maxRefBytes {
		return nil, &DecodeError{Reason: fmt.Sprintf("ref is longer than %d bytes", maxRefBytes)}
	}
	m := newClientMessage(kind)
	if m == nil {
		return nil, &DecodeError{Ref: ref, Reason: fmt.Sprintf("unknown type %.40q", kind)}
	}
	delete(got, "type")
	if err := fill(m, got, data); err != nil {
		return nil, &DecodeError{Ref: ref, Reason: fmt.Sprintf("%s: %v", kind, err)}
	}
	return m, nil
}

// fill decodes data, whose members are got, into m.
func fill(m ClientMessage, got map[string]json.RawMessage, data []byte) error {
	if err := checkMembers(got, reflect.TypeOf(m).Elem()); err != nil {
		return err
	}
	var wrong *json.UnmarshalTypeError
	switch err := json.Unmarshal(data, m); {
	case errors.As(err, &wrong):
		return fmt.Errorf("%s has a value of the wrong type", wrong.Field[strings.LastIndex(wrong.Field, ".")+1:])
	case err != nil:
		return err
	}
	return check(m)
}

const (
	maxRefBytes   = 64
	maxPlaceBytes = 6
	minTabBytes   = 16
	maxTabBytes   = 64
	maxIDBytes    = 128
	maxTokenBytes = 8 << 10
	// maxPersonBytes is a person's id of 128 characters in UTF-8.
	maxPersonBytes = 512
)

func stringMember(got map[string]json.RawMessage, name string) string {
	var s string
	if json.Unmarshal(got[name], &s) != nil {
		return ""
	}
	return s
}

// check holds what the types alone cannot say.
func check(m ClientMessage) error {
	switch m := m.(type) {
	case *Hello:
		return errors.Join(sized("token", m.Token, maxTokenBytes), place(m.Place), made("tab", m.Tab), made("device", m.Device))
	case *CallStart:
		return sized("expert", m.Expert, maxPersonBytes)
	case *CallAccept:
		return sized("call", m.Call, maxIDBytes)
	case *CallDecline:
		return sized("call", m.Call, maxIDBytes)
	case *CallDelay:
		return sized("call", m.Call, maxIDBytes)
	case *CallCancel:
		return sized("call", m.Call, maxIDBytes)
	case *CallHangup:
		return sized("call", m.Call, maxIDBytes)
	case *MessageSend:
		return errors.Join(sized("call", m.Call, maxIDBytes), written(m.Text))
	case *MediaJoin:
		return sized("call", m.Call, maxIDBytes)
	case *MediaWarm:
		return sized("call", m.Call, maxIDBytes)
	case *MediaRestart:
		return sized("call", m.Call, maxIDBytes)
	case *MediaAnswer:
		return errors.Join(sized("call", m.Call, maxIDBytes), sized("sdp", m.SDP, MaxMessageBytes))
	case *MediaCandidate:
		return sized("call", m.Call, maxIDBytes)
	case *MediaMute:
		return sized("call", m.Call, maxIDBytes)
	case *ConsentShown:
		return errors.Join(sized("call", m.Call, maxIDBytes), sized("hash", m.Hash, maxIDBytes))
	case *ConsentAnswer:
		return errors.Join(sized("call", m.Call, maxIDBytes), sized("hash", m.Hash, maxIDBytes), answer(m.Answer))
	case *ConsentWithdraw:
		return sized("call", m.Call, maxIDBytes)
	}
	return nil
}

func sized(name, value string, most int) error {
	switch {
	case value == "":
		return fmt.Errorf("%s is empty", name)
	case len(value) > most:
		return fmt.Errorf("%s is longer than %d bytes", name, most)
	}
	return nil
}

// written takes a text of at least one character that is seen.
func written(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return errors.New("text is empty")
	case utf8.RuneCountInString(text) > MaxText:
		return fmt.Errorf("text is longer than %d characters", MaxText)
	}
	return nil
}

// made is a text that a client has made: long enough that no two are alike by chance.
func made(name, text string) error {
	if text != "" && (len(text) < minTabBytes || len(text) > maxTabBytes) {
		return fmt.Errorf("%s has %d bytes: make one of %d to %d random characters", name, len(text), minTabBytes, maxTabBytes)
	}
	return nil
}

// place takes any code of the length of ISO 3166-2: one that nobody knows
// counts as an unknown place.
func place(code string) error {
	if len(code) > maxPlaceBytes {
		return fmt.Errorf("place is longer than %d bytes: write a country such as DE or a part of one such as US-CA", maxPlaceBytes)
	}
	return nil
}

func answer(a string) error {
	switch a {
	case AnswerYes, AnswerNo, AnswerContinued:
		return nil
	}
	return fmt.Errorf("answer %.20q is not yes, no or continued", a)
}

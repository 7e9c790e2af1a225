package wire

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func text(s string) *string { return &s }

// clientExamples has each type of client message, filled in.
func clientExamples() []ClientMessage {
	line := uint16(0)
	return []ClientMessage{
		&Hello{Token: "a.b.c"}, &Hello{Token: "a.b.c", Place: "US-CA"}, &Hello{Token: "a.b.c", Tab: "0123456789abcdef"}, &Hello{Token: "a.b.c", Device: "0123456789abcdef"},
		&PresenceSet{Ref: Ref{"1"}, Available: true},
		&PresenceSet{},
		&CallStart{Ref: Ref{"2"}, Expert: "dr-lee"},
		&CallAccept{Call: fixtureCall},
		&CallDecline{Call: fixtureCall},
		&CallDelay{Call: fixtureCall},
		&CallCancel{Call: fixtureCall},
		&CallHangup{Ref: Ref{strings.Repeat("r", 64)}, Call: fixtureCall},
		&CallHold{Call: fixtureCall, On: true},
		&CallHold{Call: fixtureCall},
		&MessageSend{Call: fixtureCall, Text: "The form is E-101"},
		&MediaJoin{Call: fixtureCall},
		&MediaWarm{Call: fixtureCall},
		&MediaRestart{Call: fixtureCall, Generation: 2},
		&MediaAnswer{Call: fixtureCall, Generation: 2, Restart: 1, SDP: "v=0"},
		&MediaAnswer{Call: fixtureCall, Generation: 3, SDP: "v=0\r\n"},
		&MediaCandidate{Call: fixtureCall, Generation: 1},
		&MediaCandidate{Call: fixtureCall, Generation: 1, Candidate: &Candidate{Candidate: ""}},
		&MediaCandidate{Call: fixtureCall, Generation: 1, Candidate: &Candidate{
			Candidate: "candidate:1 1 udp 2122260223 192.0.2.1 5000 typ host", SDPMid: text("0"),
			SDPMLineIndex: &line, UsernameFragment: text("abcd"),
		}},
		&MediaMute{Call: fixtureCall, Muted: true},
		&MediaMute{Call: fixtureCall},
		&Ping{Ref: Ref{"7"}},
		&CheckStart{Ref: Ref{"8"}},
		&CheckAnswer{Check: 3, SDP: "v=0\r\n"},
		&CheckEnd{Check: 3},
		&ConsentShown{Call: fixtureCall, Hash: fixtureHash},
		&ConsentAnswer{Call: fixtureCall, Hash: fixtureHash, Answer: AnswerYes},
		&ConsentAnswer{Call: fixtureCall, Hash: fixtureHash, Answer: AnswerNo},
		&ConsentAnswer{Call: fixtureCall, Hash: fixtureHash, Answer: AnswerContinued},
		&ConsentWithdraw{Call: fixtureCall},
		&RecordingPause{Call: fixtureCall},
		&RecordingResume{Call: fixtureCall},
		&RecordingPart{Call: fixtureCall, Keep: true},
	}
}

func TestClientRoundTrip(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range clientExamples() {
		seen[m.clientType()] = true
		data, err := EncodeClient(m)
		if err != nil {
			t.Fatalf("encode %s: %v", m.clientType(), err)
		}
		got, err := Decode(data)
		if err != nil {
			t.Errorf("decode %s: %v", data, err)
			continue
		}
		if !reflect.DeepEqual(got, m) {
			t.Errorf("decode %s: got %+v, want %+v", data, got, m)
		}
		if got.Reference() != m.Reference() {
			t.Errorf("reference of %s: got %q, want %q", data, got.Reference(), m.Reference())
		}
	}
	for _, m := range clientMessages() {
		if !seen[m.clientType()] {
			t.Errorf("no example of type %s", m.clientType())
		}
	}
}

// TestDecodeTakes has spellings that are right though no encoder of ours
// writes them.
func TestDecodeTakes(t *testing.T) {
	tests := []struct {
		name, data string
		want       ClientMessage
	}{
		{"type last", `{"call":"c","type":"call.accept"}`, &CallAccept{Call: "c"}},
		{"white space", " {\n\"type\" : \"call.accept\" , \"call\" : \"c\"\t}\r\n ", &CallAccept{Call: "c"}},
		{"escapes", `{"type":"call\u002eaccept","\u0063all":"\u0063"}`, &CallAccept{Call: "c"}},
		{"empty ref", `{"type":"call.accept","call":"c","ref":""}`, &CallAccept{Call: "c"}},
		{"a browser's candidate", `{"type":"media.candidate","call":"c","generation":1,"candidate":` +
			`{"candidate":"candidate:0","sdpMid":null,"sdpMLineIndex":null,"usernameFragment":null}}`,
			&MediaCandidate{Call: "c", Generation: 1, Candidate: &Candidate{Candidate: "candidate:0"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Decode([]byte(tt.data))
			if err != nil {
				t.Fatalf("decode %s: %v", tt.data, err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("decode %s: got %+v, want %+v", tt.data, got, tt.want)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	long := strings.Repeat("x", maxIDBytes+1)
	candidate := func(c string) string {
		return `{"type":"media.candidate","call":"c","generation":1,"candidate":` + c + `}`
	}
	tests := []struct {
		name, data, ref, reason string
	}{
		{"empty", ``, "", "not a JSON object"},
		{"null", `null`, "", "not a JSON object"},
		{"array", `[{"type":"hello","token":"t"}]`, "", "not a JSON object"},
		{"string", `"hello"`, "", "not a JSON object"},
		{"cut off", `{"type":"hello","token":"t"`, "", "not a JSON object"},
		{"cut off in a member", `{"type":"hello","token":`, "", "not a JSON object"},
		{"comma at the end", `{"type":"hello","token":"t",}`, "", "not a JSON object"},
		{"deep", `{"type":` + strings.Repeat(`[`, 12000) + strings.Repeat(`]`, 12000) + `}`, "", "not a JSON object"},
		{"second object", `{"type":"hello","token":"t"}{}`, "", "something follows"},
		{"garbage behind", `{"type":"hello","token":"t"} x`, "", "something follows"},
		{"not UTF-8", "{\"type\":\"hello\",\"token\":\"\xff\"}", "", "not valid UTF-8"},
		{"one byte too big", `{"type":"hello","token":"` + strings.Repeat("t", MaxMessageBytes) + `"}`, "", "the limit is 65536"},

		{"no type", `{"ref":"7","call":"c"}`, "7", `unknown type ""`},
		{"type is a number", `{"type":7}`, "", `unknown type ""`},
		{"unknown type", `{"type":"call.steal","ref":"7"}`, "7", `unknown type "call.steal"`},
		{"type of the server", `{"type":"welcome"}`, "", `unknown type "welcome"`},
		{"type in capitals", `{"type":"HELLO","token":"t"}`, "", `unknown type "HELLO"`},
		{"endless type", `{"type":"` + strings.Repeat("t", 1000) + `"}`, "", `unknown type "` + strings.Repeat("t", 40) + `"`},

		{"unknown member", `{"type":"call.accept","ref":"7","call":"c","force":true}`, "7", `call.accept: unknown member "force"`},
		{"member in capitals", `{"type":"call.accept","CALL":"c"}`, "", `unknown member "CALL"`},
		{"member of a Go field", `{"type":"call.accept","call":"c","Ref":"7"}`, "", `unknown member "Ref"`},
		{"member twice", `{"type":"call.accept","call":"a","call":"b"}`, "", `member "call" is given twice`},
		{"type twice", `{"type":"call.accept","call":"a","type":"call.hangup"}`, "", `member "type" is given twice`},
		{"member twice by an escape", `{"type":"call.accept","call":"a","\u0063all":"b"}`, "", `member "call" is given twice`},

		{"call missing", `{"type":"call.hangup"}`, "", "call is missing"},
		{"call empty", `{"type":"call.hangup","call":""}`, "", "call is empty"},
		{"call null", `{"type":"call.hangup","call":null}`, "", "call must not be null"},
		{"call a number", `{"type":"call.hangup","call":7}`, "", "call has a value of the wrong type"},
		{"call an endless number", `{"type":"call.hangup","call":` + strings.Repeat("7", 5000) + `}`, "", "call has a value of the wrong type"},
		{"call too long", `{"type":"call.hangup","call":"` + long + `"}`, "", "call is longer than 128 bytes"},
		{"token missing", `{"type":"hello"}`, "", "token is missing"},
		{"token too long", `{"type":"hello","token":"` + strings.Repeat("t", maxTokenBytes+1) + `"}`, "", "token is longer than 8192 bytes"},
		{"expert too long", `{"type":"call.start","expert":"` + strings.Repeat("x", maxPersonBytes+1) + `"}`, "", "expert is longer than 512 bytes"},
		{"available missing", `{"type":"presence.set"}`, "", "available is missing"},
		{"available null", `{"type":"presence.set","available":null}`, "", "available must not be null"},
		{"available a word", `{"type":"presence.set","available":"yes"}`, "", "available has a value of the wrong type"},
		{"ref a number", `{"type":"call.hangup","call":"c","ref":7}`, "", "ref has a value of the wrong type"},
		{"ref too long", `{"type":"call.hangup","call":"c","ref":"` + strings.Repeat("r", 65) + `"}`, "", "ref is longer than 64 bytes"},

		{"generation missing", `{"type":"media.answer","call":"c","sdp":"v=0"}`, "", "generation is missing"},
		{"generation broken", `{"type":"media.answer","call":"c","generation":1.5,"sdp":"v=0"}`, "", "generation has a value of the wrong type"},
		{"sdp missing", `{"type":"media.answer","call":"c","generation":1}`, "", "sdp is missing"},
		{"text empty", `{"type":"message.send","call":"c","text":" \n"}`, "", "text is empty"},
		{"text too long", `{"type":"message.send","call":"c","text":"` + strings.Repeat("ä", MaxText+1) + `"}`, "", "text is longer than 1000 characters"},
		{"sdp empty", `{"type":"media.answer","call":"c","generation":1,"sdp":""}`, "", "sdp is empty"},
		{"candidate missing", `{"type":"media.candidate","call":"c","generation":1}`, "", "candidate is missing"},
		{"candidate a string", candidate(`"candidate:0"`), "", "candidate: not a JSON object"},
		{"candidate without text", candidate(`{"sdpMid":"0"}`), "", "candidate: candidate is missing"},
		{"candidate with unknown member", candidate(`{"candidate":"","priority":1}`), "", `candidate: unknown member "priority"`},
		{"candidate with member twice", candidate(`{"candidate":"","candidate":"x"}`), "", `candidate: member "candidate" is given twice`},
		{"candidate with index out of range", candidate(`{"candidate":"","sdpMLineIndex":70000}`), "", "sdpMLineIndex has a value of the wrong type"},

		{"hash missing", `{"type":"consent.shown","call":"c"}`, "", "hash is missing"},
		{"hash too long", `{"type":"consent.shown","call":"c","hash":"` + long + `"}`, "", "hash is longer than 128 bytes"},
		{"answer missing", `{"type":"consent.answer","call":"c","hash":"h"}`, "", "answer is missing"},
		{"answer unknown", `{"type":"consent.answer","call":"c","hash":"h","answer":"maybe"}`, "", `answer "maybe" is not yes, no or continued`},
		{"answer of the server", `{"type":"consent.answer","call":"c","hash":"h","answer":"withdrawn"}`, "", `answer "withdrawn" is not`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := Decode([]byte(tt.data))
			var refused *DecodeError
			if !errors.As(err, &refused) {
				t.Fatalf("decode %.80s: got %+v and %v, want a *DecodeError", tt.data, m, err)
			}
			if m != nil {
				t.Errorf("message: got %+v beside an error, want nil", m)
			}
			if !strings.Contains(refused.Reason, tt.reason) {
				t.Errorf("reason: got %q, want it to say %q", refused.Reason, tt.reason)
			}
			if refused.Ref != tt.ref {
				t.Errorf("ref: got %q, want %q", refused.Ref, tt.ref)
			}
			if len(refused.Reason) > 200 {
				t.Errorf("reason has %d bytes; the input must not be sent back whole", len(refused.Reason))
			}
		})
	}
}

func TestDecodeTakesTheLargest(t *testing.T) {
	head, tail := `{"type":"media.answer","call":"c","generation":1,"sdp":"`, `"}`
	data := head + strings.Repeat("x", MaxMessageBytes-len(head)-len(tail)) + tail
	if _, err := Decode([]byte(data)); err != nil {
		t.Errorf("decode %d bytes: got %v, want no error", len(data), err)
	}
}

func TestDecodeServerRefuses(t *testing.T) {
	for name, data := range map[string]string{
		"not JSON": `{`, "no type": `{}`, "unknown type": `{"type":"hello"}`, "wrong kind": `{"type":"presence","available":"x"}`,
	} {
		if m, err := DecodeServer([]byte(data)); err == nil {
			t.Errorf("%s: got %+v, want an error", name, m)
		}
	}
	m, err := DecodeServer([]byte(`{"type":"presence","available":true,"state":"busy","mood":"good"}`))
	if want := (Presence{Available: true, State: StateBusy}); err != nil || m != want {
		t.Errorf("a member of a later server: got %+v and %v, want %+v", m, err, want)
	}
}

func FuzzDecode(f *testing.F) {
	for _, m := range clientExamples() {
		data, err := EncodeClient(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, seed := range []string{
		`{}`, `{"type":"hello"}`, `{"type":"call.accept","call":"a","call":"b"}`, "\xff",
		`{"type":"media.candidate","call":"c","generation":1,"candidate":{"candidate":"","sdpMid":null}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Decode(data)
		if err != nil {
			var refused *DecodeError
			if !errors.As(err, &refused) {
				t.Fatalf("decode %q: got %T, want a *DecodeError", data, err)
			}
			return
		}
		again, err := EncodeClient(m)
		if err != nil {
			t.Fatalf("encode %+v: %v", m, err)
		}
		if len(again) > MaxMessageBytes {
			return // escapes may make it longer than what came
		}
		back, err := Decode(again)
		if err != nil {
			t.Fatalf("decode %q again as %q: %v", data, again, err)
		}
		if !reflect.DeepEqual(back, m) {
			t.Fatalf("decode %q again: got %+v, want %+v", data, back, m)
		}
	})
}

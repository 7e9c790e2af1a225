package vcon

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.FixedZone("", 3600))

// facts are those of a call that was recorded and to which both agreed.
func facts() Facts {
	connected, ended := noon.Add(7*time.Second), noon.Add(67*time.Second)
	call := meta.Call{
		ID: id.NewCall(noon), MemberID: "maya", ExpertID: "dr-lee", MemberName: "Maya", ExpertName: "Dr. Lee",
		CreatedAt: noon, ConnectedAt: &connected, EndedAt: &ended, EndReason: "completed",
	}
	rec := meta.Recording{ID: id.NewRecording(noon), CallID: call.ID, State: meta.StateStored, StartedAt: connected.Add(time.Second), LengthMs: 59_020}
	return Facts{
		Call: call, Recording: rec, Sealed: [2]string{strings.Repeat("ab", 32), strings.Repeat("cd", 32)}, Ledger: Entry{9, "ff"},
		Receipts: [2][]Receipt{
			{{Entry{3, "aa"}, noon.UTC(), "11", "jws"}, {Entry{7, "cc"}, noon.UTC(), "33", "jws"}},
			{{Entry{5, "bb"}, noon.UTC(), "22", "jws"}},
		},
	}
}

// cases are calls of each kind.
func cases() map[string]func(*Facts) {
	return map[string]func(*Facts){
		"recorded":          func(*Facts) {},
		"for an officer":    func(f *Facts) { f.Names, f.Answers = true, true },
		"one voice erased":  func(f *Facts) { f.Sealed[0] = "" },
		"both erased":       func(f *Facts) { f.Sealed = [2]string{} },
		"never recorded":    func(f *Facts) { f.Recording, f.Sealed = meta.Recording{}, [2]string{} },
		"nobody was asked":  func(f *Facts) { f.Receipts = [2][]Receipt{} },
		"never connected":   unconnected("no_answer"),
		"blocked":           unconnected("blocked"),
		"declined":          unconnected("declined"),
		"its reason is new": unconnected("something"),
	}
}

func unconnected(reason string) func(*Facts) {
	return func(f *Facts) {
		f.Call.ConnectedAt, f.Call.EndReason = nil, reason
		f.Recording, f.Sealed, f.Receipts = meta.Recording{}, [2]string{}, [2][]Receipt{}
	}
}

// parameters are those that the draft has for each object, and the ones of them
// that must be there (sections 4.1 to 4.4).
var parameters = map[string]struct{ may, must []string }{
	"vcon": {
		[]string{"vcon", "uuid", "extensions", "critical", "created_at", "updated_at", "subject", "redacted", "parties", "dialog", "analysis", "attachments"},
		[]string{"uuid", "created_at"},
	},
	"redacted": {[]string{"uuid", "type", "url", "content_hash"}, []string{"type"}},
	"parties": {
		[]string{"tel", "sip", "stir", "mailto", "name", "did", "validation", "gmlpos", "civicaddress", "uuid", "type", "org", "dept"}, nil,
	},
	"recording": {
		[]string{"type", "start", "duration", "parties", "originator", "mediatype", "filename", "body", "encoding", "url", "content_hash", "session_id", "party_history", "application", "recording_set", "message_id"},
		[]string{"type", "start", "parties"},
	},
	"incomplete": {
		[]string{"type", "start", "duration", "parties", "originator", "disposition", "session_id", "party_history", "application"},
		[]string{"type", "start", "parties", "disposition"},
	},
	"analysis": {
		[]string{"type", "dialog", "mediatype", "filename", "vendor", "product", "schema", "body", "encoding", "url", "content_hash"},
		[]string{"type", "vendor", "dialog", "body", "encoding"},
	},
	"attachments": {
		[]string{"purpose", "start", "party", "dialog", "mediatype", "filename", "body", "encoding", "url", "content_hash"},
		[]string{"start", "party", "dialog", "mediatype", "body", "encoding"},
	},
}

// TestFieldsOfTheDraft holds each field of each object against the draft.
func TestFieldsOfTheDraft(t *testing.T) {
	for name, change := range cases() {
		t.Run(name, func(t *testing.T) {
			f := facts()
			change(&f)
			c := encoded(t, f)
			hold(t, "vcon", c)
			hold(t, "redacted", c["redacted"].(map[string]any))
			if c["vcon"] != "0.4.0" || !slices.Equal(c["extensions"].([]any), []any{"parley"}) {
				t.Errorf("got syntax %v with extensions %v", c["vcon"], c["extensions"])
			}
			if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(c["uuid"].(string)) {
				t.Errorf("%v is no UUID of version 8", c["uuid"])
			}
			for _, key := range []string{"parties", "dialog", "analysis", "attachments"} {
				list, _ := c[key].([]any)
				for _, one := range list {
					o, kind := one.(map[string]any), key
					if key == "dialog" {
						kind = o["type"].(string)
					}
					hold(t, kind, o)
				}
			}
			if len(c["dialog"].([]any)) == 0 {
				t.Error("there is no dialog, want one that attachments can name")
			}
		})
	}
}

// hold holds an object against what the draft has for it.
func hold(t *testing.T, kind string, o map[string]any) {
	t.Helper()
	want, ok := parameters[kind]
	if !ok {
		t.Fatalf("the draft has no %q", kind)
	}
	for _, must := range want.must {
		if _, ok := o[must]; !ok {
			t.Errorf("%s: %s is missing", kind, must)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(o)) {
		if !slices.Contains(want.may, key) && !strings.HasPrefix(key, "parley_") {
			t.Errorf("%s has %s, which the draft does not have there", kind, key)
		}
		holdValue(t, kind, key, o[key])
	}
}

func holdValue(t *testing.T, kind, key string, value any) {
	t.Helper()
	ok := true
	switch key {
	case "created_at", "updated_at", "start":
		at, err := time.Parse(time.RFC3339, value.(string))
		ok = err == nil && at.Location() == time.UTC
	case "duration":
		ok = value.(float64) >= 0
	case "party", "originator":
		ok = value == 0.0 || value == 1.0
	case "dialog":
		ok = kind == "vcon" || kind == "analysis" || value == 0.0
	case "disposition":
		ok = slices.Contains([]string{"no-answer", "congestion", "failed", "busy", "hung-up", "voicemail-no-message"}, value.(string))
	case "encoding":
		ok = value == "json" // then the body is any JSON value
	case "url", "content_hash":
		ok = false // nothing of ours stands where anybody could fetch it
	}
	if !ok {
		t.Errorf("%s: %s is %v", kind, key, value)
	}
}

func encoded(t *testing.T, f Facts) (out map[string]any) {
	t.Helper()
	c, err := Build(f, noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestVoices(t *testing.T) {
	f := facts()
	c, err := Build(f, noon)
	if err != nil {
		t.Fatal(err)
	}
	for leg, part := range []string{id.PartMember, id.PartExpert} {
		d := c.Dialog[leg]
		if d.Parties[0] != leg || d.Voice.Voice != part || d.Voice.ID != string(f.Recording.ID) || *d.Duration != 59.02 || !d.Start.Equal(f.Recording.StartedAt) {
			t.Errorf("voice %d: got %+v of %+v", leg, d, d.Voice)
		}
		if (d.Originator != nil) != (leg == 1) {
			t.Errorf("voice %d: originator is %v, want it named where the member is not the first party", leg, d.Originator)
		}
	}
	// base64url of 32 bytes 0xab
	if got, want := c.Dialog[0].Voice.Sealed, "sha256-q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s"; got != want {
		t.Errorf("hash: got %s, want %s", got, want)
	}
	f.Sealed[0] = ""
	if c, err = Build(f, noon); err != nil || len(c.Dialog) != 1 || c.Dialog[0].Voice.Voice != id.PartExpert {
		t.Errorf("with the member's voice erased: got %+v and %v, want the expert's alone", c.Dialog, err)
	}
	f.Sealed[1] = "no hash"
	if _, err := Build(f, noon); err == nil {
		t.Error("a hash that is none was taken")
	}
}

// TestSoundOfTheCall: a call that was set up has a report of its sound, of all its
// dialogs, and says nothing there of the moment it ended in.
func TestSoundOfTheCall(t *testing.T) {
	f := facts()
	f.Call.Quality[1].Sent = &meta.WayQuality{Samples: 30, MOS: meta.Measure{Average: 4.2, Worst: 3.9}}
	f.Call.Alarms[0] = meta.LegAlarms{Alarm: "silence", Absences: 2, Cures: 1}
	c, err := Build(f, noon)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(c.Analysis)
	const way = `{"samples":30,"mos":{"average":4.2,"worst":3.9},"loss_percent":{"average":0,"worst":0},"jitter_ms":{"average":0,"worst":0},"round_trip_ms":{"average":0,"worst":0}}`
	const want = `[{"type":"report","dialog":[0,1],"mediatype":"application/json","vendor":"parley","product":"call quality","schema":"parley-sound-1","encoding":"json",` +
		`"body":{"member":{"faults":{"absences":2,"relay_cures":1}},"expert":{"sent":` + way + `,"faults":{}}}}]`
	if err != nil || string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	unconnected("no_answer")(&f)
	if c, err = Build(f, noon); err != nil || c.Analysis != nil {
		t.Errorf("never connected: got %+v, want no report", c.Analysis)
	}
}

// TestWhatTheReaderMaySee: a platform is not told names, nor what people answered.
func TestWhatTheReaderMaySee(t *testing.T) {
	for _, officer := range []bool{false, true} {
		f := facts()
		f.Names, f.Answers = officer, officer
		c, err := Build(f, noon)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"Maya", "Dr. Lee", `"jws"`} {
			if strings.Contains(string(text), secret) != officer {
				t.Errorf("officer %v: %q is in %s", officer, secret, text)
			}
		}
		if len(c.Attachments) != 2 || len(c.Attachments[0].Body.Receipts) != 2 || c.Attachments[0].Body.Ledger != f.Ledger || c.Attachments[1].Party != 1 {
			t.Errorf("officer %v: consent is %+v", officer, c.Attachments)
		}
	}
}

func TestCallsWithoutAVoice(t *testing.T) {
	for reason, want := range map[string][3]string{ // type, disposition, reason told
		"completed": {"recording", "", "completed"},
		"no_answer": {"incomplete", "no-answer", "no_answer"},
		"busy":      {"incomplete", "busy", "busy"},
		"away":      {"incomplete", "busy", "away"},
		"blocked":   {"incomplete", "busy", "away"}, // nobody is told of a block
		"declined":  {"incomplete", "hung-up", "declined"},
		"cancelled": {"incomplete", "hung-up", "cancelled"},
		"failed":    {"incomplete", "failed", "failed"},
	} {
		f := facts()
		if f.Sealed = [2]string{}; want[0] == "incomplete" {
			unconnected(reason)(&f)
		}
		c, err := Build(f, noon)
		if err != nil {
			t.Fatal(err)
		}
		d := c.Dialog[0]
		if got := [3]string{d.Type, d.Disposition, d.Call.EndReason}; got != want || d.Voice != nil || len(d.Parties) != 2 {
			t.Errorf("%s: got %v, want %v", reason, got, want)
		}
		if connected := want[0] == "recording"; connected != (d.Duration != nil) || connected && *d.Duration != 60 {
			t.Errorf("%s: got a duration of %v", reason, d.Duration)
		}
	}
}

// TestOneUUIDForACall however often it is asked for, and another for each call.
func TestOneUUIDForACall(t *testing.T) {
	one, other := facts(), facts()
	first, second, of := uuidOf(one.Call), uuidOf(one.Call), uuidOf(other.Call)
	if first != second || first == of {
		t.Errorf("got %s, again %s, and %s of another", first, second, of)
	}
}

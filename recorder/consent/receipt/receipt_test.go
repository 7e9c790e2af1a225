package receipt

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/recorder/consent"
	"parley/recorder/consent/table"
)

var noon = time.Date(2026, 11, 22, 13, 0, 0, 123_456_789, time.FixedZone("CET", 3600))

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func sample(t testing.TB) Content {
	t.Helper()
	tab, err := table.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	signals := []consent.Signal{{Place: "US-TX", Source: consent.SourceDeclared}, {Place: "US", Source: consent.SourceIP, VPN: true}}
	v := tab.Judge(consent.Policy{}, consent.Facts{Parties: []consent.PartyFacts{
		{Party: consent.Caller, Signals: signals, Answer: consent.AnswerExpress}, {Party: consent.Callee, Signals: signals[:1]}}})
	judged := Judged(v)
	// The table's version changes with every edit of its file; the golden text
	// must not.
	judged.TableVersion = "1.2026-11-21.000000000000"
	return Content{
		Header: Header{RecordID: "rec-1", PIIPrincipalID: "p-77"},
		Processing: Processing{
			PrivacyNotice:  Notice{TextHash: hash("text"), Version: "en-1", Language: "en"},
			Purposes:       []Purpose{{Purpose: "quality <review>", LawfulBasis: "consent"}},
			PIIInformation: []string{"voice"}, CollectionMethod: "web", WithdrawalMethod: "stop button",
			Storage: Storage{RetentionPeriod: "P90D", StorageLocations: []string{"DE"}},
		},
		Parties: Parties{PIIControllers: []Organisation{{Name: "Example Advice Ltd", Contact: "privacy@example.com"}}},
		Event:   Event{ClockSource: "server", State: StateGiven, ConsentType: Explicit, Method: MethodButton},
		Extension: Extension{
			CallID: "call-1", Party: consent.Caller, Judgement: judged, Signals: signals, AgeBasis: "terms",
			OnCall: []consent.Party{consent.Caller, consent.Callee}, LedgerSeq: 7, LedgerHash: hash("ledger"),
		},
	}
}

func TestReceiptGolden(t *testing.T) {
	r, err := New(sample(t), noon)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", "receipt.json")
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(r.Encode()); got != strings.TrimSuffix(string(want), "\n") {
		t.Errorf("receipt: got\n%s\nwant\n%s", got, want)
	}
}

// The hash must be computable by anybody: it is that of the canonical text.
func TestHashFromOutside(t *testing.T) {
	r, err := New(sample(t), noon)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(r.Encode(), &tree); err != nil {
		t.Fatal(err)
	}
	if got, want := r.Hash(), hash(string(canonical(tree))); got != want {
		t.Errorf("hash: got %v, want %s", got, want)
	}
	event := tree["event"].(map[string]any)
	if at := event["dpv:isIndicatedAtTime"]; at != "2026-11-22T12:00:00.123Z" {
		t.Errorf("time: got %v, want 2026-11-22T12:00:00.123Z", at)
	}
	if by := event["dpv:isIndicatedBy"]; by != "p-77" {
		t.Errorf("indicated by: got %v, want the person", by)
	}
}

func TestDecode(t *testing.T) {
	r, err := New(sample(t), noon)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Decode(r.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if back.Hash() != r.Hash() || string(canonical(back.Content)) != string(r.Encode()) {
		t.Errorf("decoded: got\n%s\nwant\n%s", canonical(back.Content), r.Encode())
	}
}

func TestDecodeRefuses(t *testing.T) {
	r, err := New(sample(t), noon)
	if err != nil {
		t.Fatal(err)
	}
	whole := string(r.Encode())
	indented, err := json.MarshalIndent(r.Content, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, data string }{
		{"a reason dropped", strings.Replace(whole, `"rule":"E-none",`, "", 1)},
		{"a field added", strings.Replace(whole, `{"@context"`, `{"extra":1,"@context"`, 1)},
		{"a field doubled", strings.Replace(whole, `"sensitive":false`, `"sensitive":false,"sensitive":false`, 1)},
		{"another order or space", string(indented)},
		{"another escape", strings.Replace(whole, "<review>", `\u003creview>`, 1)},
		{"another schema", strings.Replace(whole, SchemaVersion, "parley-27560-1", 1)},
		{"a state that is none", strings.Replace(whole, string(StateGiven), "dpv:ConsentMaybe", 1)},
		{"two receipts", whole + whole},
		{"cut", whole[:len(whole)-1]},
		{"nothing", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.data == whole {
				t.Fatal("the case changes nothing")
			}
			if _, err := Decode([]byte(tt.data)); !errors.Is(err, ErrForm) {
				t.Errorf("Decode: got %v, want ErrForm", err)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	refused := Event{ClockSource: "server", State: StateRefused, Method: MethodButton}
	tests := []struct {
		name   string
		change func(*Content)
		want   string
	}{
		{"no record id", func(c *Content) { c.Header.RecordID = "" }, "header.record_id: missing"},
		{"no principal", func(c *Content) { c.Header.PIIPrincipalID = "" }, "header.pii_principal_id: missing"},
		{"no purpose", func(c *Content) { c.Processing.Purposes = nil }, "processing.purposes: missing"},
		{"no basis", func(c *Content) { c.Processing.Purposes[0].LawfulBasis = "" }, "lawful_basis: missing"},
		{"no data", func(c *Content) { c.Processing.PIIInformation = nil }, "pii_information: missing"},
		{"no controller", func(c *Content) { c.Parties.PIIControllers = nil }, "pii_controllers: missing"},
		{"no wording", func(c *Content) { c.Processing.PrivacyNotice = Notice{} }, "text_hash"},
		{"a wording without its hash", func(c *Content) { c.Event = refused; c.Processing.PrivacyNotice.TextHash = "" }, "text_hash"},
		{"no entry", func(c *Content) { c.Extension.LedgerSeq = 0 }, "ledger_seq: missing"},
		{"short hash", func(c *Content) { c.Extension.PreviousHash = "abcd" }, "extension.previous_hash"},
		{"no call", func(c *Content) { c.Extension.CallID = "" }, "call_id: missing"},
		{"no table", func(c *Content) { c.Extension.Judgement.TableVersion = "" }, "table_version: missing"},
		{"unknown state", func(c *Content) { c.Event.State = "maybe" }, "event.state"},
		{"unknown method", func(c *Content) { c.Event.Method = "telepathy" }, "event.method"},
		{"silence as an active yes", func(c *Content) { c.Event.Method = MethodStayed }, "event.consent_type"},
		{"a click as an implied yes", func(c *Content) { c.Event.ConsentType = Implied }, "event.consent_type"},
		{"a yes of no kind", func(c *Content) { c.Event.ConsentType = "" }, "event.consent_type"},
		{"a refusal with a kind", func(c *Content) { c.Event.State = StateRefused }, "event.consent_type"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := sample(t)
			tt.change(&c)
			_, err := New(c, noon)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("New: got %v, want an error with %q", err, tt.want)
			}
		})
	}
	if _, err := New(sample(t), time.Time{}); err == nil {
		t.Error("New without a time: got no error")
	}
}

func TestNewTakesEveryState(t *testing.T) {
	tests := []Event{
		{State: StateAsked, Method: MethodNone},
		{State: StateGiven, ConsentType: Implied, Method: MethodStayed},
		{State: StateGiven, ConsentType: Explicit, Method: MethodSpoken},
		{State: StateRefused, Method: MethodKeypress},
		{State: StateWithdrawn, Method: MethodButton},
		{State: StateExpired, Method: MethodNone},
	}
	for _, e := range tests {
		c := sample(t)
		e.ClockSource = "server"
		c.Event = e
		if _, err := New(c, noon); err != nil {
			t.Errorf("%+v: %v", e, err)
		}
	}
	c := sample(t)
	c.Event = Event{ClockSource: "server", State: StateRefused, Method: MethodButton}
	c.Processing.PrivacyNotice = Notice{}
	r, err := New(c, noon)
	if err != nil || strings.Contains(string(r.Encode()), "hasNotice") {
		t.Errorf("a no to nothing: got %s and %v, want a receipt without a notice", r.Encode(), err)
	}
}

// The examples of RFC 8785 section 3.2, as far as receipts have such values.
func TestCanonical(t *testing.T) {
	tests := []struct {
		name string
		in   any
		want string
	}{
		{"keys are sorted", map[string]any{"b": 1, "a": true, "B": nil}, `{"B":null,"a":true,"b":1}`},
		{"short escapes", "\b\t\n\f\r\"\\", `"\b\t\n\f\r\"\\"`},
		{"other controls", "\x00\x0f\x1f", `"\u0000\u000f\u001f"`},
		{"nothing else is escaped", "€<>&/\u2028\u2029\u007f", "\"€<>&/\u2028\u2029\u007f\""},
		{"a written escape stays text", `\u2028`, `"\\u2028"`},
		{"lists", []any{"x", []any{}, map[string]any{}}, `["x",[],{}]`},
	}
	for _, tt := range tests {
		if got := string(canonical(tt.in)); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	r, err := New(sample(f), noon)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(r.Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Decode(data)
		if err != nil {
			return
		}
		again, err := Decode(r.Encode())
		if err != nil || again.Hash() != r.Hash() || string(r.Encode()) != string(data) {
			t.Fatalf("encode and decode again: got %v, want the same receipt", err)
		}
	})
}

package receipt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"parley/recorder/consent"
)

// SchemaVersion names the layout of this package's receipts.
const SchemaVersion = "parley-27560-1"

// State is the state of consent that the event brought about.
type State string

// The states.
const (
	StateAsked     State = "asked"
	StateGiven     State = "given"
	StateRefused   State = "refused"
	StateWithdrawn State = "withdrawn"
	StateExpired   State = "expired"
)

// ConsentType is the kind of consent given; empty unless the state is given.
type ConsentType string

// The kinds of consent.
const (
	Explicit ConsentType = "explicit" // an active yes
	Implied  ConsentType = "implied"  // stayed on after a notice
)

// Method is how the person showed it.
type Method string

// The methods.
const (
	MethodNone     Method = "none" // nothing was done yet
	MethodButton   Method = "button"
	MethodKeypress Method = "keypress"
	MethodSpoken   Method = "spoken"
	MethodStayed   Method = "stayed_on"
)

// Header identifies the record (TS 27560 header).
type Header struct {
	RecordID       string `json:"record_id"`
	SchemaVersion  string `json:"schema_version"` // set by New
	PIIPrincipalID string `json:"pii_principal_id"`
	// Guardian is the pseudonymous id of the guardian who answered; empty when
	// the person answered.
	Guardian string `json:"guardian,omitempty"`
}

// Notice is the exact wording that was shown or heard.
type Notice struct {
	TextHash  string `json:"text_hash"` // SHA-256 in hex, words.Question.Hash
	Version   string `json:"version"`
	Language  string `json:"language"`             // BCP 47
	MediaHash string `json:"media_hash,omitempty"` // of the spoken prompt
}

// Purpose is one purpose with its lawful basis, such as "consent".
type Purpose struct {
	Purpose     string `json:"purpose"`
	LawfulBasis string `json:"lawful_basis"`
}

// Processing is what is done with which data (TS 27560 processing).
type Processing struct {
	PrivacyNotice    Notice    `json:"privacy_notice"`
	Purposes         []Purpose `json:"purposes"`
	PIIInformation   []string  `json:"pii_information"` // "voice", "transcript"
	Sensitive        bool      `json:"sensitive"`
	CollectionMethod string    `json:"collection_method"`
	RetentionPeriod  string    `json:"retention_period"` // ISO 8601 duration, "P90D"
	StorageLocations []string  `json:"storage_locations"`
	WithdrawalMethod string    `json:"withdrawal_method"`
}

// Organisation is a controller or a recipient.
type Organisation struct {
	Name    string `json:"name"`
	Contact string `json:"contact,omitempty"`
	Role    string `json:"role,omitempty"`
}

// Parties are the organisations involved (TS 27560 party identification).
type Parties struct {
	PIIControllers        []Organisation `json:"pii_controllers"`
	RecipientThirdParties []Organisation `json:"recipient_third_parties"`
}

// Event is what happened (TS 27560 event).
type Event struct {
	Time        string      `json:"time"`         // set by New: RFC 3339, UTC, milliseconds
	ClockSource string      `json:"clock_source"` // such as "server"
	State       State       `json:"state"`
	ConsentType ConsentType `json:"consent_type,omitempty"`
	Method      Method      `json:"method"`
}

// Extension holds what no standard has.
type Extension struct {
	CallID string        `json:"call_id"`
	Party  consent.Party `json:"party"`
	// Judgement is what the judge said right after the event.
	Judgement Judgement `json:"judgement"`
	// Signals are the hints of the person's place, codes only.
	Signals  []consent.Signal `json:"signals"`
	AgeBasis string           `json:"age_basis"` // such as "terms", "declared"
	OnCall   []consent.Party  `json:"on_call"`
	// AnnouncementMS is where the announcement starts in the recording, in
	// milliseconds; nil when there is none yet.
	AnnouncementMS *int64 `json:"announcement_ms,omitempty"`
	// PreviousHash is the hash of the receipt before in the same call, empty for
	// the first; LedgerHash that of the ledger's last entry.
	PreviousHash string `json:"previous_hash,omitempty"`
	LedgerHash   string `json:"ledger_hash,omitempty"`
}

// Judgement is the part of a verdict that a receipt keeps.
type Judgement struct {
	TableVersion string                  `json:"table_version"`
	Form         consent.Form            `json:"form"`
	Decision     consent.Decision        `json:"decision"`
	Rule         string                  `json:"rule"`
	Places       []consent.ResolvedPlace `json:"places"`
	Rules        []consent.RuleRef       `json:"rules"`
}

// Judged takes from a verdict what a receipt keeps.
func Judged(v consent.Verdict) Judgement {
	return Judgement{
		TableVersion: v.TableVersion, Form: v.Form, Decision: v.Decision,
		Rule: v.Rule, Places: v.Places, Rules: v.Rules,
	}
}

// Content is everything in a receipt but its hash.
type Content struct {
	Header     Header     `json:"header"`
	Processing Processing `json:"processing"`
	Parties    Parties    `json:"parties"`
	Event      Event      `json:"event"`
	Extension  Extension  `json:"extension"`
}

// Receipt is a Content that was checked and sealed with its hash.
type Receipt struct {
	Content
	// Hash is the SHA-256 in hex over the canonical JSON of the Content.
	Hash string `json:"hash"`
}

// ErrHash says that a receipt is not what its hash was taken over.
var ErrHash = errors.New("receipt: hash does not match")

// New checks the content, stamps it with the time at and seals it. The error
// joins every fault found. The receipt shares the content's slices: a change to
// them afterwards makes Verify fail.
func New(c Content, at time.Time) (Receipt, error) {
	c.Header.SchemaVersion = SchemaVersion
	if !at.IsZero() {
		c.Event.Time = at.UTC().Format("2006-01-02T15:04:05.000Z")
	} else {
		c.Event.Time = ""
	}
	if err := c.validate(); err != nil {
		return Receipt{}, fmt.Errorf("receipt: %w", err)
	}
	return Receipt{Content: c, Hash: hashOf(c)}, nil
}

// Encode returns the receipt as canonical JSON (RFC 8785).
func (r Receipt) Encode() []byte { return canonical(r) }

// Verify returns ErrHash if the content is not what the hash was taken over.
func (r Receipt) Verify() error {
	if r.Hash != hashOf(r.Content) {
		return ErrHash
	}
	return nil
}

// Decode reads a receipt and verifies it. Any JSON layout is taken, but no
// unknown field. It returns ErrHash if the receipt was altered.
func Decode(data []byte) (Receipt, error) {
	var r Receipt
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		return Receipt{}, fmt.Errorf("receipt: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Receipt{}, errors.New("receipt: more after the end")
	}
	if r.Header.SchemaVersion != SchemaVersion {
		return Receipt{}, fmt.Errorf("receipt: schema version %q is not %q", r.Header.SchemaVersion, SchemaVersion)
	}
	if err := r.Verify(); err != nil {
		return Receipt{}, err
	}
	return r, nil
}

func hashOf(c Content) string {
	sum := sha256.Sum256(canonical(c))
	return hex.EncodeToString(sum[:])
}

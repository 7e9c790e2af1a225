package receipt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parley/recorder/consent"
)

// SchemaVersion names the layout of this package's receipts.
const SchemaVersion = "parley-27560-2"

// timeLayout is how times are written: RFC 3339, UTC, milliseconds.
const timeLayout = "2006-01-02T15:04:05.000Z"

// Type is what a receipt is in JSON-LD.
const Type = "dpv:ConsentReceipt"

// State is the state of consent that the event brought about, a DPV consent
// status.
type State string

// The states.
const (
	StateAsked     State = "dpv:ConsentRequested"
	StateGiven     State = "dpv:ConsentGiven"
	StateRefused   State = "dpv:ConsentRefused"
	StateWithdrawn State = "dpv:ConsentWithdrawn"
	StateExpired   State = "dpv:ConsentExpired"
)

// ConsentType is the kind of consent given; empty unless the state is given.
type ConsentType string

// The kinds of consent.
const (
	Explicit ConsentType = "dpv:ExplicitlyExpressedConsent" // an active yes
	Implied  ConsentType = "dpv:ImpliedConsent"             // stayed on after a notice
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
	MethodEarlier  Method = "earlier_answer" // an answer of an earlier call that still counts
)

// Context tells JSON-LD readers what the prefixes of field names stand for, and
// that the sections are there for people: their fields belong to the receipt.
type Context struct {
	Version    float64 `json:"@version"`
	DPV        string  `json:"dpv"`
	DCT        string  `json:"dct"`
	Header     string  `json:"header"`
	Processing string  `json:"processing"`
	Parties    string  `json:"parties"`
	Event      string  `json:"event"`
}

func theContext() Context {
	return Context{
		Version: 1.1, DPV: "https://w3id.org/dpv#", DCT: "http://purl.org/dc/terms/",
		Header: "@nest", Processing: "@nest", Parties: "@nest", Event: "@nest",
	}
}

// Header identifies the record (TS 27560 header).
type Header struct {
	RecordID       string `json:"dct:identifier"`
	SchemaVersion  string `json:"schema_version"` // set by New
	PIIPrincipalID string `json:"dpv:hasDataSubject"`
	// Guardian is the pseudonymous id of the guardian who answered; empty when
	// the person answered.
	Guardian string `json:"guardian,omitempty"`
}

// Notice is the exact wording that was shown or heard.
type Notice struct {
	TextHash  string `json:"text_hash"` // SHA-256 in hex, words.Question.Hash
	Version   string `json:"version"`
	Language  string `json:"dct:language"`         // BCP 47
	MediaHash string `json:"media_hash,omitempty"` // of the spoken prompt
}

// Purpose is one purpose with its lawful basis, such as "consent".
type Purpose struct {
	Purpose     string `json:"purpose"`
	LawfulBasis string `json:"dpv:hasLegalBasis"`
}

// Storage says for how long and where the data is kept.
type Storage struct {
	RetentionPeriod  string   `json:"dpv:hasDuration"` // ISO 8601 duration, "P90D"
	StorageLocations []string `json:"dpv:hasLocation"`
}

// Processing is what is done with which data (TS 27560 processing).
type Processing struct {
	// PrivacyNotice is zero, and left out, for a no to nothing that was shown.
	PrivacyNotice    Notice    `json:"dpv:hasNotice,omitzero"`
	Purposes         []Purpose `json:"dpv:hasPurpose"`
	PIIInformation   []string  `json:"dpv:hasPersonalData"` // "voice", "transcript"
	Sensitive        bool      `json:"sensitive"`
	CollectionMethod string    `json:"collection_method"`
	Storage          Storage   `json:"dpv:hasStorageCondition"`
	WithdrawalMethod string    `json:"withdrawal_method"`
}

// Organisation is a controller or a recipient.
type Organisation struct {
	Name    string `json:"dpv:hasName"`
	Contact string `json:"dpv:hasContact,omitempty"`
	Role    string `json:"role,omitempty"`
}

// Parties are the organisations involved (TS 27560 party identification).
type Parties struct {
	PIIControllers        []Organisation `json:"dpv:hasDataController"`
	RecipientThirdParties []Organisation `json:"dpv:hasRecipient"`
}

// Event is what happened (TS 27560 event).
type Event struct {
	Time        string      `json:"dpv:isIndicatedAtTime"` // set by New: RFC 3339, UTC, milliseconds
	ClockSource string      `json:"clock_source"`          // such as "server"
	State       State       `json:"dpv:hasConsentStatus"`
	ConsentType ConsentType `json:"consent_type,omitempty"`
	Method      Method      `json:"dpv:hasIndicationMethod"`
	IndicatedBy string      `json:"dpv:isIndicatedBy"` // set by New: the person, or the guardian
}

// Extension holds what no standard has.
type Extension struct {
	CallID string        `json:"call_id"`
	Party  consent.Party `json:"party"`
	// Judgement is what the judge said right after the event, as far as it is
	// this person's business.
	Judgement Judgement `json:"judgement"`
	// Signals are the hints of the person's place, codes only.
	Signals  []consent.Signal `json:"signals"`
	AgeBasis string           `json:"age_basis"` // such as "token"
	OnCall   []consent.Party  `json:"on_call"`
	// PreviousHash is the hash of the person's receipt before in the same call,
	// empty for the first.
	PreviousHash string `json:"previous_hash,omitempty"`
	// Earlier is the yes of before this call that counts in it; left out where there
	// is none.
	Earlier *Earlier `json:"earlier,omitempty"`
	// LedgerSeq and LedgerHash name the ledger's entry of the answer.
	LedgerSeq  uint64 `json:"ledger_seq"`
	LedgerHash string `json:"ledger_hash"`
}

// Earlier names a yes that was given before this call.
type Earlier struct {
	// Receipt is the hash of its receipt.
	Receipt string `json:"receipt"`
	// Time is when it was given: RFC 3339, UTC.
	Time string `json:"dpv:isIndicatedAtTime"`
}

// EarlierYes names a yes for a later call's receipt.
func EarlierYes(hash string, at time.Time) *Earlier {
	return &Earlier{Receipt: hash, Time: at.UTC().Format(timeLayout)}
}

// GivenAt is when the answer of a receipt was given: an earlier one counts from its
// own time.
func (c Content) GivenAt() (time.Time, error) {
	text := c.Event.Time
	if e := c.Extension.Earlier; e != nil {
		text = e.Time
	}
	return time.Parse(timeLayout, text)
}

// Content is everything in a receipt.
type Content struct {
	Context    Context    `json:"@context"` // set by New
	Type       string     `json:"@type"`    // set by New
	Header     Header     `json:"header"`
	Processing Processing `json:"processing"`
	Parties    Parties    `json:"parties"`
	Event      Event      `json:"event"`
	Extension  Extension  `json:"extension"`
}

// Receipt is a Content that was checked. It shares the content's slices, which
// must not be changed any more.
type Receipt struct {
	Content
	encoded []byte
}

// ErrForm says that a text is not the canonical encoding of a receipt.
var ErrForm = errors.New("receipt: not the canonical form of a receipt")

// New checks the content and stamps it with the time at. The error joins every
// fault found.
func New(c Content, at time.Time) (Receipt, error) {
	c.Context, c.Type = theContext(), Type
	c.Header.SchemaVersion = SchemaVersion
	c.Event.Time = ""
	if !at.IsZero() {
		c.Event.Time = at.UTC().Format(timeLayout)
	}
	c.Event.IndicatedBy = c.Header.PIIPrincipalID
	if c.Header.Guardian != "" {
		c.Event.IndicatedBy = c.Header.Guardian
	}
	if err := c.validate(); err != nil {
		return Receipt{}, fmt.Errorf("receipt: %w", err)
	}
	return Receipt{Content: c, encoded: canonical(c)}, nil
}

// Encode returns the receipt as canonical JSON (RFC 8785): what is signed and
// hashed.
func (r Receipt) Encode() []byte { return bytes.Clone(r.encoded) }

// Hash is the SHA-256 in hex of the receipt's canonical JSON, by which ledger,
// journal and manifest name it.
func (r Receipt) Hash() string {
	sum := sha256.Sum256(r.encoded)
	return hex.EncodeToString(sum[:])
}

// Decode reads the canonical JSON of a receipt, and nothing else: any other
// byte, field or order is refused with ErrForm, so that one receipt has one
// hash.
func Decode(data []byte) (Receipt, error) {
	var c Content
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return Receipt{}, fmt.Errorf("%w: %w", ErrForm, err)
	}
	if c.Header.SchemaVersion != SchemaVersion {
		return Receipt{}, fmt.Errorf("%w: schema version %q, this program reads %q", ErrForm, c.Header.SchemaVersion, SchemaVersion)
	}
	if !bytes.Equal(canonical(c), data) {
		return Receipt{}, ErrForm
	}
	if err := c.validate(); err != nil {
		return Receipt{}, fmt.Errorf("%w: %w", ErrForm, err)
	}
	return Receipt{Content: c, encoded: bytes.Clone(data)}, nil
}

package vcon

import (
	"time"

	"parley/storage/meta"
)

// Syntax is the version of the draft's syntax (section 4.1.1).
const Syntax = "0.4.0"

// MediaType of a vCon in JSON (section 6.1).
const MediaType = "application/vcon"

// Extension is the name of the extension whose parameters begin with parley_.
const Extension = "parley"

// Container is the unsigned form of a vCon (section 4.1).
type Container struct {
	VCon        string       `json:"vcon"`
	UUID        string       `json:"uuid"`
	Extensions  []string     `json:"extensions"`
	CreatedAt   time.Time    `json:"created_at"`
	UpdatedAt   time.Time    `json:"updated_at"`
	Redacted    Redacted     `json:"redacted"`
	Parties     []Party      `json:"parties"`
	Dialog      []Dialog     `json:"dialog"`
	Analysis    []Analysis   `json:"analysis,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
}

// Redacted says what was left out (section 4.1.8.1). No uuid stands in it, for
// there is no container with more.
type Redacted struct {
	Type string `json:"type"`
}

// Party is one person of the call (section 4.2). The first one called.
type Party struct {
	UUID string `json:"uuid"` // the platform's id
	Type string `json:"type"`
	// Name is left out where the reader may not see it; Validation says how it
	// is known.
	Name       string `json:"name,omitempty"`
	Validation string `json:"validation,omitempty"`
	Role       string `json:"parley_role"` // member or expert
}

// Dialog is one voice, or the call itself where no voice of it is kept (section
// 4.3). Seconds are of playing time for a voice, of the connection for a call.
type Dialog struct {
	Type        string    `json:"type"`
	Start       time.Time `json:"start"`
	Duration    *float64  `json:"duration,omitempty"`
	Parties     []int     `json:"parties"`
	Originator  *int      `json:"originator,omitempty"`
	MediaType   string    `json:"mediatype,omitempty"`
	Disposition string    `json:"disposition,omitempty"`
	Application string    `json:"application"`
	Call        *Call     `json:"parley_call,omitempty"`
	Voice       *Voice    `json:"parley_recording,omitempty"`
}

// Call names the call and says how it ended.
type Call struct {
	ID        string `json:"id"`
	EndReason string `json:"end_reason"`
}

// Voice refers to a stored voice.
type Voice struct {
	ID    string `json:"id"`    // of the recording
	Voice string `json:"voice"` // member or expert
	// Sealed is the hash of the voice's sealed object, written as a content_hash
	// (section 2.2).
	Sealed string `json:"sealed_hash"`
}

// Analysis is how the sound of the call arrived (section 4.5), inline as JSON.
type Analysis struct {
	Type      string `json:"type"`
	Dialog    []int  `json:"dialog"`
	MediaType string `json:"mediatype"`
	Vendor    string `json:"vendor"`
	Product   string `json:"product"`
	Schema    string `json:"schema"`
	Encoding  string `json:"encoding"`
	Body      Sound  `json:"body"`
}

// Sound is that of both legs, as the call's record has it.
type Sound struct {
	Member meta.LegSound `json:"member"`
	Expert meta.LegSound `json:"expert"`
}

// Attachment is one person's record of consent (section 4.4), inline as JSON.
type Attachment struct {
	Purpose   string    `json:"purpose"`
	Start     time.Time `json:"start"`
	Party     int       `json:"party"`
	Dialog    int       `json:"dialog"`
	MediaType string    `json:"mediatype"`
	Encoding  string    `json:"encoding"`
	Body      Consent   `json:"body"`
}

// Consent is what the ledger has of one person.
type Consent struct {
	Receipts []Receipt `json:"receipts"`
	// Ledger is the newest entry of the call, which follows all of them.
	Ledger Entry `json:"ledger"`
}

// Receipt is one consent receipt.
type Receipt struct {
	Entry Entry     `json:"entry"`
	At    time.Time `json:"at"`
	Hash  string    `json:"hash"` // of the receipt
	// JWS is the signed receipt, which says what the person answered; empty where
	// the reader may not see it.
	JWS string `json:"jws,omitempty"`
}

// Entry is a place in the consent ledger: number and chain hash.
type Entry struct {
	Number uint64 `json:"number"`
	Hash   string `json:"hash"`
}

package client

import (
	"context"
	"time"
)

// VCon is a call that has ended, as draft-ietf-vcon-vcon-core-03 has it.
type VCon struct {
	VCon        string        `json:"vcon"`
	UUID        string        `json:"uuid"`
	Extensions  []string      `json:"extensions"`
	CreatedAt   time.Time     `json:"created_at"`
	UpdatedAt   time.Time     `json:"updated_at"`
	Redacted    VConRedacted  `json:"redacted"`
	Parties     []VConParty   `json:"parties"`
	Dialog      []VConDialog  `json:"dialog"`
	Analysis    []VConReport  `json:"analysis,omitempty"`
	Attachments []VConConsent `json:"attachments,omitempty"`
}

// VConRedacted says what was left out.
type VConRedacted struct {
	Type string `json:"type"`
}

// VConParty is one of the two.
type VConParty struct {
	UUID       string `json:"uuid"`
	Type       string `json:"type"`
	Name       string `json:"name,omitempty"`
	Validation string `json:"validation,omitempty"`
	ParleyRole string `json:"parley_role"`
}

// VConDialog is one voice, or the call itself.
type VConDialog struct {
	Type            string         `json:"type"`
	Start           time.Time      `json:"start"`
	Duration        float64        `json:"duration,omitempty"` // seconds
	Parties         []int          `json:"parties"`
	Originator      int            `json:"originator,omitempty"`
	MediaType       string         `json:"mediatype,omitempty"`
	Disposition     string         `json:"disposition,omitempty"`
	Application     string         `json:"application"`
	ParleyCall      VConCall       `json:"parley_call"`
	ParleyRecording *VConRecording `json:"parley_recording,omitempty"`
}

// VConCall names the call.
type VConCall struct {
	ID        string `json:"id"`
	EndReason string `json:"end_reason"`
}

// VConRecording names a voice.
type VConRecording struct {
	ID         string `json:"id"`
	Voice      string `json:"voice"`
	SealedHash string `json:"sealed_hash"`
}

// VConReport is how the sound of the call arrived.
type VConReport struct {
	Type      string    `json:"type"`
	Dialog    []int     `json:"dialog"`
	MediaType string    `json:"mediatype"`
	Vendor    string    `json:"vendor"`
	Product   string    `json:"product"`
	Schema    string    `json:"schema"`
	Encoding  string    `json:"encoding"`
	Body      VConSound `json:"body"`
}

// VConSound is the sound of both legs.
type VConSound struct {
	Member LegSound `json:"member"`
	Expert LegSound `json:"expert"`
}

// VConConsent is what a person answered to the recording question.
type VConConsent struct {
	Purpose   string     `json:"purpose"`
	Start     time.Time  `json:"start"`
	Party     int        `json:"party"`
	Dialog    int        `json:"dialog"`
	MediaType string     `json:"mediatype"`
	Encoding  string     `json:"encoding"`
	Body      VConProofs `json:"body"`
}

// VConProofs are the receipts, and the newest entry of the ledger of the call.
type VConProofs struct {
	Receipts []VConReceipt `json:"receipts"`
	Ledger   VConEntry     `json:"ledger"`
}

// VConReceipt proves one answer; JWS is the signed receipt.
type VConReceipt struct {
	Entry VConEntry `json:"entry"`
	At    time.Time `json:"at"`
	Hash  string    `json:"hash"`
	JWS   string    `json:"jws,omitempty"`
}

// VConEntry is an entry of the consent ledger.
type VConEntry struct {
	Number int64  `json:"number"`
	Hash   string `json:"hash"`
}

// ForCase names the case of a privacy officer.
type ForCase struct {
	Case string `query:"case"`
}

// GetVCon returns a call that has ended as a vCon.
func (c *Client) GetVCon(ctx context.Context, id string, q ForCase) (out VCon, err error) {
	return out, c.json(ctx, get(path("/calls/%s/vcon", id), q), &out)
}

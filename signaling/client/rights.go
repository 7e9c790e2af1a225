package client

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"time"
)

// Access is one time that somebody listened, by role and class of reason.
type Access struct {
	At time.Time `json:"at"`
	// What is play, export, copy or disclosure.
	What   string `json:"what"`
	Role   string `json:"role"`
	Reason string `json:"reason"`
	You    bool   `json:"you"`
}

// AccessList has all accesses, the newest first.
type AccessList struct {
	Accesses []Access `json:"accesses"`
}

// ListAccesses tells who listened to a recording.
func (c *Client) ListAccesses(ctx context.Context, recording string) (out AccessList, err error) {
	return out, c.json(ctx, get(path("/recordings/%s/accesses", recording), nil), &out)
}

// Erasure is the wish to have a voice erased, and what became of it.
type Erasure struct {
	ID        string `json:"id"`
	Recording string `json:"recording"`
	// Part is member, expert, or call for all of it.
	Part  string `json:"part"`
	Basis string `json:"basis"`
	// State is requested, refused, approved, begun or done.
	State       string     `json:"state"`
	RequestedAt time.Time  `json:"requested_at"`
	DecidedAt   *time.Time `json:"decided_at,omitempty"`
	DoneAt      *time.Time `json:"done_at,omitempty"`
	Note        string     `json:"note"`
	// Deferred tells that it is approved, and carried out by itself later.
	Deferred       bool   `json:"deferred"`
	CertificateURL string `json:"certificate_url,omitempty"`
}

// ErasureList has erasures of one recording.
type ErasureList struct {
	Erasures []Erasure `json:"erasures"`
}

// ListRecordingErasures tells what was asked to be erased of a recording.
func (c *Client) ListRecordingErasures(ctx context.Context, recording string) (out ErasureList, err error) {
	return out, c.json(ctx, get(path("/recordings/%s/erasures", recording), nil), &out)
}

// ErasureWish asks for a voice to be erased; without a part, the caller's own.
type ErasureWish struct {
	Part string `json:"part,omitempty"`
	Note string `json:"note,omitempty"`
}

// AskErasure asks for a voice to be erased.
func (c *Client) AskErasure(ctx context.Context, recording string, w ErasureWish) (out Erasure, err error) {
	return out, c.json(ctx, change(http.MethodPost, path("/recordings/%s/erasures", recording), w), &out)
}

// ErasurePage is a page; Next is empty on the last.
type ErasurePage struct {
	Erasures []Erasure `json:"erasures"`
	Next     string    `json:"next"`
}

// ErasureQuery chooses a page of erasures.
type ErasureQuery struct {
	State string `query:"state"`
	After string `query:"after"` // next of the page before
}

// ListErasures returns a page of erasures, the oldest first.
func (c *Client) ListErasures(ctx context.Context, q ErasureQuery) (out ErasurePage, err error) {
	return out, c.json(ctx, get("/erasures", q), &out)
}

// EachErasure reads all pages from where q begins.
func (c *Client) EachErasure(ctx context.Context, q ErasureQuery) iter.Seq2[Erasure, error] {
	return each(q.After, func(cursor string) ([]Erasure, string, error) {
		q.After = cursor
		page, err := c.ListErasures(ctx, q)
		return page.Erasures, page.Next, err
	})
}

// Decision approves or refuses; a refusal needs a note.
type Decision struct {
	Approve bool   `json:"approve"`
	Note    string `json:"note,omitempty"`
}

// DecideErasure approves or refuses an erasure.
func (c *Client) DecideErasure(ctx context.Context, id string, d Decision) (out Erasure, err error) {
	return out, c.json(ctx, change(http.MethodPost, path("/erasures/%s/decision", id), d), &out)
}

// GetCertificate returns the signed certificate of an erasure, a JWS.
func (c *Client) GetCertificate(ctx context.Context, erasure string) (string, error) {
	return c.text(ctx, get(path("/erasures/%s/certificate", erasure), nil))
}

// Hold keeps a recording from being erased.
type Hold struct {
	ID            string     `json:"id"`
	Case          string     `json:"case"`
	Reason        string     `json:"reason"`
	ReviewAt      time.Time  `json:"review_at"`
	By            string     `json:"by"`
	At            time.Time  `json:"at"`
	ReleasedAt    *time.Time `json:"released_at,omitempty"`
	ReleasedBy    string     `json:"released_by,omitempty"`
	ReleaseReason string     `json:"release_reason,omitempty"`
}

// HoldList has holds, released ones too.
type HoldList struct {
	Holds []Hold `json:"holds"`
}

// ListHolds returns the legal holds on a recording.
func (c *Client) ListHolds(ctx context.Context, recording string) (out HoldList, err error) {
	return out, c.json(ctx, get(path("/recordings/%s/holds", recording), nil), &out)
}

// HoldWish places a hold; ReviewAt is in the future.
type HoldWish struct {
	Case     string    `json:"case"`
	Reason   string    `json:"reason"`
	ReviewAt time.Time `json:"review_at"`
}

// PlaceHold keeps a recording from being erased.
func (c *Client) PlaceHold(ctx context.Context, recording string, w HoldWish) (out Hold, err error) {
	return out, c.json(ctx, change(http.MethodPost, path("/recordings/%s/holds", recording), w), &out)
}

// Release says why a hold ends.
type Release struct {
	Reason string `json:"reason"`
}

// ReleaseHold ends a legal hold.
func (c *Client) ReleaseHold(ctx context.Context, recording, hold string, r Release) error {
	return c.json(ctx, change(http.MethodPost, path("/recordings/%s/holds/%s/release", recording, hold), r), nil)
}

// DisclosureStep is who did something about a disclosure.
type DisclosureStep struct {
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	Note  string    `json:"note,omitempty"`
	Entry string    `json:"entry"` // hash of the entry of the audit log
}

// Disclosure is what an authority asked for, and who approved.
type Disclosure struct {
	Number       int              `json:"number"`
	Recording    string           `json:"recording"`
	Part         string           `json:"part"`
	FromMs       int64            `json:"from_ms"`
	ToMs         int64            `json:"to_ms"`
	Authority    string           `json:"authority"`
	LegalBasis   string           `json:"legal_basis"`
	Case         string           `json:"case"`
	Confidential bool             `json:"confidential"`
	Requested    DisclosureStep   `json:"requested"`
	Approvals    []DisclosureStep `json:"approvals"`
	Refused      *DisclosureStep  `json:"refused,omitempty"`
	Approved     bool             `json:"approved"`
}

// DisclosureList has orders, the oldest first.
type DisclosureList struct {
	Disclosures []Disclosure `json:"disclosures"`
}

// ListDisclosures returns what authorities asked for of a recording.
func (c *Client) ListDisclosures(ctx context.Context, recording string) (out DisclosureList, err error) {
	return out, c.json(ctx, get(path("/recordings/%s/disclosures", recording), nil), &out)
}

// DisclosureWish is what an authority asks for on legal process; ToMs 0 is the end.
type DisclosureWish struct {
	Part         string `json:"part"`
	FromMs       int64  `json:"from_ms,omitempty"`
	ToMs         int64  `json:"to_ms,omitempty"`
	Authority    string `json:"authority"`
	LegalBasis   string `json:"legal_basis"`
	Case         string `json:"case"`
	Confidential bool   `json:"confidential,omitempty"`
}

// AskDisclosure enters what an authority asks for.
func (c *Client) AskDisclosure(ctx context.Context, recording string, w DisclosureWish) (out Disclosure, err error) {
	return out, c.json(ctx, change(http.MethodPost, path("/recordings/%s/disclosures", recording), w), &out)
}

// DecideDisclosure approves or refuses a disclosure.
func (c *Client) DecideDisclosure(ctx context.Context, recording string, order int, d Decision) (out Disclosure, err error) {
	return out, c.json(ctx, change(http.MethodPost, path("/recordings/%s/disclosures/%s/decision", recording, number(order)), d), &out)
}

// MakeBundle returns the signed archive for an authority.
func (c *Client) MakeBundle(ctx context.Context, recording string, order int) (*File, error) {
	return c.file(ctx, call{method: http.MethodPost, path: path("/recordings/%s/disclosures/%s/bundle", recording, number(order))})
}

// CopyWish asks for a copy of what is kept: empty for the caller's own.
type CopyWish struct {
	Person string `json:"person,omitempty"`
	Role   string `json:"role,omitempty"`
	Case   string `json:"case,omitempty"`
}

// MakeCopy returns a copy of what is kept about a person, a ZIP archive.
func (c *Client) MakeCopy(ctx context.Context, w CopyWish) (*File, error) {
	return c.file(ctx, call{method: http.MethodPost, path: "/copies", body: w})
}

// Receipt proves one answer to the recording question.
type Receipt struct {
	Entry int       `json:"entry"`
	At    time.Time `json:"at"`
	// Answer is yes, continued, no or withdrawn.
	Answer string `json:"answer"`
	Hash   string `json:"hash"`
	URL    string `json:"url"`
	File   string `json:"file"`
}

// ReceiptList has receipts, the oldest first.
type ReceiptList struct {
	Receipts []Receipt `json:"receipts"`
}

// ListReceipts returns the caller's own receipts of a call.
func (c *Client) ListReceipts(ctx context.Context, id string) (out ReceiptList, err error) {
	return out, c.json(ctx, get(path("/calls/%s/receipts", id), nil), &out)
}

// GetReceipt returns one receipt as a signed file (ISO/IEC TS 27560).
func (c *Client) GetReceipt(ctx context.Context, id, entry string) (out json.RawMessage, err error) {
	return out, c.json(ctx, get(path("/calls/%s/receipts/%s", id, entry), nil), &out)
}

// GetNewestReceipt returns the receipt of what the caller said last.
func (c *Client) GetNewestReceipt(ctx context.Context, id string) (out json.RawMessage, err error) {
	return out, c.json(ctx, get(path("/calls/%s/receipt", id), nil), &out)
}

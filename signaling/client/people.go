package client

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// Rating is what somebody said of a call.
type Rating struct {
	Stars   int       `json:"stars"` // 1 to 5
	Sound   *int      `json:"sound"`
	Again   *bool     `json:"again"`
	Comment string    `json:"comment"`
	At      time.Time `json:"at"`
}

// Feedback is what the caller may still say of a call, and has said.
type Feedback struct {
	Ratable bool    `json:"ratable"`
	Rating  *Rating `json:"rating"`
	Blocked bool    `json:"blocked"`
}

// GetFeedback returns what the caller may still say of a call, and has said.
func (c *Client) GetFeedback(ctx context.Context, id string) (out Feedback, err error) {
	return out, c.json(ctx, get(path("/calls/%s/feedback", id), nil), &out)
}

// RatingWish rates a call.
type RatingWish struct {
	Stars   int    `json:"stars"` // 1 to 5
	Sound   *int   `json:"sound,omitempty"`
	Again   *bool  `json:"again,omitempty"`
	Comment string `json:"comment,omitempty"`
}

// RateCall rates a completed call, once.
func (c *Client) RateCall(ctx context.Context, id string, w RatingWish) error {
	return c.json(ctx, change(http.MethodPost, path("/calls/%s/rating", id), w), nil)
}

// SurveyWish adds to a rating that was stars alone; at least one field is set.
type SurveyWish struct {
	Sound   *int   `json:"sound,omitempty"`
	Again   *bool  `json:"again,omitempty"`
	Comment string `json:"comment,omitempty"`
}

// SurveyCall answers the survey of a call that was rated by stars alone, once.
func (c *Client) SurveyCall(ctx context.Context, id string, w SurveyWish) error {
	return c.json(ctx, change(http.MethodPost, path("/calls/%s/rating/survey", id), w), nil)
}

// ReportWish tells of an incident. Reason is abuse, fraud, unsafe or other.
type ReportWish struct {
	Reason        string   `json:"reason"`
	OffsetSeconds *float64 `json:"offset_seconds,omitempty"` // from the beginning of the talk
	Text          string   `json:"text,omitempty"`
}

// Reported names a report that was made.
type Reported struct {
	Report string `json:"report"`
}

// ReportCall reports an incident in a call.
func (c *Client) ReportCall(ctx context.Context, id string, w ReportWish) (out Reported, err error) {
	return out, c.json(ctx, change(http.MethodPost, path("/calls/%s/reports", id), w), &out)
}

// Message is what one wrote to the other during a call.
type Message struct {
	ID   string    `json:"id"`
	From string    `json:"from"`
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// MessageList is the transcript of a call, the oldest first.
type MessageList struct {
	Messages []Message `json:"messages"`
}

// ListMessages returns what the two wrote to each other during a call.
func (c *Client) ListMessages(ctx context.Context, id string) (out MessageList, err error) {
	return out, c.json(ctx, get(path("/calls/%s/messages", id), nil), &out)
}

// Note is what an expert has noted of a call.
type Note struct {
	ID   string    `json:"id"`
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// NoteList has the notes of a call, the oldest first.
type NoteList struct {
	Notes []Note `json:"notes"`
}

// ListNotes returns what the expert has noted of a call.
func (c *Client) ListNotes(ctx context.Context, id string) (out NoteList, err error) {
	return out, c.json(ctx, get(path("/calls/%s/notes", id), nil), &out)
}

// NoteWish is what is to be noted.
type NoteWish struct {
	Text string `json:"text"`
}

// Noted names a note that was made.
type Noted struct {
	Note string `json:"note"`
}

// NoteCall notes something of a call.
func (c *Client) NoteCall(ctx context.Context, id string, w NoteWish) (out Noted, err error) {
	return out, c.json(ctx, change(http.MethodPost, path("/calls/%s/notes", id), w), &out)
}

// OwnCall is a call in which the caller talked. EndedAt is nil while it goes on.
type OwnCall struct {
	Call        string     `json:"call"`
	Peer        Person     `json:"peer"`
	ConnectedAt time.Time  `json:"connected_at"`
	EndedAt     *time.Time `json:"ended_at"`
	Reason      string     `json:"reason"`
}

// OwnCallPage is a page; Next is empty on the last.
type OwnCallPage struct {
	Calls []OwnCall `json:"calls"`
	Next  string    `json:"next"`
}

// OwnCalls chooses a page of calls; From is when the first was made.
type OwnCalls struct {
	From  time.Time `query:"from"`
	After string    `query:"after"` // next of the page before
}

// ListOwnCalls returns a page of the calls in which the caller talked, the oldest first.
func (c *Client) ListOwnCalls(ctx context.Context, q OwnCalls) (out OwnCallPage, err error) {
	return out, c.json(ctx, get("/calls", q), &out)
}

// EachOwnCall reads all pages from where q begins.
func (c *Client) EachOwnCall(ctx context.Context, q OwnCalls) iter.Seq2[OwnCall, error] {
	return each(q.After, func(cursor string) ([]OwnCall, string, error) {
		q.After = cursor
		page, err := c.ListOwnCalls(ctx, q)
		return page.Calls, page.Next, err
	})
}

// Missed is a call that an expert did not take. Reason is no_answer, cancelled or busy.
type Missed struct {
	Call   string    `json:"call"`
	Member Person    `json:"member"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// MissedPage is a page; Next is empty on the last.
type MissedPage struct {
	Missed []Missed `json:"missed"`
	Next   string   `json:"next"`
}

// Before chooses a page of a list that has the newest first.
type Before struct {
	Before string `query:"before"` // next of the page before
}

// ListMissed returns a page of the calls that the expert has missed.
func (c *Client) ListMissed(ctx context.Context, q Before) (out MissedPage, err error) {
	return out, c.json(ctx, get("/missed", q), &out)
}

// EachMissed reads all pages from where q begins.
func (c *Client) EachMissed(ctx context.Context, q Before) iter.Seq2[Missed, error] {
	return each(q.Before, func(cursor string) ([]Missed, string, error) {
		page, err := c.ListMissed(ctx, Before{cursor})
		return page.Missed, page.Next, err
	})
}

// Report is an incident that was reported, without what was written.
type Report struct {
	ID            string    `json:"id"`
	Call          string    `json:"call"`
	By            string    `json:"by"`
	About         string    `json:"about"`
	At            time.Time `json:"at"`
	Reason        string    `json:"reason"`
	OffsetSeconds *float64  `json:"offset_seconds"`
	Written       bool      `json:"written"` // there is a text
	State         string    `json:"state"`   // open, looked_at or settled
	Note          string    `json:"note"`
	// HandledBy has brought it into this state at HandledAt; nobody and nil for a new one.
	HandledBy string     `json:"handled_by"`
	HandledAt *time.Time `json:"handled_at"`
}

// Reports chooses reports; empty fields choose all.
type Reports struct {
	State  string `query:"state"`  // open, looked_at or settled
	Reason string `query:"reason"` // abuse, fraud, unsafe or other
	Person string `query:"person"` // who told of it or is told of
	Before string `query:"before"` // next of the page before
}

// ReportPage is a page; Next is empty on the last.
type ReportPage struct {
	Reports []Report `json:"reports"`
	Next    string   `json:"next"`
}

// ListReports returns a page of the reports of all calls.
func (c *Client) ListReports(ctx context.Context, q Reports) (out ReportPage, err error) {
	return out, c.json(ctx, get("/incidents/reports", q), &out)
}

// EachReport reads all pages from where q begins.
func (c *Client) EachReport(ctx context.Context, q Reports) iter.Seq2[Report, error] {
	return each(q.Before, func(cursor string) ([]Report, string, error) {
		q.Before = cursor
		page, err := c.ListReports(ctx, q)
		return page.Reports, page.Next, err
	})
}

// WholeReport is a report with what was written.
type WholeReport struct {
	Report
	Text string `json:"text"`
}

// ReadReport returns one report with what was written; who reads it is written down.
func (c *Client) ReadReport(ctx context.Context, id string) (out WholeReport, err error) {
	return out, c.json(ctx, get(path("/incidents/reports/%s", id), nil), &out)
}

// HandlingWish says how far a report has been looked into; settled needs a note.
type HandlingWish struct {
	State string `json:"state"` // open, looked_at or settled
	Note  string `json:"note,omitempty"`
}

// HandleReport says how far a report has been looked into.
func (c *Client) HandleReport(ctx context.Context, id string, w HandlingWish) (out Report, err error) {
	return out, c.json(ctx, change(http.MethodPost, path("/incidents/reports/%s/handling", id), w), &out)
}

// Sign is a sign that the two sides of a call are one, or that its rating was not
// given freely. Kind is same_human, same_address, shared_device, shared_address, burst
// or one_expert; People are the members whom it is about beside the one of the call.
type Sign struct {
	Call   string    `json:"call"`
	Member string    `json:"member"`
	Expert string    `json:"expert"`
	Kind   string    `json:"kind"`
	People []string  `json:"people"`
	At     time.Time `json:"at"`
}

// Signs chooses signs; empty fields choose all.
type Signs struct {
	Kind   string `query:"kind"`
	Person string `query:"person"` // one of the two of the call or of People
	Before string `query:"before"` // next of the page before
}

// SignPage is a page; Next is empty on the last.
type SignPage struct {
	Signs []Sign `json:"signs"`
	Next  string `json:"next"`
}

// ListSigns returns a page of signs.
func (c *Client) ListSigns(ctx context.Context, q Signs) (out SignPage, err error) {
	return out, c.json(ctx, get("/incidents/signs", q), &out)
}

// EachSign reads all pages from where q begins.
func (c *Client) EachSign(ctx context.Context, q Signs) iter.Seq2[Sign, error] {
	return each(q.Before, func(cursor string) ([]Sign, string, error) {
		q.Before = cursor
		page, err := c.ListSigns(ctx, q)
		return page.Signs, page.Next, err
	})
}

// Block tells who does not want to meet whom in calls.
type Block struct {
	By   string    `json:"by"`
	Whom string    `json:"whom"`
	At   time.Time `json:"at"`
}

// BlockPage is a page; Next is empty on the last.
type BlockPage struct {
	Blocks []Block `json:"blocks"`
	Next   string  `json:"next"`
}

// Blocks chooses blocks; empty fields choose all.
type Blocks struct {
	Person string `query:"person"` // who has blocked or was blocked
	After  string `query:"after"`  // next of the page before
}

// ListAllBlocks returns a page of who has blocked whom.
func (c *Client) ListAllBlocks(ctx context.Context, q Blocks) (out BlockPage, err error) {
	return out, c.json(ctx, get("/incidents/blocks", q), &out)
}

// EachBlock reads all pages from where q begins.
func (c *Client) EachBlock(ctx context.Context, q Blocks) iter.Seq2[Block, error] {
	return each(q.After, func(cursor string) ([]Block, string, error) {
		q.After = cursor
		page, err := c.ListAllBlocks(ctx, q)
		return page.Blocks, page.Next, err
	})
}

// OwnBlock is somebody whom the caller has blocked; Name is empty where it is not known.
type OwnBlock struct {
	Person string    `json:"person"`
	Name   string    `json:"name"`
	At     time.Time `json:"at"`
}

// OwnBlockList has all of them.
type OwnBlockList struct {
	Blocks []OwnBlock `json:"blocks"`
}

// ListBlocks returns whom the caller has blocked.
func (c *Client) ListBlocks(ctx context.Context) (out OwnBlockList, err error) {
	return out, c.json(ctx, get("/blocks", nil), &out)
}

// Block keeps the caller and a person from meeting in calls.
func (c *Client) Block(ctx context.Context, person string) error {
	return c.json(ctx, change(http.MethodPut, path("/blocks/%s", person), nil), nil)
}

// Unblock lets them meet again.
func (c *Client) Unblock(ctx context.Context, person string) error {
	return c.json(ctx, change(http.MethodDelete, path("/blocks/%s", person), nil), nil)
}

// Revocation takes a token back, or all that a person has so far. Set Person, with or
// without IssuedBefore, or TokenID with ExpiresAt.
type Revocation struct {
	Person       string     `json:"person,omitempty"`
	IssuedBefore *time.Time `json:"issued_before,omitempty"`
	TokenID      string     `json:"token_id,omitempty"`
	ExpiresAt    *time.Time `json:"expires_at,omitempty"`
}

// Revoked is what is refused from now on. Kind is token or person.
type Revoked struct {
	Kind      string    `json:"kind"`
	Subject   string    `json:"subject"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Revoke takes a token back, or all that a person has so far; sockets, calls and
// players of theirs end at once.
func (c *Client) Revoke(ctx context.Context, w Revocation) (out Revoked, err error) {
	return out, c.json(ctx, change(http.MethodPost, "/revocations", w), &out)
}

// InCluster names a cluster of experts.
type InCluster struct {
	Cluster string `query:"cluster"`
}

// ReleaseAccount lets a human have another account in a cluster of experts.
func (c *Client) ReleaseAccount(ctx context.Context, human string, q InCluster) error {
	return c.json(ctx, describe(change(http.MethodDelete, path("/accounts/%s", human), nil), q), nil)
}

package client

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// Operator is who runs the server.
type Operator struct {
	Name          string `json:"name"`
	RetentionDays int    `json:"retention_days"`
}

// ServiceConfig is what anybody may know before signing in.
type ServiceConfig struct {
	Operator    Operator `json:"operator"`
	Demo        bool     `json:"demo"`
	StaffSignIn string   `json:"staff_sign_in"` // where staff sign in; empty: only by tokens
}

// GetConfig returns what anybody may know before signing in.
func (c *Client) GetConfig(ctx context.Context) (out ServiceConfig, err error) {
	return out, c.json(ctx, get("/config", nil), &out)
}

// GetDescription returns the server's description of its API in OpenAPI 3.1.
func (c *Client) GetDescription(ctx context.Context) (out json.RawMessage, err error) {
	return out, c.json(ctx, get("/openapi.json", nil), &out)
}

// Count is of at least ten members and ten experts.
type Count struct {
	Calls   int `json:"calls"`
	Minutes int `json:"minutes"`
}

// Outcomes are counts by how calls went; nil where one is of fewer people.
type Outcomes struct {
	NotConnected *Count `json:"not_connected,omitempty"`
	Unrecorded   *Count `json:"unrecorded,omitempty"`
	Recorded     *Count `json:"recorded,omitempty"`
}

// Month has the numbers of one, written as 2026-03.
type Month struct {
	Month    string   `json:"month"`
	All      *Count   `json:"all"`
	Outcomes Outcomes `json:"outcomes"`
}

// Statistics are numbers of calls by month.
type Statistics struct {
	Months []Month `json:"months"`
}

// StatisticsQuery chooses months: From, written as 2026-03, and how many.
type StatisticsQuery struct {
	From   string `query:"from"`
	Months int    `query:"months"`
}

// GetStatistics returns numbers of calls that tell of nobody.
func (c *Client) GetStatistics(ctx context.Context, q StatisticsQuery) (out Statistics, err error) {
	return out, c.json(ctx, get("/statistics", q), &out)
}

// DemoPerson is a made-up person whom a visitor of a demo may be.
type DemoPerson struct {
	ID        string `json:"id"`
	Role      string `json:"role"`
	Name      string `json:"name"`
	Headline  string `json:"headline"`
	Place     string `json:"place"`
	PlaceName string `json:"place_name"`
}

// DemoPeople are all of them.
type DemoPeople struct {
	People []DemoPerson `json:"people"`
}

// ListDemoPeople returns the made-up people of a demo.
func (c *Client) ListDemoPeople(ctx context.Context) (out DemoPeople, err error) {
	return out, c.json(ctx, get("/demo/people", nil), &out)
}

// DemoWish names a made-up person.
type DemoWish struct {
	Person string `json:"person"`
}

// DemoSession is a token for a made-up person.
type DemoSession struct {
	Token     string     `json:"token"`
	ExpiresAt time.Time  `json:"expires_at"`
	Person    DemoPerson `json:"person"`
}

// StartDemoSession returns a token for a made-up person of a demo.
func (c *Client) StartDemoSession(ctx context.Context, w DemoWish) (out DemoSession, err error) {
	return out, c.json(ctx, call{method: http.MethodPost, path: "/demo/session", body: w}, &out)
}

package client

import (
	"context"
	"time"
)

// Call is the record of a call. Times are nil until it happened; Reason is empty while
// the call goes on.
type Call struct {
	Call        string     `json:"call"`
	Member      string     `json:"member"`
	Expert      string     `json:"expert"`
	CreatedAt   time.Time  `json:"created_at"`
	AcceptedAt  *time.Time `json:"accepted_at"`
	ConnectedAt *time.Time `json:"connected_at"`
	EndedAt     *time.Time `json:"ended_at"`
	Reason      string     `json:"reason"`
	Recording   *string    `json:"recording"` // nil: nothing was recorded
	Sound       CallSound  `json:"sound"`
}

// CallSound is that of the legs that the caller may see: both for the platform and
// admins, the own one for the two who talked.
type CallSound struct {
	Member *LegSound `json:"member,omitempty"`
	Expert *LegSound `json:"expert,omitempty"`
}

// LegSound is what a person sent, on its way to the server, and what they heard, on its
// way from there. Nil: nothing was measured.
type LegSound struct {
	Sent   *WayQuality `json:"sent,omitempty"`
	Heard  *WayQuality `json:"heard,omitempty"`
	Faults LegFaults   `json:"faults"`
}

// WayQuality is how the sound of one direction arrived.
type WayQuality struct {
	Samples     int64   `json:"samples"`
	MOS         Measure `json:"mos"` // its worst is the lowest
	LossPercent Measure `json:"loss_percent"`
	JitterMs    Measure `json:"jitter_ms"`
	RoundTripMs Measure `json:"round_trip_ms"`
}

// Measure is one quantity over a call.
type Measure struct {
	Average float64 `json:"average"`
	Worst   float64 `json:"worst"`
}

// LegFaults count how often a leg was not heard, and what trying the relay did.
type LegFaults struct {
	Absences      int64 `json:"absences,omitempty"` // nothing came
	Silences      int64 `json:"silences,omitempty"` // nothing but digital silence
	RelayCures    int64 `json:"relay_cures,omitempty"`
	RelayFailures int64 `json:"relay_failures,omitempty"`
}

// GetCall returns the record of a call.
func (c *Client) GetCall(ctx context.Context, id string) (out Call, err error) {
	return out, c.json(ctx, get(path("/calls/%s", id), nil), &out)
}

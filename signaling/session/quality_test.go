package session

import (
	"testing"

	"parley/media/quality"
)

// TestQualityFollowsTheConnection: what was measured stands until the connection
// goes or another one comes.
func TestQualityFollowsTheConnection(t *testing.T) {
	env := testEnv(t)
	poor := Quality{Word: quality.Poor, Reason: QualityOutgoing}
	said := QualityChanged{Side: Expert, Quality: poor}
	c := after(t, env, active(t, env, bothMustAgree), said)
	gone := MediaChanged{Side: Expert, State: MediaLost}
	for name, row := range map[string]struct {
		events []Event
		want   Quality
	}{
		"measured":             {nil, poor},
		"gone":                 {[]Event{gone}, Quality{Word: quality.Lost, Reason: QualityAgain}},
		"measured when gone":   {[]Event{gone, said}, Quality{Word: quality.Lost, Reason: QualityAgain}},
		"back":                 {[]Event{gone, connected(Expert)}, Quality{}},
		"another tab":          {[]Event{Joined{Side: Expert, Socket: 9}}, Quality{}},
		"still connected":      {[]Event{connected(Expert)}, poor},
		"the other side's own": {[]Event{MediaChanged{Side: Member, State: MediaLost}}, poor},
	} {
		if got := after(t, env, c, row.events...).Sides[Expert].Quality; got != row.want {
			t.Errorf("%s: got %+v, want %+v", name, got, row.want)
		}
	}
}

package crash

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/cmd/internal/softphone"
	"parley/signaling/auth"
	"parley/signaling/wire"
	"parley/storage/id"
)

// token is good for an hour.
func token(t testing.TB, role auth.Role, person, place string) string {
	t.Helper()
	signed, err := auth.Mint(key, auth.Identity{
		Person: id.PersonID(person), Role: role, Name: "The " + person, Adult: true,
		Places: []auth.Place{{Code: place, Source: "declared"}}, Expires: time.Now().Add(time.Hour),
	}, time.Now())
	must(t, err)
	return signed
}

// call is one call of two phones that speak marks.
type call struct {
	phones  [2]*softphone.Phone // member, expert
	talkers [2]*talker          // nil before the light was on
	parts   int                 // in which they have spoken

	mu   sync.Mutex // guards name
	name string
}

// id is the call's id, empty before it rang.
func (c *call) id() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.name
}

// signIn dials both phones of a pair and makes the expert available.
func signIn(ctx context.Context, t testing.TB, s *server, pair int) *call {
	t.Helper()
	c := &call{}
	for leg, role := range []auth.Role{auth.RoleMember, auth.RoleExpert} {
		who := token(t, role, fmt.Sprintf("%s-%d", role, pair), [2]string{"US-TX", "US-NY"}[leg])
		p, err := softphone.Dial(ctx, softphone.Config{Server: s.url, Token: who, HTTP: httpClient})
		must(t, err)
		c.phones[leg] = p
	}
	t.Cleanup(c.close)
	must(t, c.phones[1].Send(ctx, &wire.PresenceSet{Available: true}))
	must(t, c.phones[0].Wait(ctx, "the expert", func(s softphone.State) bool {
		return slices.ContainsFunc(s.Experts, func(x wire.Expert) bool {
			return x.ID == fmt.Sprintf("expert-%d", pair) && x.State == wire.StateAvailable
		})
	}))
	return c
}

// begin rings, accepts and agrees to recording. An error may mean that the
// server was killed on the way.
func (c *call) begin(ctx context.Context, pair int) error {
	member, expert := c.phones[0], c.phones[1]
	if err := member.Send(ctx, &wire.CallStart{Expert: fmt.Sprintf("expert-%d", pair)}); err != nil {
		return err
	}
	if err := expert.Wait(ctx, "the ringing", func(s softphone.State) bool { return s.Call != nil }); err != nil {
		return err
	}
	c.mu.Lock()
	c.name = expert.State().Call.ID
	c.mu.Unlock()
	if err := expert.Send(ctx, &wire.CallAccept{Call: c.id()}); err != nil {
		return err
	}
	for _, p := range c.phones {
		if err := p.Agree(ctx, wire.AnswerYes); err != nil {
			return err
		}
	}
	return nil
}

// connect begins a call and lets both speak as soon as the light is on.
func (c *call) connect(ctx context.Context, pair int) error {
	if err := c.begin(ctx, pair); err != nil {
		return err
	}
	if err := c.light(ctx, wire.RecordingOn); err != nil {
		return err
	}
	c.speak()
	return nil
}

func (c *call) speak() {
	for leg, p := range c.phones {
		c.talkers[leg] = newTalker(leg, c.parts, p.Media())
	}
	c.parts++
}

// light waits until both phones show that state of the recording.
func (c *call) light(ctx context.Context, state string) error {
	for _, p := range c.phones {
		if err := lit(ctx, p, state); err != nil {
			return err
		}
	}
	return nil
}

// lit waits until a phone shows that state of the recording.
func lit(ctx context.Context, p *softphone.Phone, state string) error {
	return p.Wait(ctx, "the light to be "+state, func(s softphone.State) bool {
		return s.Call != nil && s.Call.State == "active" && s.Call.Recording.State == state && p.Media() != nil
	})
}

// recorded tells whether both people saw the light.
func (c *call) recorded() bool { return c.talkers[0] != nil && c.talkers[1] != nil }

// hangUp asks for the end of the call.
func (c *call) hangUp(ctx context.Context) error {
	return c.phones[0].Send(ctx, &wire.CallHangup{Call: c.id()})
}

// hush ends the speaking; the phones stay.
func (c *call) hush() {
	for _, t := range c.talkers {
		if t != nil {
			t.stop()
		}
	}
}

// close ends everything of the call. What the phones say of a server that
// was killed is of no interest.
func (c *call) close() {
	c.hush()
	for i, p := range c.phones {
		if p != nil {
			_ = p.Close()
		}
		c.phones[i] = nil
	}
}

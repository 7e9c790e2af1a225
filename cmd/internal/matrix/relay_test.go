package matrix

import (
	"os"
	"testing"
	"time"
)

// TestCredentialsOfTheRelayRunOut: a call of two browsers that the relay carries goes on
// when the credentials that it began with are no longer good, for all the times that a
// browser refreshes what it has there; and when the way is lost then, ICE is restarted by
// a new one through the relay, for which the browser is given new credentials. Of
// PARLEY_RELAY_TALK (12 s) more than nine minutes have Chromium refresh everything.
func TestCredentialsOfTheRelayRunOut(t *testing.T) {
	n := newInternet(t)
	s := startServer(t, n, "--turn-credential-life", "10s")
	n.family(t, false)
	n.rules(t, relayOnly(t).rules...)
	c := s.converse(t, n, "chromium")
	<-time.After(talkFor(t)) // time is what is tested
	c.heardOn(t, time.Now(), "the credentials have run out")
	lost := time.Now()
	moves()[1].do(t, n, 0)
	c.heardOn(t, lost, "the way was lost")
	c.hangUp(t)
}

func relayOnly(t *testing.T) cell {
	t.Helper()
	for _, c := range cells() {
		if c.name == "relay only" {
			return c
		}
	}
	t.Fatal("there is no such network")
	return cell{}
}

// talkFor is for how long the call goes on before its way is lost.
func talkFor(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("PARLEY_RELAY_TALK")
	if text == "" {
		return 12 * time.Second
	}
	d, err := time.ParseDuration(text)
	must(t, err)
	return d
}

// heardOn wants both to hear each other since a time, by the connections that they began with.
func (c *conversation) heardOn(t *testing.T, since time.Time, what string) {
	t.Helper()
	got := c.changed(t, since)
	t.Logf("%s: %+v", what, got)
	if got.Member.Back < 0 || got.Expert.Back < 0 {
		t.Fatalf("%s: they hear nothing any more", what)
	}
	if got.Connections[0] != 1 || got.Connections[1] != 1 {
		t.Errorf("%s: %v connections were made, want one each", what, got.Connections)
	}
}

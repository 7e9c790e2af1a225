package matrix

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/media/audiomatch"
)

// soundBack is how long nothing may be heard after a change of network: three
// seconds, and two for a pause of who speaks, which may follow.
const soundBack = 5 * time.Second

// moves are the ways in which the member's network changes. The machine is told
// of the first; the second happens out of its sight, as in a train's router.
func moves() []move {
	return []move{
		{"the machine gets another address", func(t *testing.T, n *internet, i int) {
			from, to := fmt.Sprint("10.9.0.", 2+i%2), fmt.Sprint("10.9.0.", 3-i%2)
			n.in(t, n.host(sideMember), "ip addr del "+from+"/24 dev up0", "ip addr add "+to+"/24 dev up0", "ip route replace default via 10.9.0.1")
		}},
		{"its router gets another address", func(t *testing.T, n *internet, i int) {
			from, to := external(sideMember), "93.184.216.21"
			if i%2 == 1 {
				from, to = to, from
			}
			n.in(t, n.router(sideMember), "ip addr del "+from+"/24 dev up0", "ip addr add "+to+"/24 dev up0")
		}},
	}
}

type move struct {
	name string
	do   func(t *testing.T, n *internet, i int)
}

// silence is what a side did not hear, in milliseconds: until when after the
// change, and for how long.
type silence struct{ Back, Length float64 }

// TestTheNetworkChanges: the shipped page in the middle of a recorded call keeps
// its connection when the network under it changes, and both hear each other
// again within three seconds, but for a pause in what is said.
func TestTheNetworkChanges(t *testing.T) {
	for _, browser := range []string{"chromium", "firefox"} {
		t.Run(browser, func(t *testing.T) {
			n := newInternet(t)
			s := startServer(t, n)
			n.family(t, false)
			n.rules(t, cells()[0].rules...)
			c := s.converse(t, n, browser)
			for _, m := range moves() {
				var back []time.Duration
				for i := range sample(t, "PARLEY_MOVES", 1) {
					at := time.Now()
					m.do(t, n, i)
					got := c.changed(t, at)
					if !slices.Equal(got.Connections, []int{1, 1}) {
						t.Errorf("%s: %v connections were made, want one each: ICE is restarted", m.name, got.Connections)
					}
					for side, h := range []silence{got.Member, got.Expert} {
						if h.Back < 0 {
							t.Fatalf("%s: side %d heard nothing any more", m.name, side)
						}
						back = append(back, time.Duration(h.Back*float64(time.Millisecond)))
					}
				}
				slices.Sort(back)
				t.Logf("%s: sound back after p50 %v, p95 %v, max %v of %d", m.name, back[len(back)/2], back[len(back)*95/100], back[len(back)-1], len(back))
				if worst := back[len(back)-1]; worst > soundBack {
					t.Errorf("%s: sound was back after %v, want within %v", m.name, worst, soundBack)
				}
			}
			c.hangUp(t)
		})
	}
}

// sample is how often something is done: as often as the environment says, or by
// default.
func sample(t *testing.T, variable string, or int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return or
	}
	n, err := strconv.Atoi(text)
	must(t, err)
	return n
}

// conversation is a call between two browsers in two namespaces.
type conversation struct {
	in     io.WriteCloser
	out    *json.Decoder
	errors bytes.Buffer
	wait   func() error
}

// converse returns when both browsers hear each other and are recorded.
func (s *server) converse(t *testing.T, n *internet, browser string) *conversation {
	t.Helper()
	dir := t.TempDir()
	order := map[string]string{"base": "https://" + serverIPv4, "browser": browser}
	for side, name := range []string{"memberWAV", "expertWAV"} {
		order[name] = filepath.Join(dir, name+".wav")
		var wav bytes.Buffer
		must(t, audiomatch.WAV{Rate: 48000, Channels: 1, Samples: audiomatch.Phrase(side+1, 20*time.Second)}.Write(&wav))
		must(t, os.WriteFile(order[name], wav.Bytes(), 0o600))
	}
	text, err := json.Marshal(order)
	must(t, err)
	chromium := s.chromium(t)
	away := filepath.Join(dir, "away")
	script := "#!/bin/sh\nexec " + strings.Join(n.exec(n.host(sideExpert)), " ") + " " + chromium + " \"$@\"\n"
	must(t, os.WriteFile(away, []byte(script), 0o700))

	c := &conversation{}
	cmd := n.command(t.Context(), n.host(sideMember), "node", "move.mjs", string(text))
	cmd.Dir = filepath.Join(root, "web", "e2e")
	cmd.Env = append(os.Environ(), "CHROMIUM="+chromium, "EXPERT_CHROMIUM="+away)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	c.in, err = cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	c.out, cmd.Stderr, c.wait = json.NewDecoder(out), &c.errors, cmd.Wait
	must(t, cmd.Start())
	var ready struct{ Heard bool }
	c.read(t, &ready)
	return c
}

func (c *conversation) read(t *testing.T, into any) {
	t.Helper()
	if err := c.out.Decode(into); err != nil {
		t.Fatalf("the browsers: %v\n%s", err, &c.errors)
	}
}

// change is what both sides heard of a change of network.
type change struct {
	Member, Expert silence
	Connections    []int
}

func (c *conversation) changed(t *testing.T, at time.Time) (got change) {
	t.Helper()
	_, err := fmt.Fprintln(c.in, at.UnixMilli())
	must(t, err)
	c.read(t, &got)
	return got
}

func (c *conversation) hangUp(t *testing.T) {
	t.Helper()
	must(t, c.in.Close())
	if err := c.wait(); err != nil {
		t.Errorf("the browsers ended with %v\n%s", err, &c.errors)
	}
}

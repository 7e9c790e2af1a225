package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/media/audiomatch"
	"parley/signaling/vcon"
	"parley/storage/meta"
)

// outsider is one side of a call, made by a client in Python that was written
// from docs/protocol.md alone.
type outsider struct {
	name, role string
	pitch      float64 // of what it sings, in Hz
	folder     string
	out, errs  bytes.Buffer
	cmd        *exec.Cmd
	result     outsiderResult
}

// outsiderResult is the last line that the client prints.
type outsiderResult struct {
	Call, Recording string
	EndReason       string      `json:"end_reason"`
	Saw             [][2]string // state of the call and of the light, each change once
}

// TestAnotherClientMakesACall: docs/protocol.md is enough to write a client that
// rings, answers, agrees to the recording, talks, hangs up and plays the recording.
func TestAnotherClientMakesACall(t *testing.T) {
	s := startServerWith(t, t.TempDir(), nil)
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	member := &outsider{name: "maya", role: "member", pitch: 440, folder: t.TempDir()}
	expert := &outsider{name: "dr-lee", role: "expert", pitch: 1100, folder: t.TempDir()}
	expert.start(ctx, t, s)
	member.start(ctx, t, s, expert.name)
	member.finish(t)
	expert.finish(t)
	want := outsiderResult{
		Call: member.result.Call, Recording: member.result.Recording, EndReason: "completed",
	}
	for i, side := range []*outsider{member, expert} {
		other := []*outsider{expert, member}[i]
		side.expect(t, want)
		sounds(t, side.role+" heard", wavFile(t, filepath.Join(side.folder, "heard.wav")), [2]float64{other.pitch, other.pitch})
		sounds(t, side.role+" played", wavFile(t, filepath.Join(side.folder, "played.wav")), [2]float64{member.pitch, expert.pitch})
	}
	callEnded(t, s, want.Call)
	inOneContainer(t, s, want)
	s.stop(t)
	sounds(t, "stored", exported(t, s, want.Recording), [2]float64{member.pitch, expert.pitch})
}

// start runs the client with a token that `parley token` made.
func (o *outsider) start(ctx context.Context, t *testing.T, s *server, expert ...string) {
	t.Helper()
	token := mint(t, s, o.role, o.name, "--place", "DE", "--language", "en", "--adult")
	script, err := filepath.Abs(filepath.Join("testdata", "outsider", "client.py"))
	must(t, err)
	pitch, err := json.Marshal(o.pitch)
	must(t, err)
	// Debian's own Python has Debian's libraries; another one of the machine has not.
	o.cmd = exec.CommandContext(ctx, "/usr/bin/python3", append([]string{script, s.url, token, string(pitch), o.folder}, expert...)...)
	o.cmd.Stdout, o.cmd.Stderr = &o.out, &o.errs
	must(t, o.cmd.Start())
}

func (o *outsider) finish(t *testing.T) {
	t.Helper()
	if err := o.cmd.Wait(); err != nil {
		t.Fatalf("the %s's client: %v\n%s", o.role, err, &o.errs)
	}
	if err := json.Unmarshal(o.out.Bytes(), &o.result); err != nil {
		t.Fatalf("the %s's client printed no result: %v\n%s", o.role, err, &o.out)
	}
}

// expect holds what the client saw against what both must have seen.
func (o *outsider) expect(t *testing.T, want outsiderResult) {
	t.Helper()
	got := o.result
	if got.Call != want.Call || got.Recording != want.Recording || got.EndReason != want.EndReason {
		t.Errorf("%s: got %+v, want %+v", o.role, got, want)
	}
	for _, saw := range [][2]string{{"ringing", "off"}, {"connecting", "off"}, {"active", "recording"}, {"ended", "stopped"}} {
		if !slices.Contains(got.Saw, saw) {
			t.Errorf("%s: saw %v, want %v among it", o.role, got.Saw, saw)
		}
	}
}

// mint makes a token beside the running server.
func mint(t *testing.T, s *server, args ...string) string {
	t.Helper()
	return strings.TrimSpace(tool(t, bin, append([]string{"token", "--data", s.dir}, args...)...))
}

func wavFile(t *testing.T, path string) audiomatch.WAV {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	defer func() { _ = f.Close() }() // read only
	w, err := audiomatch.ReadWAV(f)
	must(t, err)
	return w
}

// sounds expects in each channel two seconds or more of its tone, and none of
// another.
func sounds(t *testing.T, what string, w audiomatch.WAV, tones [2]float64) {
	t.Helper()
	for channel, tone := range tones {
		for _, hz := range []float64{440, 1100} {
			d := lasts(w.Channel(channel), hz)
			if is := hz == tone; is && d < 2*time.Second || !is && d > 0 {
				t.Errorf("%s, channel %d: holds %v of %v Hz, want it to hold %v Hz for 2 s or more and nothing else", what, channel, d, hz, tone)
			}
		}
	}
}

// callEnded reads the feed as a platform would, until it has the call's end.
func callEnded(t *testing.T, s *server, call string) {
	t.Helper()
	token := mint(t, s, "service", "billing")
	var page struct {
		Events []struct {
			Call, Member, Expert string
			Data                 struct {
				Reason           string
				ConnectedSeconds float64 `json:"connected_seconds"`
			}
		}
	}
	get(t, s.url+"/api/v1/events?wait=30&types="+string(meta.EventCallEnded), token, &page)
	if len(page.Events) != 1 {
		t.Fatalf("the feed has %d ends of calls, want one", len(page.Events))
	}
	e := page.Events[0]
	if e.Call != call || e.Member != "maya" || e.Expert != "dr-lee" || e.Data.Reason != "completed" || e.Data.ConnectedSeconds < 2 {
		t.Errorf("the feed says %+v, want the end of %s after 2 s and more", e, call)
	}
}

// inOneContainer reads the call as a platform's vCon: both voices, and that both
// answered.
func inOneContainer(t *testing.T, s *server, want outsiderResult) {
	t.Helper()
	var c vcon.Container
	if code := get(t, s.url+"/api/v1/calls/"+want.Call+"/vcon", mint(t, s, "service", "billing"), &c); code != http.StatusOK {
		t.Fatalf("vCon: got status %d, want 200", code)
	}
	if len(c.Dialog) != 2 || len(c.Attachments) != 2 {
		t.Fatalf("vCon: got %+v, want two voices and the consent of two people", c)
	}
	for leg, d := range c.Dialog {
		if d.Voice == nil || d.Voice.ID != want.Recording || d.Duration == nil || *d.Duration < 2 || len(c.Attachments[leg].Body.Receipts) == 0 {
			t.Errorf("vCon: voice %d is %+v with consent %+v, want 2 s and more of %s and a receipt", leg, d, c.Attachments[leg], want.Recording)
		}
	}
}

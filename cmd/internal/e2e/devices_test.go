package e2e

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// soundPath is how the sound goes through a page of a call.
type soundPath struct {
	Element, Speaker                           string
	PlaysRemote, Playing, Metered              bool
	ThroughWebAudio, Meters, MetersOnOriginals int
	Asked, Settings                            cleaning
}

// tab is what a tab of the expert does with sound.
type tab struct {
	States []string // of its connections
	Sent   int      // microphones that it sends
	Asked  int      // times that it asked for the microphone
	Title  string
}

// cleaning is what the browser is asked to do to the voice, or says that it does.
type cleaning struct{ EchoCancellation, NoiseSuppression, AutoGainControl bool }

// TestMicrophonesAndLoudspeakers: what goes wrong with devices is said in words,
// with the cure, to the one whose device it is and, in a call, to the other; the
// call goes on, and they hear each other once it is cured. The sound is played by
// a media element and never goes through Web Audio, where the browser could not
// take the echo out.
func TestMicrophonesAndLoudspeakers(t *testing.T) {
	work := t.TempDir()
	s := startServer(t, t.TempDir())
	// A voice, then exact zeros for 16 s, again and again.
	wav := filepath.Join(work, "with-silence.wav")
	tool(t, "ffmpeg", "-loglevel", "error", "-y", "-i", speak(t, work, "member", "en-us", memberSays), "-af", "apad=pad_dur=16", "-c:a", "pcm_s16le", wav)
	var got struct {
		Told          map[string]string
		RangMeanwhile bool
		Path          struct{ Member, Expert soundPath }
		Speaker       string
		Refused       soundPath
		Faults        []string

		TabsThatRing, TabsAfter []tab
		FaultsOfTheSecond       []string
	}
	scenarioFor(t, 4*time.Minute, "devices.mjs", map[string]string{"base": s.url, "wav": wav}, &got)

	for name, want := range map[string][]string{
		"denied":             {"Your browser blocks the microphone", "allow the microphone for this page", "Try again"},
		"deniedInFirefox":    {"Your browser blocks the microphone", "allow the microphone for this page", "Try again"},
		"missingInFirefox":   {"No microphone was found", "Plug one in", "Try again"},
		"silentWhileRinging": {"No sound comes from your microphone", "mute switch", "choose another"},
		"silent":             {"No sound comes from your microphone", "mute switch", "choose another"},
		"silentToOther":      {"The microphone of Maya Torres sends no sound", "They have been told"},
		"deniedInTheCall":    {"Your browser blocks the microphone", "allow the microphone for this page", "Try again"},
		"fellBack":           {"Your microphone was unplugged. Fake Audio Input", "is used now"},
		"unplugged":          {"Your microphone was unplugged", "it is used at once"},
		"unpluggedToOther":   {"Maya Torres", "They have been told"},
		"busy":               {"Another program is using the microphone", "Close other calls", "Try again"},
		"interrupted":        {"Your device has taken the microphone", "You are heard again when that ends"},
		"refusedAtFirst":     {"Tap to hear Dr. Hanna Lee"},
		"refused":            {"Tap to hear Dr. Hanna Lee"},
	} {
		for _, words := range want {
			if !strings.Contains(got.Told[name], words) {
				t.Errorf("%s: the page says %q, want %q in it", name, got.Told[name], words)
			}
		}
	}
	if got.RangMeanwhile {
		t.Error("a member without a microphone rang the expert")
	}
	if got.Speaker == "" {
		t.Error("no other speaker could be chosen")
	}
	if got.Refused.Playing {
		t.Error("the page that asks for a tap plays already")
	}
	all := cleaning{true, true, true}
	for name, p := range map[string]soundPath{"Chromium": got.Path.Member, "Firefox": got.Path.Expert} {
		if p.Element != "AUDIO" || !p.PlaysRemote || !p.Playing || p.ThroughWebAudio > 0 {
			t.Errorf("%s plays by %+v, want the other's track in an audio element and nothing through Web Audio", name, p)
		}
		if p.Meters == 0 || p.MetersOnOriginals > 0 {
			t.Errorf("%s: %d meters, %d of them on what is sent or played, want meters on copies", name, p.Meters, p.MetersOnOriginals)
		}
		if p.Asked != all {
			t.Errorf("%s was asked to clean the voice up by %+v, want all", name, p.Asked)
		}
	}
	// The fake microphone of Firefox has no such settings.
	if got.Path.Member.Settings != all || !got.Path.Member.Metered {
		t.Errorf("Chromium: got %+v, want the voice cleaned up and the meters running", got.Path.Member)
	}
	if all := append(got.Faults, got.FaultsOfTheSecond...); len(all) > 0 {
		t.Errorf("the pages reported faults: %q", all)
	}
	ringsInEachTab(t, got.TabsThatRing, got.TabsAfter)
}

// ringsInEachTab: both tabs of the expert ring in Firefox, each with a connection and
// without the microphone. The one that takes the call goes on with its own; the other
// ends its own.
func ringsInEachTab(t *testing.T, ringing, after []tab) {
	t.Helper()
	if len(ringing) != 2 || len(after) != 2 {
		t.Fatalf("tabs of the expert: %+v, then %+v, want two each", ringing, after)
	}
	for i, r := range ringing {
		if !slices.Equal(r.States, []string{"connected"}) || r.Sent != 0 || r.Asked != 0 || r.Title != "☎ Maya Torres is calling" {
			t.Errorf("tab %d while it rings: %+v, want one connection, no microphone, and the title to ring", i+1, r)
		}
	}
	if got := after[0]; !slices.Equal(got.States, []string{"connected"}) || got.Sent != 1 || got.Asked != 1 {
		t.Errorf("the tab that took the call: %+v, want the connection of while it rang, with the microphone", got)
	}
	if got := after[1]; !slices.Equal(got.States, []string{"closed"}) || got.Sent != 0 || got.Asked != 0 {
		t.Errorf("the other tab: %+v, want its connection closed and no microphone", got)
	}
}

package render

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"parley/media/audiomatch"
	"parley/media/opus"
)

// TestReferenceTools lets the reference decoder hear the voices of a bad call.
func TestReferenceTools(t *testing.T) {
	member, expert := clean(1).loseRandomly(0.05).jitter(40*time.Millisecond).later(225, 5*time.Second), clean(2)
	c := newCall(16*time.Second+77*time.Microsecond, member, expert)
	out := c.render(t, 500*time.Millisecond, opus.Config{})
	for leg, s := range []scene{member, expert} {
		path := filepath.Join(t.TempDir(), "voice.opus")
		if err := os.WriteFile(path, out.files[leg].Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		said, err := exec.Command("opusinfo", path).CombinedOutput()
		if err != nil || bytes.Contains(bytes.ToUpper(said), []byte("WARNING")) || bytes.Contains(bytes.ToUpper(said), []byte("ERROR")) {
			t.Errorf("opusinfo: %v\n%s", err, said)
		}
		pcm := opusdec(t, path)
		if got, want := int64(len(pcm)), samples(c.length); got != want {
			t.Errorf("voice %d: opusdec gives %d samples, want %d", leg, got, want)
		}
		mustClick(t, []string{"member", "expert"}[leg], pcm, s.clicks())
	}
}

func opusdec(t *testing.T, path string) []int16 {
	t.Helper()
	decoded := path + ".wav"
	if said, err := exec.Command("opusdec", "--quiet", "--no-dither", "--rate", "48000", path, decoded).CombinedOutput(); err != nil {
		t.Fatalf("opusdec: %v\n%s", err, said)
	}
	file, err := os.Open(decoded)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }() // read only
	wav, err := audiomatch.ReadWAV(file)
	if err != nil {
		t.Fatal(err)
	}
	return wav.Samples
}

package render

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"parley/media/audiomatch"
)

// TestReferenceTools lets the reference tools judge the voices of bad calls, in
// every mode and with pauses as silence or left out: no warning, and as long as
// the result says, to the sample.
func TestReferenceTools(t *testing.T) {
	bad := clean(1).loseRandomly(0.05).jitter(40*time.Millisecond).later(225, 5*time.Second)
	for name, c := range map[string]call{
		"bad":    newCall(16*time.Second+77*time.Microsecond, bad, clean(2)),
		"paused": paused(),
		"empty":  newCall(1234*time.Microsecond, nil, nil),
	} {
		for _, mode := range []string{ModeCopy, ModeEncode} {
			for _, pauses := range []string{PausesSilence, PausesSkip} {
				t.Run(name+"/"+mode+"/"+pauses, func(t *testing.T) {
					t.Parallel()
					c.pauses = pauses
					out, err := c.renderAs(t, mode, 500*time.Millisecond, quick)
					if err != nil {
						t.Fatal(err)
					}
					for leg := range out.files {
						pcm := mustPlease(t, out.files[leg].Bytes())
						if got, want := int64(len(pcm)), out.result.Layout.TotalSamples; got != want {
							t.Errorf("voice %d: opusdec gives %d samples, want %d", leg, got, want)
						}
						if name == "bad" {
							mustClick(t, "voice", pcm, []scene{bad, clean(2)}[leg].clicks())
						}
					}
				})
			}
		}
	}
}

// mustPlease lets opusinfo look at a file, and opusdec decode it.
func mustPlease(t *testing.T, file []byte) []int16 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "voice.opus")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command("opusinfo", path).CombinedOutput()
	if upper := bytes.ToUpper(said); err != nil || bytes.Contains(upper, []byte("WARNING")) || bytes.Contains(upper, []byte("ERROR")) {
		t.Errorf("opusinfo: %v\n%s", err, said)
	}
	return opusdec(t, path)
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

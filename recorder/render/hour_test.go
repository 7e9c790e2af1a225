package render

import (
	"testing"
	"time"

	"parley/media/opus"
)

// hour is the length of the longest calls that the suite renders.
const hour = 60

// mostlyQuiet leaves out, of every minute, all but ten seconds, as senders do
// that do not transmit silence.
func mostlyQuiet(s scene) scene {
	var out scene
	for i, p := range s {
		if i%(60*50) < 5*50 {
			p.Sequence = uint16(len(out))
			out = append(out, p)
		}
	}
	return out
}

// TestHour renders an hour by clocks that are 300 ppm off, which is a second in
// the end.
func TestHour(t *testing.T) {
	for _, r := range []struct {
		mode  string
		scene func() scene
	}{
		{ModeCopy, func() scene { return looped(1, hour, 300) }},
		{ModeEncode, func() scene { return mostlyQuiet(looped(1, hour, -300)) }},
	} {
		t.Run(r.mode, func(t *testing.T) {
			t.Parallel()
			member := r.scene()
			c := newCall(hour*time.Minute+2*time.Second, member, nil)
			began := time.Now()
			out, err := c.renderAs(t, r.mode, 2*time.Minute, quick)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%.0f times real time", c.length.Seconds()/time.Since(began).Seconds())
			// The clicks of the last two minutes tell about all before.
			late := member[len(member)-len(member)/30:]
			mustClick(t, "member", lastMinutes(t, out, c.length), shifted(late.clicks(), samples(c.length-3*time.Minute)))
		})
	}
}

// lastMinutes decodes the last three minutes of the member's voice.
func lastMinutes(t *testing.T, out *output, length time.Duration) []int16 {
	t.Helper()
	packets := packetsOf(t, out.files[0].Bytes())
	from := int(samples(length-3*time.Minute)+opus.Lookahead48k) / frame
	dec, err := opus.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	var pcm []int16
	buf := make([]int16, opus.MaxPacketSamples48k)
	for _, p := range packets[from:] {
		n, err := dec.Decode(p, buf)
		if err != nil {
			t.Fatal(err)
		}
		pcm = append(pcm, buf[:n]...)
	}
	return pcm[int(samples(length-3*time.Minute)+opus.Lookahead48k)%frame:]
}

// shifted moves places to an origin.
func shifted(places []int64, origin int64) (out []int64) {
	for _, p := range places {
		out = append(out, p-origin)
	}
	return out
}

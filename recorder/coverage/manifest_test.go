package coverage

import (
	"encoding/json"
	"testing"
	"time"

	"parley/recorder/manifest"
)

func encode(t testing.TB, body any) json.RawMessage {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestOfAManifest: what a manifest says is what is checked.
func TestOfAManifest(t *testing.T) {
	c := newBook(t).call("DE", "DE").yes().open().stop()
	m := manifest.Manifest{Call: c.id, Started: c.claim.Started}
	for _, s := range c.claim.Spans {
		m.Spans = append(m.Spans, manifest.Span{
			OpenMs: float64(s.Open / time.Millisecond), CloseMs: float64(s.Close / time.Millisecond), Proof: s.Proof,
		})
	}
	c.claim = Of(m, c.people[0], c.people[1])
	wantReasons(t, c.check(), "")
	m.Layout.TotalSamples = 3600 * 48000
	c.claim = Of(m, c.people[0], c.people[1])
	wantReasons(t, c.check(), "-1 longer")
	m.Layout.TotalSamples = 0
	m.Spans[0].CloseMs += 60_000
	c.claim = Of(m, c.people[0], c.people[1])
	wantReasons(t, c.check(), "0 longer")
}

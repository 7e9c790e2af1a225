package crash

import (
	"context"
	"strings"
	"testing"
)

// TestTwoProcessesOneFolder: the second server says why it does not start, and
// the first one is not disturbed.
func TestTwoProcessesOneFolder(t *testing.T) {
	dir := t.TempDir()
	first := start(t, dir)
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	out, err := command(ctx, dir).CombinedOutput()
	if err == nil {
		t.Fatalf("a second server on %s: got success, want a refusal\n%s", dir, out)
	}
	want := "another parley is running on " + dir
	if got := string(out); !strings.Contains(got, want) {
		t.Errorf("a second server says: got %q, want a sentence with %q", got, want)
	}
	first.recordings(t.Context(), t)
	first.kill(t)
	start(t, dir).stop(t) // a kill leaves no lock behind
}

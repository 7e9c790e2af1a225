package crash

import (
	"context"
	"os/exec"
	"strings"
	"testing"
)

// proved holds that a kill costs no proof: the ledger is whole, and consent covers
// all of every recording that was finished from its journal.
func proved(ctx context.Context, t *testing.T, dir string, byCall map[string][]entry) {
	t.Helper()
	commands := [][]string{{"ledger", "verify"}}
	for _, entries := range byCall {
		for _, e := range entries {
			if e.State == "stored" {
				commands = append(commands, []string{"recording", "verify", e.ID})
			}
		}
	}
	for _, args := range commands {
		out, err := exec.CommandContext(ctx, bin, append(args, "--data", dir)...).CombinedOutput()
		if err != nil {
			t.Errorf("parley %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

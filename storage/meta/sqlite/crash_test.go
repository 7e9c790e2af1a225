package sqlite

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
)

// crashPath, if set, makes the test's program append to the database there until
// it is killed.
const crashPath = "PARLEY_TEST_CRASH_DATABASE"

// TestAppendUntilKilled is the other process of
// [TestWhatWasAcknowledgedSurvivesAKill]; by itself it does nothing.
func TestAppendUntilKilled(t *testing.T) {
	path := os.Getenv(crashPath)
	if path == "" {
		return
	}
	store := openStore(t, path)
	for {
		entry, err := store.AppendChain(t.Context(), "consent", "answer", "call", "person", nil, noon)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("\n%d\n", entry.Seq)
	}
}

func TestWhatWasAcknowledgedSurvivesAKill(t *testing.T) {
	path := databasePath(t)
	var acknowledged uint64
	for round := range 3 {
		acknowledged = appendAndKill(t, path, acknowledged+20)
		store := openStore(t, path)
		if err := store.VerifyChain(t.Context(), "consent"); err != nil {
			t.Fatalf("round %d: VerifyChain: got %v, want a whole chain", round, err)
		}
		if entries, err := store.ChainEntries(t.Context(), "consent", "", acknowledged-1, 1); err != nil || len(entries) != 1 {
			t.Errorf("round %d: entry %d, acknowledged before the kill: got %v and %v, want it there", round, acknowledged, entries, err)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// appendAndKill lets another process append until it has acknowledged an entry,
// kills it, and returns the last number that it acknowledged.
func appendAndKill(t *testing.T, path string, until uint64) uint64 {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestAppendUntilKilled$")
	cmd.Env = append(os.Environ(), crashPath+"="+path)
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var last uint64
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		seq, err := strconv.ParseUint(lines.Text(), 10, 64)
		if err != nil {
			continue // what the test program says itself
		}
		if last = seq; last == until {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	// That it was killed is no news.
	_ = cmd.Wait()
	if last < until {
		t.Fatalf("entries acknowledged by the other process: got %d, want at least %d", last, until)
	}
	return last
}

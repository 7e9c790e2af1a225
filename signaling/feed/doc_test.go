package feed_test

import (
	"os"
	"strings"
	"testing"

	"parley/storage/meta"
)

func TestEveryTypeIsDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range meta.EventTypes() {
		if !strings.Contains(string(doc), "\n| `"+string(kind)+"` |") {
			t.Errorf("docs/protocol.md does not say when %s happens", kind)
		}
	}
}

package envelope_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"parley/storage/envelope"
	"parley/storage/id"
)

// TestStanzasAreAsDocumented: their sizes and names, kind by kind.
func TestStanzasAreAsDocumented(t *testing.T) {
	doc := string(must[[]byte](t)(os.ReadFile("../../docs/format.md")))
	stanza := map[string]string{
		envelope.KindX25519: "X25519", envelope.KindHybrid: "mlkem768x25519", envelope.KindP256: "p256tag", envelope.KindRSA: "parley.rsa-oaep/v1",
	}
	for _, kind := range kinds {
		k := freshKey(t, kind)
		sealed := newKey(t, master(t, k), newBinding(id.PartCall)).Envelope
		begin := "age-encryption.org/v1\n-> parley.master/v1 " + k.Recipient().ID() + "\n\n-> " + stanza[kind] + " "
		if !bytes.HasPrefix(sealed, []byte(begin)) {
			t.Errorf("%s: begins with %q, want %q", kind, sealed[:len(begin)], begin)
			continue
		}
		from := len(begin) - len("-> "+stanza[kind]+" ")
		size := bytes.Index(sealed[from:], []byte("\n--- ")) + 1
		row := fmt.Sprintf("| %s", spaced(size))
		rows := 0
		for line := range strings.Lines(doc) {
			if strings.HasPrefix(line, "| "+kind) && strings.Contains(line, row) {
				rows++
			}
		}
		if rows != 1 {
			t.Errorf("docs/format.md: %d rows of %s say that its stanza has %s bytes, want one", rows, kind, spaced(size))
		}
	}
}

// spaced writes a number as the documents do.
func spaced(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d %03d", n/1000, n%1000)
}

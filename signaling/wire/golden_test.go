package wire

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

const goldenFolder = "testdata/server"

// indent makes a golden file readable; a client does not care for white space.
func indent(t testing.TB, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, data, "", "  "); err != nil {
		t.Fatalf("encoded message is not JSON: %v\n%s", err, data)
	}
	out.WriteByte('\n')
	return out.Bytes()
}

func TestServerMessagesGolden(t *testing.T) {
	for name, m := range fixtures() {
		t.Run(name, func(t *testing.T) {
			data, err := Encode(m)
			if err != nil {
				t.Fatal(err)
			}
			got := indent(t, data)
			file := filepath.Join(goldenFolder, name+".json")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s: got:\n%s\nwant:\n%s", file, got, want)
			}
			back, err := DecodeServer(want)
			if err != nil {
				t.Fatalf("decode %s: %v", file, err)
			}
			if !reflect.DeepEqual(back, m) {
				t.Errorf("decode %s: got %+v, want %+v", file, back, m)
			}
		})
	}
}

// TestNoStrayGoldenFiles keeps the client from testing against messages that
// no server sends any more.
func TestNoStrayGoldenFiles(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(goldenFolder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	known := fixtures()
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		if known[name] == nil {
			t.Errorf("%s belongs to no fixture", f)
		}
	}
	if len(files) != len(known) {
		t.Errorf("golden files: got %d, want %d", len(files), len(known))
	}
}

func TestFixturesCoverEveryServerType(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range fixtures() {
		seen[m.serverType()] = true
	}
	for _, kind := range serverTypes() {
		if !seen[kind] {
			t.Errorf("no fixture of type %s", kind)
		}
	}
}

// serverTypes are the types that a client must know.
func serverTypes() []string {
	return []string{"welcome", "directory", "directory.changed", "presence", "call", "message", "media.offer", "recording.ready", "error"}
}

// TestProtocolPageNamesEveryType: a stale page is worse than none.
func TestProtocolPageNamesEveryType(t *testing.T) {
	page, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	kinds := serverTypes()
	for _, m := range clientMessages() {
		kinds = append(kinds, m.clientType())
	}
	for _, kind := range kinds {
		if !bytes.Contains(page, []byte("| `"+kind+"` |")) {
			t.Errorf("docs/protocol.md has no row for `%s`", kind)
		}
	}
}

package tree

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

type goPackage struct {
	ImportPath string
	Doc        string
	GoFiles    []string
	Imports    []string
	Deps       []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Doc,GoFiles,Imports,Deps", "parley/...")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var list []goPackage
	for d := json.NewDecoder(out); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if len(list) < 30 {
		t.Fatalf("go list found %d packages: it did not see the tree", len(list))
	}
	return list
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && len(p.Doc) < 40 {
			t.Errorf("%s: its package comment is %q, want a sentence that says what it is for", p.ImportPath, p.Doc)
		}
	}
}

// forbidden lists what a package, by prefix, must not depend on, directly or
// not, and why.
var forbidden = []struct{ from, to, why string }{
	{"parley/media", "parley/signaling", "media moves packets and knows no calls"},
	{"parley/media", "parley/recorder", "media does not know that recording exists"},
	{"parley/media", "parley/storage", "media keeps nothing"},
	{"parley/recorder", "parley/signaling", "the recorder knows nothing of HTTP or of how a call is signalled"},
	{"parley/recorder", "parley/media/peer", "the recorder takes packets from any transport"},
	{"parley/recorder", "parley/media/bridge", "the recorder is a tap and does not know what it taps"},
	{"parley/storage", "parley/recorder", "storage knows nothing of calls"},
	{"parley/storage", "parley/signaling", "storage knows nothing of calls"},
	{"parley/storage", "parley/media", "storage knows nothing of calls"},
	{"parley/storage/meta", "parley/storage/blob", "metadata and objects are apart"},
	{"parley/storage/meta/sqlmeta", "modernc.org/sqlite", "what all databases share imports no driver"},
	{"parley/storage/meta/sqlmeta", "github.com/jackc/pgx", "what all databases share imports no driver"},
	{"parley/storage/envelope", "parley/storage/meta", "what is sealed does not know where it is kept"},
	{"parley/storage/envelope", "parley/storage/hsm", "keys in devices come in through interfaces of the standard library"},
	{"parley/storage/envelope", "parley/storage/transit", "keys in servers come in through interfaces of the standard library"},
	{"parley/storage/chain", "parley/storage/meta", "links and their check are pure"},
	{"parley/recorder/consent", "parley/storage/meta", "consent is decided and described, and kept elsewhere"},
	{"parley/signaling/session", "github.com/pion", "the call's state machine is pure"},
	{"parley/signaling/wire", "github.com/pion", "the protocol is data"},
	{"parley/media/ogg", "github.com/hraban/opus", "Ogg is pure Go; only media/opus is not"},
}

func TestDirections(t *testing.T) {
	for _, p := range packages(t) {
		for _, rule := range forbidden {
			if !within(p.ImportPath, rule.from) {
				continue
			}
			for _, dep := range p.Deps {
				if within(dep, rule.to) {
					t.Errorf("%s depends on %s: %s", p.ImportPath, dep, rule.why)
				}
			}
		}
	}
}

func within(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

// TestThirdPartyStaysInItsPackage: what wraps a library keeps its types inside.
func TestThirdPartyStaysInItsPackage(t *testing.T) {
	only := map[string][]string{
		"github.com/pion/turn":       {"parley/media/relay"},
		"github.com/hraban/opus":     {"parley/media/opus"},
		"github.com/minio/minio-go":  {"parley/storage/blob/s3blob"},
		"filippo.io/age":             {"parley/storage/envelope"},
		"filippo.io/hpke":            {"parley/storage/envelope"},
		"github.com/miekg/pkcs11":    {"parley/storage/hsm"},
		"modernc.org/sqlite":         {"parley/storage/meta/sqlite"},
		"github.com/jackc/pgx":       {"parley/storage/meta/postgres", "parley/storage/meta/pgtest"},
		"github.com/prometheus":      {"parley/cmd/internal/metrics"},
		"github.com/golang-jwt/jwt":  {"parley/signaling/auth"},
		"github.com/go-jose/go-jose": {"parley/storage/signing", "parley/signaling/auth", "parley/signaling/staff/stafftest"},
		"github.com/coreos/go-oidc":  {"parley/signaling/staff"},
		"golang.org/x/oauth2":        {"parley/signaling/staff"},
		"golang.org/x/time":          {"parley/signaling/limit"},
		"github.com/caddyserver":     {"parley/cmd/internal/certs"},
		"github.com/mholt/acmez":     {"parley/cmd/internal/certs"},
		"go.uber.org/zap":            {"parley/cmd/internal/certs"},
		"github.com/coder/websocket": {"parley/signaling/ws", "parley/cmd/internal/softphone"},
	}
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			for library, allowed := range only {
				if within(imported, library) && !contains(allowed, p.ImportPath) {
					t.Errorf("%s imports %s: only %v may", p.ImportPath, imported, allowed)
				}
			}
		}
	}
}

func contains(list []string, path string) bool {
	for _, l := range list {
		if within(path, l) {
			return true
		}
	}
	return false
}

// TestConsentIsPure: the judge imports only those parts of the standard library
// that are listed here: none of them tells the time, draws lots or does I/O.
func TestConsentIsPure(t *testing.T) {
	for _, p := range packages(t) {
		if p.ImportPath != "parley/recorder/consent" {
			continue
		}
		for _, imported := range p.Imports {
			if !slices.Contains([]string{"cmp", "errors", "fmt", "maps", "slices", "strings"}, imported) {
				t.Errorf("the judge imports %s", imported)
			}
		}
	}
}

package envelope

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"filippo.io/age"

	"parley/storage/id"
)

const testRecording = id.RecordingID("rec_06eeodtmfdrkv5a2jj98bvamj4")

func testNote(t testing.TB) note {
	t.Helper()
	private, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return note{binding: Binding{Recording: testRecording, Part: id.PartMember}, private: private}
}

func TestNoteIsParsedBack(t *testing.T) {
	for _, part := range id.Parts() {
		want := testNote(t)
		want.binding.Part = part
		got, err := parseNote(want.encode())
		if err != nil || got.binding != want.binding || got.private.String() != want.private.String() {
			t.Errorf("parseNote of an encoded note: got %+v and %v, want %+v", got.binding, err, want.binding)
		}
	}
}

func TestNoteIsAsDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/format.md")
	if err != nil {
		t.Fatal(err)
	}
	n := testNote(t)
	shown, secret, found := bytes.Cut(n.encode(), []byte("AGE-SECRET-KEY-1"))
	if !found || len(secret) != 58+1 {
		t.Errorf("length of the key's line: got %d characters after its beginning, want 58 and a line feed", len(secret))
	}
	example := "```\n" + string(shown) + "AGE-SECRET-KEY-1…\n```"
	if !strings.Contains(string(doc), example) {
		t.Errorf("docs/format.md: got no example\n%s", example)
	}
	for i, want := range []int{22, 44, 15, 75} {
		if got := len(strings.Split(string(n.encode()), "\n")[i]) + 1; got != want {
			t.Errorf("length of line %d: got %d, want %d as docs/format.md says", i+1, got, want)
		}
	}
	if example := "```\n" + secretHeader("api-key") + "```"; !strings.Contains(string(doc), example) {
		t.Errorf("docs/format.md: got no example\n%s", example)
	}
}

func TestParseNoteRefuses(t *testing.T) {
	good := string(testNote(t).encode())
	replace := func(old, with string) string { return strings.Replace(good, old, with, 1) }
	cases := map[string]string{
		"empty":               "",
		"no line end":         strings.TrimSuffix(good, "\n"),
		"other line ends":     strings.ReplaceAll(good, "\n", "\r\n"),
		"line before":         "\n" + good,
		"line after":          good + "\n",
		"second key":          good + good,
		"newer version":       replace("v1", "v2"),
		"no recording":        replace("# recording: "+string(testRecording)+"\n", ""),
		"bad recording":       replace("rec_", "call_"),
		"unknown part":        replace("part: member", "part: both"),
		"part with a space":   replace("part: member", "part: member "),
		"order":               replace("# recording: "+string(testRecording)+"\n# part: member\n", "# part: member\n# recording: "+string(testRecording)+"\n"),
		"key in lower case":   replace("AGE-SECRET-KEY-1", "age-secret-key-1"),
		"key of another sort": replace("AGE-SECRET-KEY-1", "AGE-SECRET-KEY-PQ-1"),
		"too long":            good + strings.Repeat("#", maxNoteLen),
	}
	for name, text := range cases {
		if _, err := parseNote([]byte(text)); !errors.Is(err, ErrFormat) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: got %v, want ErrFormat without the secret", name, err)
		}
	}
}

func FuzzParseNote(f *testing.F) {
	f.Add(testNote(f).encode())
	f.Add([]byte("# parley-envelope: v1\n# recording: rec_\n# part: call\nAGE-SECRET-KEY-1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		n, err := parseNote(text)
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Errorf("parseNote: got %v, want ErrFormat", err)
			}
			return
		}
		if again := n.encode(); !bytes.Equal(again, text) {
			t.Errorf("parse and encode: got %d bytes, want the %d of the input", len(again), len(text))
		}
	})
}

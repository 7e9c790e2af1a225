package envelope

import (
	"fmt"
	"strings"

	"filippo.io/age"

	"parley/storage/id"
)

// note is the plaintext of a key envelope: an identity file, as age-keygen
// writes it, with comments that bind it. docs/format.md has it line by line.
type note struct {
	binding Binding
	private *age.X25519Identity
}

const (
	noteVersion   = "# parley-envelope: v1"
	noteRecording = "# recording: "
	notePart      = "# part: "
	noteLines     = 4
	// maxNoteLen is far above the length of any note (about 200 bytes), and
	// bounds what a forged envelope makes us read.
	maxNoteLen = 1024
)

func (n note) encode() []byte {
	return fmt.Appendf(nil, "%s\n%s%s\n%s%s\n%s\n",
		noteVersion, noteRecording, n.binding.Recording, notePart, n.binding.Part, n.private)
}

// parseNote accepts exactly what encode returns. Its errors match [ErrFormat]
// and hold nothing of the secret.
func parseNote(text []byte) (note, error) {
	if len(text) > maxNoteLen {
		return note{}, fmt.Errorf("%w: a key envelope holds more than %d bytes", ErrFormat, maxNoteLen)
	}
	body, ended := strings.CutSuffix(string(text), "\n")
	lines := strings.Split(body, "\n")
	if !ended || len(lines) != noteLines || lines[0] != noteVersion {
		return note{}, fmt.Errorf("%w: a key envelope does not hold %d lines that begin with %q", ErrFormat, noteLines, noteVersion)
	}
	recording, hasRecording := strings.CutPrefix(lines[1], noteRecording)
	part, hasPart := strings.CutPrefix(lines[2], notePart)
	if !hasRecording || !hasPart {
		return note{}, fmt.Errorf("%w: a key envelope does not say what it is for", ErrFormat)
	}
	n := note{binding: Binding{Recording: id.RecordingID(recording), Part: part}}
	if err := n.binding.validate(); err != nil {
		return note{}, err
	}
	var err error
	n.private, err = parsePrivate(lines[3])
	return n, err
}

// parsePrivate returns the private key that line holds in age's own form, and no
// word of it in an error.
func parsePrivate(line string) (*age.X25519Identity, error) {
	private, err := age.ParseX25519Identity(line)
	if err != nil || private.String() != line {
		return nil, fmt.Errorf("%w: not an X25519 age identity", ErrFormat)
	}
	return private, nil
}

// matches tells whether the note was written for want.
func (n note) matches(want Binding) error {
	if n.binding == want {
		return nil
	}
	return fmt.Errorf("%w: the key envelope is for %s of %s, want %s of %s", ErrBinding,
		n.binding.Part, n.binding.Recording, want.Part, want.Recording)
}

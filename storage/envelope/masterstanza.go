package envelope

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"filippo.io/age"
)

// masterStanza is the type of a stanza that opens nothing: its arguments are the
// ids of the master keys that the file is sealed to, in ascending order. Readers
// of age pass over stanzas whose type they do not know (C2SP age.md).
const masterStanza = "parley.master/v1"

// masterRecipients seals to all of several master keys.
//
// It tells age nothing of labels, so it mixes post-quantum recipients with
// classic ones, which age by itself refuses: a file is as strong as its weakest
// recipient. It must be so here while one kind replaces the other, or where a
// device has only the one; two files side by side would be as weak.
type masterRecipients []MasterRecipient

// Wrap implements [age.Recipient].
func (rs masterRecipients) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	stanzas := []*age.Stanza{{Type: masterStanza, Args: rs.ids()}}
	for _, r := range rs {
		wrapped, err := r.wrap.Wrap(fileKey)
		if err != nil {
			return nil, err
		}
		stanzas = append(stanzas, wrapped...)
	}
	return stanzas, nil
}

// ids returns the sorted ids.
func (rs masterRecipients) ids() []string {
	var ids []string
	for _, r := range rs {
		ids = append(ids, r.ID())
	}
	slices.Sort(ids)
	return ids
}

// masterIdentity opens what was sealed to any of several master keys.
type masterIdentity struct {
	keys []MasterKey
	// sealedTo are the ids that the file names, nil if it names none.
	sealedTo []string
}

// Unwrap implements [age.Identity]. A key that cannot be reached matters only if
// no other one opens the file.
func (i *masterIdentity) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	for _, s := range stanzas {
		if s.Type == masterStanza {
			i.sealedTo = s.Args
		}
	}
	failed := age.ErrIncorrectIdentity
	for _, k := range i.keys {
		if i.sealedTo != nil && !slices.Contains(i.sealedTo, k.recipient.ID()) {
			continue
		}
		fileKey, err := k.private.Unwrap(stanzas)
		if err == nil {
			return fileKey, nil
		}
		if !errors.Is(err, age.ErrIncorrectIdentity) {
			failed = err
		}
	}
	return nil, failed
}

// maxHeader bounds what is read of a header, in bytes: room for dozens of
// recipients.
const maxHeader = 64 << 10

// SealedTo returns the ids of the master keys that something is sealed to, as it
// says itself: nil if it does not say so, as things that were sealed by earlier
// versions. Only opening it proves it.
func SealedTo(sealed []byte) []string {
	header := sealed[:min(len(sealed), maxHeader)]
	const begin = "age-encryption.org/v1\n-> " + masterStanza + " "
	rest, found := bytes.CutPrefix(header, []byte(begin))
	line, _, ended := bytes.Cut(rest, []byte("\n"))
	if !found || !ended {
		return nil
	}
	return strings.Fields(string(line))
}

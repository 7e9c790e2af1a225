package envelope

import (
	"fmt"
	"strings"
)

// opensOnly is the line before an identity of a master key file to which nothing
// new is sealed. To the age command it is a comment.
const opensOnly = "# parley: opens only"

// ParseMasterKeys returns the keys that a master key file's text holds, as
// [ParseMaster] describes it, at least one.
func ParseMasterKeys(text string) (MasterKeys, error) {
	var keys MasterKeys
	marked := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == opensOnly {
			marked = true
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, err := ParseMasterKey(line)
		if err != nil {
			return nil, fmt.Errorf("read master key: %w", err)
		}
		key.opensOnly, marked = marked, false
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("read master key: %w: no identity in it", ErrFormat)
	}
	return keys, nil
}

const masterHeading = "# Parley master key. Whoever has this file can open every recording, and without it nobody can.\n"

// identityText is a private half as it stands in a master key file.
func identityText(private string) (string, error) {
	key, err := ParseMasterKey(private)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("# public key: %s\n%s\n", key.recipient, private), nil
}

// changeIdentity calls change with the lines of one key of a file's text, its
// comment and mark included, and puts what it returns in their place.
func changeIdentity(text, id string, change func(private string) string) (changed string, found bool) {
	var out, pending strings.Builder
	for line := range strings.Lines(text) {
		bare := strings.TrimSpace(line)
		if bare == "" || strings.HasPrefix(bare, "#") {
			if !strings.HasPrefix(bare, "# public key: ") && bare != opensOnly {
				out.WriteString(pending.String())
				pending.Reset()
				out.WriteString(line)
				continue
			}
			pending.WriteString(line)
			continue
		}
		key, err := ParseMasterKey(bare)
		if err == nil && key.recipient.ID() == id {
			out.WriteString(change(bare))
			found = true
		} else {
			out.WriteString(pending.String())
			out.WriteString(line)
		}
		pending.Reset()
	}
	return out.String() + pending.String(), found
}

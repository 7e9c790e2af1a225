package envelope

import (
	"bytes"
	"fmt"
	"strings"
)

const (
	secretVersion = "# parley-secret: v1\n"
	secretName    = "# name: "
	// MaxSecretLen is the greatest length of a server secret in bytes.
	MaxSecretLen = 64 << 10
	// MaxSecretNameLen is the greatest length of a secret's name in bytes.
	MaxSecretNameLen = 128
	// maxSecretPlain is the greatest length of what is sealed of a secret.
	maxSecretPlain = int64(len(secretVersion) + len(secretName) + MaxSecretNameLen + 1 + MaxSecretLen)
)

// SealSecret seals a small secret of the server, such as an API key, to the
// master key, and binds it to its name: 1 to [MaxSecretNameLen] bytes without a
// line break. The secret has at most [MaxSecretLen] bytes, of any kind.
func (m *Master) SealSecret(name string, secret []byte) ([]byte, error) {
	if name == "" || len(name) > MaxSecretNameLen || strings.ContainsAny(name, "\r\n") {
		return nil, fmt.Errorf("seal secret: %w: its name is empty, too long or broken into lines", ErrFormat)
	}
	if len(secret) > MaxSecretLen {
		return nil, fmt.Errorf("seal secret %s: %w: it has %d bytes, want at most %d", name, ErrFormat, len(secret), MaxSecretLen)
	}
	recipients, err := m.recipients()
	if err != nil {
		return nil, fmt.Errorf("seal secret %s: %w", name, err)
	}
	plain := append([]byte(secretHeader(name)), secret...)
	sealed, err := sealTo(ageRecipients(recipients), plain)
	if err != nil {
		return nil, fmt.Errorf("seal secret %s: %w", name, err)
	}
	return sealed, nil
}

// OpenSecret returns the secret that was sealed under name. Errors match
// [ErrNoMatchingKey], [ErrCorrupt], [ErrFormat], or [ErrBinding] if it was sealed
// under another name.
func (m *Master) OpenSecret(name string, sealed []byte) ([]byte, error) {
	plain, err := m.open(sealed, maxSecretPlain)
	if err != nil {
		return nil, fmt.Errorf("open secret %s: %w", name, err)
	}
	if !bytes.HasPrefix(plain, []byte(secretVersion+secretName)) || int64(len(plain)) > maxSecretPlain {
		return nil, fmt.Errorf("open secret %s: %w", name, ErrFormat)
	}
	secret, found := bytes.CutPrefix(plain, []byte(secretHeader(name)))
	if !found {
		return nil, fmt.Errorf("open secret %s: %w", name, ErrBinding)
	}
	return secret, nil
}

// secretHeader is what stands before a secret. It ends with the name's line, so
// no name is the beginning of another one.
func secretHeader(name string) string { return secretVersion + secretName + name + "\n" }

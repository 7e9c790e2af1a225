package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// secretPrefix marks a secret's text.
const secretPrefix = "whsec_"

// Bounds of a secret in bytes, from the specification.
const (
	minSecret = 24
	maxSecret = 64
)

// ErrSecret: a text is no secret for signing.
var ErrSecret = errors.New("webhook: a secret is whsec_ and the base64 of 24 to 64 bytes")

// NewSecret makes a secret and returns its text.
func NewSecret() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // crypto/rand never fails (Go 1.24)
	return secretPrefix + base64.StdEncoding.EncodeToString(raw)
}

// ParseSecret returns the bytes of a secret's text, or ErrSecret.
func ParseSecret(text string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(text, secretPrefix)
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(raw) < minSecret || len(raw) > maxSecret {
		return nil, ErrSecret
	}
	return raw, nil
}

// sign returns the webhook-signature of a delivery.
func sign(secret []byte, eventID string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(eventID + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

package client

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Faults of a delivery.
var (
	// ErrSignature: it is not from the server, or was altered on its way.
	ErrSignature = errors.New("client: the delivery is not signed with this secret")
	// ErrStale: it was sent too long ago, and may be an old one sent again by somebody else.
	ErrStale = errors.New("client: the delivery is too old, or of a clock that is off")
)

const (
	secretPrefix = "whsec_"
	// staleAfter is by how much a delivery may be older or newer than now.
	staleAfter = 5 * time.Minute
	maxEvent   = 1 << 20
)

// Receiver takes webhooks, as Standard Webhooks 1.0 has them.
type Receiver struct {
	// Secrets are those that may have signed; while one is changed there are two.
	Secrets []string
	// Now is time.Now where it is nil.
	Now func() time.Time
}

// Read returns the event that a request delivers, once it is sure who sent it: else
// ErrSignature or ErrStale, and the answer should be 401. An event can come twice:
// its ID is the same.
func (r Receiver) Read(request *http.Request) (Event, error) {
	body, err := io.ReadAll(io.LimitReader(request.Body, maxEvent+1))
	switch {
	case err != nil:
		return Event{}, fmt.Errorf("read a delivery: %w", err)
	case len(body) > maxEvent:
		return Event{}, fmt.Errorf("read a delivery: it is longer than %d bytes", maxEvent)
	}
	if err := r.Verify(request.Header, body); err != nil {
		return Event{}, err
	}
	var e Event
	if err := json.Unmarshal(body, &e); err != nil {
		return Event{}, fmt.Errorf("read a delivery: %w", err)
	}
	return e, nil
}

// Verify tells who wants to read the body otherwise whether it was signed, and lately.
func (r Receiver) Verify(header http.Header, body []byte) error {
	id, stamp := header.Get("Webhook-Id"), header.Get("Webhook-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if id == "" || err != nil {
		return ErrSignature
	}
	signed := false
	for _, secret := range r.Secrets {
		want, err := signature(secret, id+"."+stamp+".", body)
		if err != nil {
			return err
		}
		for one := range strings.FieldsSeq(header.Get("Webhook-Signature")) {
			signed = hmac.Equal([]byte(one), []byte(want)) || signed
		}
	}
	if !signed {
		return ErrSignature
	}
	now := time.Now
	if r.Now != nil {
		now = r.Now
	}
	if at := time.Unix(seconds, 0); now().Sub(at).Abs() > staleAfter {
		return ErrStale
	}
	return nil
}

func signature(secret, before string, body []byte) (string, error) {
	encoded, ok := strings.CutPrefix(secret, secretPrefix)
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(raw) == 0 {
		return "", errors.New("client: a secret of a webhook is whsec_ and base64")
	}
	mac := hmac.New(sha256.New, raw)
	_, _ = mac.Write([]byte(before)) // a hash never fails
	_, _ = mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

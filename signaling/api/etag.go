package api

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

// etag is the strong validator of a body (RFC 9110 section 8.8.3).
func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
}

// has tells whether a client has what a validator stands for already, by its
// If-None-Match (RFC 9110 section 13.1.2), which compares weakly.
func has(ifNoneMatch, validator string) bool {
	for one := range strings.SplitSeq(ifNoneMatch, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == "*" || one == validator {
			return true
		}
	}
	return false
}

// unchanged marks an answer to a reading request with its validator, unless it has one
// of its own, and answers it if that is all that the client needs.
func unchanged(w http.ResponseWriter, body []byte) bool {
	a, ok := w.(*answer)
	if !ok || !a.reads {
		return false
	}
	validator := w.Header().Get("ETag")
	if validator == "" {
		validator = etag(body)
		w.Header().Set("ETag", validator)
	}
	if !has(a.ifNoneMatch, validator) {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

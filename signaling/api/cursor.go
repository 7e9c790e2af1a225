package api

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"

	"parley/signaling/auth"
	"parley/signaling/feed"
)

const (
	cursorMACBytes = 16
	// maxCursor bounds what is read as a cursor: the longest holds the ids of two people.
	maxCursor = 2048
)

// newCursorKey makes a key for cursors that end with the process.
func newCursorKey() []byte {
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // crypto/rand never fails (Go 1.24)
	return key
}

// list is one list as one caller reads it. Its cursors say where a page ended; they are
// good for that list, that person in that role, and as they were given.
type list struct {
	key  []byte
	name []string
}

// listOf is the list that a request reads; more names what else tells it from others
// of the same path, such as a filter.
func (s *Server) listOf(r *http.Request, who auth.Identity, more ...string) list {
	return list{key: s.cfg.CursorKey, name: append([]string{r.URL.Path, string(who.Role), string(who.Person)}, more...)}
}

// next is the cursor of a page that ends at a place; empty for no place: it is the last.
func (l list) next(place string) string {
	if place == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(append(l.mac(place), place...))
}

// place is where the page of a cursor ended; empty for no cursor. Every text that next
// has not made for this list is feed.ErrCursor.
func (l list) place(cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	if len(cursor) > maxCursor {
		return "", feed.ErrCursor
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) <= cursorMACBytes {
		return "", feed.ErrCursor
	}
	place := string(raw[cursorMACBytes:])
	// next again, for decoders of base64 pass over line ends.
	if !hmac.Equal([]byte(l.next(place)), []byte(cursor)) {
		return "", feed.ErrCursor
	}
	return place, nil
}

func (l list) mac(place string) []byte {
	var text []byte
	for _, part := range append(l.name[:len(l.name):len(l.name)], place) {
		text = append(binary.AppendUvarint(text, uint64(len(part))), part...)
	}
	mac := hmac.New(sha256.New, l.key)
	_, _ = mac.Write(text) // a hash never fails
	return mac.Sum(nil)[:cursorMACBytes]
}

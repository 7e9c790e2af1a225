package audit

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"parley/storage/chain"
	"parley/storage/id"
	"parley/storage/meta"
)

// Chain is the name of the hash chain.
const Chain = "audit"

// Kinds of entries that tell of an access.
const (
	KindPlay   = "play.start"
	KindExport = "export"
	KindCopy   = "copy"
	// KindDisclosure is a disclosure to an authority. The people who spoke are not told
	// of one that is confidential.
	KindDisclosure = "disclosure.bundle"
)

// Access is one access to a recording as the people who spoke may see it: never by
// whom.
type Access struct {
	At time.Time `json:"at"`
	// What is play, export, copy or disclosure.
	What string `json:"what"`
	Role string `json:"role"`
	// Reason is the class of the reason, without the note to it.
	Reason string `json:"reason"`
	// You tells that it was the reader.
	You bool `json:"you"`
}

// Entries is where the log is read.
type Entries interface {
	ChainEntries(ctx context.Context, name, subject string, after uint64, limit int) ([]chain.Entry, error)
}

// About returns all entries about a subject, such as a recording, oldest first.
func About(ctx context.Context, store Entries, subject string) (all []chain.Entry, err error) {
	for after := uint64(0); ; {
		page, err := store.ChainEntries(ctx, Chain, subject, after, meta.MaxLimit)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < meta.MaxLimit {
			return all, nil
		}
		after = page[len(page)-1].Seq
	}
}

// Accesses returns who listened to a recording, the newest first, as reader may
// see it.
func Accesses(ctx context.Context, store Entries, rec id.RecordingID, reader id.PersonID) ([]Access, error) {
	entries, err := About(ctx, store, string(rec))
	if err != nil {
		return nil, err
	}
	list := []Access{}
	for _, e := range slices.Backward(entries) {
		if a, ok := accessOf(e, reader); ok {
			list = append(list, a)
		}
	}
	return list, nil
}

// kindOf is what an entry of a kind tells of, empty if it is no access to what was
// said.
func kindOf(kind string) string {
	switch kind {
	case KindPlay:
		return "play"
	case KindExport, KindCopy:
		return kind
	case KindDisclosure:
		return "disclosure"
	}
	return ""
}

// accessOf is what an entry tells of an access, if it is one.
func accessOf(e chain.Entry, reader id.PersonID) (Access, bool) {
	what := kindOf(e.Kind)
	var body struct {
		Role, Reason, Case string
		Confidential       bool
	}
	if what == "" || json.Unmarshal(e.Body, &body) != nil || body.Confidential {
		return Access{}, false
	}
	a := Access{At: e.At, What: what, Role: body.Role, You: e.Actor == string(reader)}
	if a.Role == "" {
		a.Role = e.Actor // the operator's command line
	}
	a.Reason, _, _ = strings.Cut(body.Reason, ":")
	if body.Case != "" {
		a.Reason = "Case"
	}
	return a, true
}

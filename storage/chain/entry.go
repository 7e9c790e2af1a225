package chain

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// Entry is one line of a chain.
type Entry struct {
	// Seq counts the chain's entries, from 1.
	Seq uint64 `json:"seq"`
	// At is when it was appended, in UTC, to the microsecond.
	At time.Time `json:"at"`
	// Chain is the name of the chain, such as "consent" or "access".
	Chain string `json:"chain"`
	// Kind is what happened, in the words of the chain's owner.
	Kind string `json:"kind"`
	// Subject is the opaque id of what it happened to, such as a recording's.
	Subject string `json:"subject"`
	// Actor is the opaque id of who did it; empty for the server itself.
	Actor string `json:"actor"`
	// Body is a JSON value with what else is to be known.
	Body json.RawMessage `json:"body"`
	// Prev is the Hash of the entry before, and [Genesis] in the first one.
	Prev string `json:"prev"`
	// Hash is over all the fields above, in the layout that the package
	// documents.
	Hash string `json:"hash"`
}

// Genesis stands for the hash of the entry before the first one.
const Genesis = "0000000000000000000000000000000000000000000000000000000000000000"

// ErrInvalid is matched when an entry cannot be linked.
var ErrInvalid = errors.New("invalid chain entry")

// Link returns next as the entry after prev: with Seq, Prev and Hash set, At in
// UTC and cut to the microsecond, and Body in the form in which encoding/json
// writes it (no space between tokens, the characters <, >, & and the line
// separators escaped; "null" if it is empty), so that an entry comes unchanged
// through a JSON file. prev is the zero Entry if next is the first of its chain.
//
// Errors match [ErrInvalid]: next has no Chain, Kind or At, a text is not valid
// UTF-8, the body is not JSON, or prev is of another chain.
func Link(prev, next Entry) (Entry, error) {
	if err := next.validate(); err != nil {
		return Entry{}, err
	}
	if prev.Seq != 0 && prev.Chain != next.Chain {
		return Entry{}, fmt.Errorf("%w: of chain %q, after one of chain %q", ErrInvalid, next.Chain, prev.Chain)
	}
	body, err := canonical(next.Body)
	if err != nil {
		return Entry{}, fmt.Errorf("%w: body: %w", ErrInvalid, err)
	}
	next.Body = body
	next.Seq = prev.Seq + 1
	next.At = time.UnixMicro(next.At.UnixMicro()).UTC()
	next.Prev = prev.Hash
	if prev.Seq == 0 {
		next.Prev = Genesis
	}
	next.Hash, err = next.sum()
	if err != nil {
		return Entry{}, fmt.Errorf("%w: the entry before: %w", ErrInvalid, err)
	}
	return next, nil
}

func (e Entry) validate() error {
	switch {
	case e.Chain == "":
		return fmt.Errorf("%w: no chain", ErrInvalid)
	case e.Kind == "":
		return fmt.Errorf("%w: no kind", ErrInvalid)
	case e.At.IsZero():
		return fmt.Errorf("%w: no time", ErrInvalid)
	}
	for _, text := range []string{e.Chain, e.Kind, e.Subject, e.Actor, string(e.Body)} {
		if !utf8.ValidString(text) {
			return fmt.Errorf("%w: a text is not valid UTF-8", ErrInvalid)
		}
	}
	return nil
}

func canonical(body json.RawMessage) (json.RawMessage, error) {
	if len(body) == 0 {
		body = json.RawMessage("null")
	}
	return json.Marshal(body)
}

package words

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Kind is how a person meets the text.
type Kind string

// The kinds.
const (
	KindQuestion Kind = "question" // an active yes is needed or useful
	KindNotice   Kind = "notice"   // telling is enough; there is a stop button
	KindNone     Kind = "none"     // nothing is asked, the call is not recorded
)

// Source is a rule's source, as the table of rules cites it. Its language is
// that of the table.
type Source struct {
	Place    string `json:"place"` // the place's name
	Citation string `json:"citation"`
	Says     string `json:"says"`
}

// Question is everything one person is shown about recording.
type Question struct {
	Kind     Kind   `json:"kind"`
	Language string `json:"language"` // BCP 47
	Version  string `json:"version"`  // of the wording
	// Asking is what Asked was given; 0: nobody was asked yet.
	Asking int    `json:"asking"`
	Title  string `json:"title"`
	// Body are the first lines, WhatHappens the details behind them.
	Body []string `json:"body"`
	// WhyTitle and DetailsTitle head what is folded away at first: Why and
	// WhatHappens.
	WhyTitle     string   `json:"why_title"`
	DetailsTitle string   `json:"details_title"`
	WhatHappens  []string `json:"what_happens"`
	// Yes is empty for a notice, where No is the label of the stop button.
	Yes string `json:"yes"`
	No  string `json:"no"`
	// Why explains the verdict; Sources are the texts behind it.
	Why     []string `json:"why"`
	Sources []Source `json:"sources"`
	// Hash is the SHA-256 of Canonical in hex.
	Hash string `json:"hash"`
}

// Canonical returns the bytes that Hash is taken over: the JSON encoding of the
// Question with its fields in the order of the type, an empty hash, no white
// space and no HTML escapes.
func (q Question) Canonical() []byte {
	q.Hash = ""
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(q); err != nil {
		// Strings and slices of strings always encode.
		panic(fmt.Sprintf("consent/words: encode question: %v", err))
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}

// Asked is the question as it is put for the nth time, from 1. The number is
// hashed with the words: an answer names the asking that it answers, and one that
// is sent again after a no answers nothing.
func (q Question) Asked(n int) Question {
	q.Asking = n
	return q.sealed()
}

func (q Question) sealed() Question {
	sum := sha256.Sum256(q.Canonical())
	q.Hash = hex.EncodeToString(sum[:])
	return q
}

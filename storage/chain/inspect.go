package chain

import (
	"fmt"
	"iter"
	"time"
)

// FaultKind is what is wrong with an entry.
type FaultKind string

// The kinds of faults.
const (
	Changed   FaultKind = "changed"   // its content is not what its hash was taken over
	Moved     FaultKind = "moved"     // it was linked under another number
	Missing   FaultKind = "missing"   // it is not there
	Replaced  FaultKind = "replaced"  // it has a hash of its own, but is not the entry that others name
	Foreign   FaultKind = "foreign"   // it is of another chain, or a number is there twice
	Truncated FaultKind = "truncated" // it and all after it are missing at the end
	Unsigned  FaultKind = "unsigned"  // a signature on it does not hold
)

// Fault is one entry that is not as it was appended.
type Fault struct {
	// Seq is the entry's number.
	Seq  uint64    `json:"seq"`
	Kind FaultKind `json:"kind"`
	// Detail is what is wrong, for people.
	Detail string `json:"detail"`
}

// ClockStep is an entry that is stamped earlier than the one before it: the clock
// of the server was set back. It is no fault of the chain, whose order stands.
type ClockStep struct {
	Seq uint64 `json:"seq"`
	// By is how far the clock went back, in microseconds.
	By int64 `json:"by_us"`
}

// Inspection is what was found in a chain.
type Inspection struct {
	Entries   uint64      `json:"entries"`
	Last      uint64      `json:"last_seq"`
	Faults    []Fault     `json:"faults"`
	Backwards []ClockStep `json:"clock_went_back"`
}

// maxFound bounds how many faults and clock steps are listed: what comes after is
// of the same kind.
const maxFound = 1000

// Inspect reads all entries of a chain by ascending number and names every one that
// is wrong, where [Verify] stops at the first. visit, which may be nil, sees each
// entry and can add a fault. The error is that of entries. That entries are missing
// at the end shows only against a hash noted elsewhere.
func Inspect(name string, entries iter.Seq2[Entry, error], visit func(Entry) *Fault) (Inspection, error) {
	in := inspector{name: name, found: Inspection{Faults: []Fault{}, Backwards: []ClockStep{}}}
	for entry, err := range entries {
		if err != nil {
			return in.found, fmt.Errorf("read the entry after %d of chain %s: %w", in.prev.Seq, name, err)
		}
		in.add(entry)
		if visit == nil {
			continue
		}
		if f := visit(entry); f != nil {
			in.found.fault(*f)
		}
	}
	return in.found, nil
}

// inspector walks a chain.
type inspector struct {
	name  string
	found Inspection
	prev  Entry
	sound bool // prev is what it was when it was appended, as far as it can be told
}

func (in *inspector) add(e Entry) {
	in.found.Entries++
	next := in.prev.Seq + 1
	follows := e.Seq == next
	if e.Seq > next {
		in.found.fault(Fault{Seq: next, Kind: Missing, Detail: missing(next, e.Seq-1)})
	}
	own := in.own(e)
	if own != nil {
		in.found.fault(*own)
	} else if follows && e.Prev != in.before() && (in.sound || in.prev.Seq == 0) {
		in.found.fault(in.broken(e))
	}
	if in.prev.Seq != 0 && e.At.Before(in.prev.At) && len(in.found.Backwards) < maxFound {
		in.found.Backwards = append(in.found.Backwards, ClockStep{Seq: e.Seq, By: int64(in.prev.At.Sub(e.At) / time.Microsecond)})
	}
	in.prev, in.sound, in.found.Last = e, own == nil, max(in.found.Last, e.Seq)
}

// before is the hash that the next entry must follow.
func (in *inspector) before() string {
	if in.prev.Seq == 0 {
		return Genesis
	}
	return in.prev.Hash
}

// broken says which of two sound entries that do not fit is the wrong one: the
// earlier, since the later names another in its place; for the first it is itself.
func (in *inspector) broken(e Entry) Fault {
	if in.prev.Seq == 0 {
		return Fault{Seq: e.Seq, Kind: Replaced, Detail: "it is not the beginning of a chain"}
	}
	return Fault{Seq: in.prev.Seq, Kind: Replaced, Detail: fmt.Sprintf("entry %d follows another one in its place, with the hash %.16s…", e.Seq, e.Prev)}
}

// own looks for what is wrong with an entry taken by itself.
func (in *inspector) own(e Entry) *Fault {
	switch {
	case e.Chain != in.name:
		return &Fault{Seq: e.Seq, Kind: Foreign, Detail: "it is of chain " + e.Chain}
	case e.Seq <= in.prev.Seq:
		return &Fault{Seq: e.Seq, Kind: Foreign, Detail: fmt.Sprintf("it stands after entry %d", in.prev.Seq)}
	}
	hash, err := e.sum()
	switch {
	case err != nil:
		return &Fault{Seq: e.Seq, Kind: Changed, Detail: "the hash before it: " + err.Error()}
	case hash == e.Hash:
		return nil
	}
	if was, ok := number(e); ok {
		return &Fault{Seq: e.Seq, Kind: Moved, Detail: fmt.Sprintf("it was appended as entry %d", was)}
	}
	return &Fault{Seq: e.Seq, Kind: Changed, Detail: "its content does not have its hash"}
}

// reach bounds the search for the number under which an entry was linked.
const reach = 4096

// number finds the number under which an entry has its hash.
func number(e Entry) (uint64, bool) {
	at := e.Seq
	for n := at - min(at, reach); n <= at+reach; n++ {
		e.Seq = n
		if hash, err := e.sum(); err == nil && hash == e.Hash {
			return n, true
		}
	}
	return 0, false
}

func missing(from, to uint64) string {
	if from == to {
		return "it is missing"
	}
	return fmt.Sprintf("entries %d to %d are missing", from, to)
}

func (found *Inspection) fault(f Fault) {
	if len(found.Faults) < maxFound {
		found.Faults = append(found.Faults, f)
	}
}

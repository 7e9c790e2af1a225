package disclosure

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/bits"
)

// hash is a node of a tree; in JSON it is hex.
type hash [sha256.Size]byte

// MarshalText implements [encoding.TextMarshaler].
func (h hash) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h[:])), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (h *hash) UnmarshalText(text []byte) error {
	raw, err := hex.DecodeString(string(text))
	if err != nil || len(raw) != len(h) {
		return fmt.Errorf("%q is no SHA-256", text)
	}
	copy(h[:], raw)
	return nil
}

// leafHash and nodeHash are those of RFC 6962 section 2.1: a leaf cannot be passed
// off as a node.
func leafHash(data []byte) hash { return sha256.Sum256(append([]byte{0}, data...)) }

func nodeHash(left, right hash) hash {
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

// left is how many of n leaves, more than one, are below the left branch: the
// greatest power of two below n.
func left(n int) int { return 1 << (bits.Len(uint(n-1)) - 1) }

// rootOf is the root over all leaves, of which there is at least one.
func rootOf(leaves []hash) hash {
	if len(leaves) == 1 {
		return leaves[0]
	}
	k := left(len(leaves))
	return nodeHash(rootOf(leaves[:k]), rootOf(leaves[k:]))
}

// shown tells which leaves are disclosed: those before head, and from..to.
type shown struct {
	Head int `json:"head"`
	From int `json:"from"`
	To   int `json:"to"`
}

func (s shown) count() int { return s.Head + s.To - s.From }

// any tells whether a leaf from lo on and below hi is shown.
func (s shown) any(lo, hi int) bool { return lo < s.Head || lo < s.To && hi > s.From }

// in tells whether the numbers can be of a tree of n leaves.
func (s shown) in(n int) bool {
	return 0 <= s.Head && s.Head <= s.From && s.From <= s.To && s.To <= n && n > 0
}

// path is the hashes of the greatest branches with no leaf that is shown, from left to
// right: with the shown leaves they give the root.
func path(leaves []hash, s shown) []hash { return branch(leaves, 0, s) }

func branch(leaves []hash, at int, s shown) []hash {
	switch {
	case !s.any(at, at+len(leaves)):
		return []hash{rootOf(leaves)}
	case len(leaves) == 1:
		return nil
	}
	k := left(len(leaves))
	return append(branch(leaves[:k], at, s), branch(leaves[k:], at+k, s)...)
}

// rebuilt is the root that shown leaves and a path give for a tree of n leaves; false
// if there are too few or too many of either.
func rebuilt(n int, s shown, leaves, rest []hash) (hash, bool) {
	if !s.in(n) || len(leaves) != s.count() {
		return hash{}, false
	}
	b := builder{s, leaves, rest, true}
	root := b.root(0, n)
	return root, b.ok && len(b.leaves) == 0 && len(b.rest) == 0
}

// builder takes hashes as they are needed.
type builder struct {
	s            shown
	leaves, rest []hash
	ok           bool
}

func (b *builder) root(at, n int) hash {
	switch {
	case !b.s.any(at, at+n):
		return b.take(&b.rest)
	case n == 1:
		return b.take(&b.leaves)
	}
	k := left(n)
	l := b.root(at, k)
	return nodeHash(l, b.root(at+k, n-k))
}

func (b *builder) take(from *[]hash) (h hash) {
	if len(*from) == 0 {
		b.ok = false
		return h
	}
	h, *from = (*from)[0], (*from)[1:]
	return h
}

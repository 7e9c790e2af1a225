package disclosure

import (
	"encoding/hex"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func numbered(n int) []hash {
	out := make([]hash, n)
	for i := range out {
		out[i] = leafHash([]byte{byte(i), byte(i >> 8)})
	}
	return out
}

// TestTreeIsThatOfTheStandard holds roots against the test vectors of RFC 6962's
// reference implementation: its leaves are these strings.
func TestTreeIsThatOfTheStandard(t *testing.T) {
	var leaves []hash
	for _, text := range []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"} {
		raw, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, leafHash(raw))
	}
	for n, want := range map[int]string{
		1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	} {
		root := rootOf(leaves[:n])
		if got := hex.EncodeToString(root[:]); got != want {
			t.Errorf("%d leaves: got %s, want %s", n, got, want)
		}
	}
}

// TestAnyStretchIsProven by few hashes, and nothing else is by the same ones.
func TestAnyStretchIsProven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(t, "n")
		head := rapid.IntRange(0, min(2, n)).Draw(t, "head")
		from := rapid.IntRange(head, n).Draw(t, "from")
		to := rapid.IntRange(from, n).Draw(t, "to")
		all, s := numbered(n), shown{head, from, to}
		leaves, rest := slices.Concat(all[:head], all[from:to]), path(all, s)
		if root, ok := rebuilt(n, s, leaves, rest); !ok || root != rootOf(all) {
			t.Fatalf("got %x, %v, want the root", root, ok)
		}
		if len(rest) > 40 {
			t.Errorf("got %d hashes beside the leaves", len(rest))
		}
		if len(leaves) > 0 {
			changed := slices.Clone(leaves)
			changed[rapid.IntRange(0, len(changed)-1).Draw(t, "changed")][0]++
			if root, ok := rebuilt(n, s, changed, rest); ok && root == rootOf(all) {
				t.Error("another leaf is proven")
			}
			if _, ok := rebuilt(n, s, leaves[1:], rest); ok {
				t.Error("a leaf less is proven")
			}
		}
		if _, ok := rebuilt(n, s, leaves, append(rest, hash{})); ok {
			t.Error("a hash more is taken")
		}
	})
}

// TestNonsenseIsNoProof and ends without a panic.
func TestNonsenseIsNoProof(t *testing.T) {
	for _, s := range []shown{{-1, 0, 1}, {0, 2, 1}, {3, 1, 2}, {0, 0, 9}, {1, 0, 0}} {
		if _, ok := rebuilt(4, s, numbered(max(0, s.count())), numbered(4)); ok {
			t.Errorf("%+v of 4 leaves: proven", s)
		}
	}
	if _, ok := rebuilt(0, shown{}, nil, nil); ok {
		t.Error("a tree without leaves: proven")
	}
}

package hub

import (
	"parley/signaling/auth"
	"parley/storage/meta"
)

// signsOf are the signs that the two whose tokens take part in a call are one.
// Addresses are compared by what stands for them, and not kept.
func signsOf(holders [2]auth.Identity) (kinds []string) {
	a, b := holders[0], holders[1]
	if a.Human != "" && a.Human == b.Human {
		kinds = append(kinds, meta.SignSameHuman)
	}
	if a.Address != "" && a.Address == b.Address {
		kinds = append(kinds, meta.SignSameAddress)
	}
	return kinds
}

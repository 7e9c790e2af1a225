package id

import "slices"

// The sealed parts of a recording. Each has a key of its own, so that one can
// be erased or disclosed without the others.
const (
	// PartMember is what belongs to the member's voice.
	PartMember = "member"
	// PartExpert is what belongs to the expert's voice.
	PartExpert = "expert"
	// PartCall is what belongs to the call as a whole, such as the manifest.
	PartCall = "call"
)

// Parts returns the parts that every recording has, in the order in which they
// are listed.
func Parts() []string { return []string{PartMember, PartExpert, PartCall} }

// ValidPart tells whether part is one of [Parts].
func ValidPart(part string) bool { return slices.Contains(Parts(), part) }

// Package suspicion finds signs that ratings were not given freely: several members
// at one device, many full ratings at once, a member who praises one expert only. It
// decides from what it is given, by numbers alone; it reads no clock and stores
// nothing. A sign is a hint to look, and never a verdict.
//
//	for _, f := range suspicion.Find(rated, ofExpert, ofMember, suspicion.Usual()) {
//		// tell who looks after ratings
//	}
package suspicion

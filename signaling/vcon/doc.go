// Package vcon describes a call as a vCon, the conversation container of the IETF
// (draft-ietf-vcon-vcon-core-03, unsigned form, section 4), so that a platform
// can hand a call on to what reads vCons.
//
// Audio is never in it: a voice is named by the hash of its sealed object, and
// the container says that it is redacted of audio. There is no url, for section
// 2.4.1 has it lead to the file itself, and no address of a recording does
// (decision 0004). What the core schema has no
// parameter for is in extension parameters that begin with parley_, under the
// extension "parley"; a reader that does not know them loses nothing else.
//
// The package is pure: facts in, a value for encoding/json out.
package vcon

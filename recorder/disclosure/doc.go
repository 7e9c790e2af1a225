// Package disclosure makes and verifies what is handed to an authority on legal
// process: an [Order] with its scope, legal basis and the approvals of two different
// people, and the bundle that it allows.
//
// Orders are entries of the audit log, so that nobody can change what was asked for
// or who approved it; [Orders] reads them back. A bundle is a ZIP archive, stored
// without compression:
//
//	audio/LEG.opus   each voice, or the stretch that was ordered, to the byte as it was recorded
//	manifest.json    what the recording is made of
//	ledger.json      the entries of the consent ledger about the call
//	receipts/N.json  the consent receipts, each with its own signature
//	access-log.json  the audit log of the recording: who did what, from the first entry to the bundle
//	custody.json     the sealed objects as they are stored, by hash
//	proof.json       the hash trees (tree.go) as far as they are needed
//	statement.jws    signed: the order, the root of each voice's tree beside the hash of
//	                 its sealed object, and the length and hash of every file
//
// Each Ogg page of a voice, about a second, is a leaf of a hash tree (RFC 6962 section
// 2.1), whose root is in the statement. So a stretch of time can be cut out later
// ([Excerpt]) and is proven to come from the sealed original by the statement and a few
// hashes, without the rest. [Verify] needs the bundle and the deployment's public key
// and nothing else; it names the file and the place of what was altered.
//
// The package starts no goroutine.
package disclosure

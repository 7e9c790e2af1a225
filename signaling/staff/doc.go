// Package staff signs reviewers, privacy officers, administrators and auditors in
// at their organisation's OpenID provider: the code flow of OpenID Connect Core
// 1.0 with PKCE (RFC 7636), state and nonce.
//
// It makes the address to go to and reads what comes back; cookies and sessions
// are the business of signaling/api. It keeps nothing between the two: what must
// be remembered travels sealed, so that any node can take the answer. It starts
// no goroutine.
package staff

// Package signing is the deployment's own signature: one Ed25519 key (RFC 8032)
// that signs small JSON texts as JWS (RFC 7515), and the set of public keys by
// which anybody verifies them offline, as JWK (RFC 7517, RFC 8037).
//
// Each kind of text has a type of its own in the JWS header, and a signature is
// accepted for that type only, so that none can be passed off as another kind
// (RFC 8725 section 3.11). A key is named by its JWK thumbprint (RFC 7638).
//
// The package keeps nothing: the private key is 32 bytes of seed that the caller
// seals. It starts no goroutine; all functions are safe for concurrent use.
//
//	key, err := signing.FromSeed(seed)
//	jws, err := key.Sign("ledger-head+jws", payload)
//	payload, err := key.Public().Verify("ledger-head+jws", jws)
package signing

// Package auth mints and verifies the tokens by which a platform tells who
// somebody is. A token is a JWT (RFC 7519) signed with an API key pair (HS256)
// or with a key of the platform's JSON Web Key Set (ES256, EdDSA, RS256); it
// names one person, one role and what the platform knows of the person's place
// and age.
//
// The package keeps no sessions. A Verifier is safe for concurrent use; reading
// the platform's keys again is PlatformKeys.Run's matter, which its caller runs.
package auth

// Package auth mints and verifies the tokens by which a platform tells who
// somebody is. A token is a JWT (RFC 7519) signed with an API key pair
// (HS256); it names one person, one role and what the platform knows of the
// person's place and age.
//
// The package keeps no sessions and starts no goroutine; a Verifier is safe
// for concurrent use.
package auth

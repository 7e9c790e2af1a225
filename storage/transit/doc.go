// Package transit reaches RSA keys in the Transit engine of HashiCorp Vault or
// OpenBao over its HTTP interface: it reads the public halves of a key's versions
// and lets the server decrypt.
//
//	versions, err := transit.Open(ctx, transit.Config{Address: "https://vault:8200", Token: token, Key: "parley-master"})
//	master, err := envelope.ServerKey(versions[0])
//
// So nothing is asked of the server to seal, and a call is recorded while it is
// away. The engine decrypts with RSAES-OAEP, SHA-256 and no label. The interface is the
// documented one ("Transit secrets engine (API)": Read key, Decrypt data); the tests
// hold the client to it with a server of their own, not with Vault itself, which
// is not among the packages that tests may install.
//
// The package starts no goroutine. A Version may be used concurrently.
package transit

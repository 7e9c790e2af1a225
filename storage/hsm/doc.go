// Package hsm reaches a P-256 key pair in a hardware security module through
// PKCS#11 (OASIS, version 2.40). The private half never leaves the module, which
// derives shared secrets with it (mechanism CKM_ECDH1_DERIVE):
//
//	key, err := hsm.Open(hsm.Config{Module: library, Token: "parley", Key: "parley-master", PIN: pin})
//	master, err := envelope.DeviceKey(key)
//
// The shared secret of one exchange does come out; it opens one envelope. The
// package is not a general PKCS#11 client. It starts no goroutine; a Key may be used
// concurrently, and one exchange goes on at a time. It is tested with SoftHSM 2.
package hsm

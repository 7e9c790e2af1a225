// Package destruction carries out erasures: of one voice, or of a whole recording.
//
// It goes in this order, and may be ended at any point and begun again with the
// same end state:
//
//  1. the erasure is marked as begun, which no legal hold can overtake,
//  2. it is written to the audit log,
//  3. it is put on the list of erasures (package erasure) and the key envelopes are
//     destroyed: from here on nobody can open what is left, backups included,
//  4. the sealed objects are deleted, from replicas too, and the local copies,
//  5. the certificate is signed and stored, and metadata forgets the objects.
//
// The certificate is a JWS of the deployment's key (package signing), so that
// anybody can verify it offline. It names no person.
//
// The package starts no goroutine. A Destroyer may be used concurrently, also for
// the same erasure, also on several nodes.
package destruction

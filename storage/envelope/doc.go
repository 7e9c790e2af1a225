// Package envelope is the one place where Parley encrypts and decrypts what it
// stores. It uses the age format (C2SP age specification, version 1) through
// filippo.io/age, and docs/format.md describes every byte.
//
// Each part of a recording, one person's voice or what belongs to the call, is
// sealed to a key pair of its own. The private half lives only in its key
// envelope, which is sealed to the master key:
//
//	sealer := master.Sealer()             // all that a capturing process gets
//	key, err := sealer.NewKey(binding)    // store key.Envelope with the metadata
//	w, err := envelope.SealWriter(dst, key.Recipient)
//
//	identity, err := master.OpenKey(keyEnvelope, binding) // on playback
//	plain, size, err := envelope.OpenReaderAt(src, sealedSize, identity)
//
// So whoever can seal cannot open, the master key can be changed by sealing
// small envelopes anew, and destroying an envelope destroys what was sealed to
// it, backups included. Everything can be opened with the age command.
//
// The package is not a place for passwords, transport encryption or policy: who
// may open what is decided by its callers. It fails closed: the zero Recipient,
// Sealer, Master and Identity are refused, and nothing seals into the clear. It
// starts no goroutine. Master, Sealer, Recipient and Identity are immutable and
// may be used concurrently; a writer or reader may not. Types that hold private
// keys show none of it when printed, logged or marshalled.
package envelope

// Package receipt shapes the proof of one answer: what one person was shown
// about one call, what they answered, when and how, and what the judge made of
// it. The sections are those of ISO/IEC TS 27560:2023 (header, processing, parties,
// event), the fields have the names of the W3C Data Privacy Vocabulary (DPV) where
// it has one, and an extension holds what no standard has.
//
// A receipt is encoded as canonical JSON after RFC 8785: these bytes are hashed and
// signed (JWS, RFC 7515), so that a person can keep the file and anybody can check
// it offline. It holds codes of places, never addresses, and of the other person
// only the place whose rule decided.
//
// What it is not: it stores nothing and reads no clock: the time is an argument. It
// starts no goroutine; all functions are safe for concurrent use.
//
//	r, err := receipt.New(content, now)
//	jws, err := r.Sign(key)
//	file, err := receipt.File(jws)
//	same, err := receipt.OpenFile(file, keys)
package receipt

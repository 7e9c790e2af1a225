// Package receipt shapes the proof of one answer: what one person was shown
// about one call, what they answered, when and how, and what the judge made of
// it. The fields follow ISO/IEC TS 27560:2023 (header, processing, parties,
// event), with an extension for what no standard has.
//
// A receipt is encoded as canonical JSON after RFC 8785 and carries the SHA-256
// of that encoding without the hash itself, so that a person can keep the file
// and anybody can check it offline. It holds codes of places, never addresses.
//
// What it is not: it stores and signs nothing (the ledger chains receipts by
// PreviousHash), and it reads no clock: the time is an argument. It starts no
// goroutine; all functions are safe for concurrent use.
//
//	r, err := receipt.New(content, now)
//	file := r.Encode()
//	same, err := receipt.Decode(file)
package receipt

// Package cases reads cases for the consent judge from YAML, so that a lawyer
// can try the rules without a call.
//
// The format is that of ../testdata/vectors.yaml, whose header is its whole
// definition: a list of mappings, one a case. Reading is strict, for a key that
// is silently ignored would make the verdict answer another question: an
// unknown key, a key that is missing, a value that does not exist and an age
// nobody has are faults, each with the case and the line.
//
// What it is not: it judges nothing (package consent does) and reads no file.
// It starts no goroutine; all functions are safe for concurrent use.
//
//	list, err := cases.Decode(data)
//	verdict := list[0].Judge(rules, consent.Policy{})
package cases

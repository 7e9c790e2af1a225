// Package table decodes the consent rules from YAML and holds the project's own
// copy of them, jurisdictions.yaml: reference data with its sources and dates,
// not legal advice. The header of that file explains every field.
//
// Decoding is strict, for a rule that is silently dropped is a rule that is
// silently looser: an unknown key, a key that is missing, a key given twice and
// a value out of range are errors that name the line or the entry.
//
// What it is not: it makes no decision (package consent does) and reads no
// file; an operator's own table is read by the program and given to Decode. It
// starts no goroutine and keeps no state; all functions are safe for concurrent
// use.
//
//	t, err := table.Embedded()
package table

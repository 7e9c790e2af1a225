// Package manifest describes a finished recording: what it is made of, when
// the gate was open and by which entries of the consent ledger (spans[].proof,
// held against the ledger by recorder/coverage), where the stereo stream's bytes
// lie, and the recording's own report on what is missing. It is sealed to the
// call's key and stored beside the voices.
//
// The package is data and its checks; it does no I/O.
package manifest

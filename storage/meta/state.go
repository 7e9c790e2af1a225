package meta

import (
	"fmt"
	"slices"
)

// State is how far a recording has come.
type State string

const (
	// StateCapturing: the call goes on and its journal is being written.
	StateCapturing State = "capturing"
	// StateRendering: the journal is complete, the voices are being made.
	StateRendering State = "rendering"
	// StateUploading: the voices are made, their objects are being stored.
	StateUploading State = "uploading"
	// StateStored: the objects are stored and were read back.
	StateStored State = "stored"
	// StateDamaged: it could not be completed, or what was stored is no longer
	// sound. Its report says what is left.
	StateDamaged State = "damaged"
	// StateDiscarded: it was given up before it was stored.
	StateDiscarded State = "discarded"
	// StateErased: every voice in it was erased for ever. It stays so.
	StateErased State = "erased"
)

// moves is where each state may go. A state may always be stored again as it is.
var moves = map[State][]State{
	StateCapturing: {StateRendering, StateDamaged, StateDiscarded},
	StateRendering: {StateUploading, StateDamaged, StateDiscarded},
	// Voices that were lost before they were stored are made again.
	StateUploading: {StateRendering, StateStored, StateDamaged, StateDiscarded},
	StateStored:    {StateDamaged, StateDiscarded, StateErased},
	StateDamaged:   {StateDiscarded, StateErased},
	StateDiscarded: {StateErased},
	StateErased:    {},
}

// CanMove tells whether a recording may go from one state to the other, or stay.
// Unknown states go nowhere.
func CanMove(from, to State) bool {
	next, known := moves[from]
	return known && (from == to || slices.Contains(next, to))
}

// Finished tells whether nothing is left to do for a recording in this state.
func (s State) Finished() bool {
	return s == StateStored || s == StateDamaged || s == StateDiscarded || s == StateErased
}

// Validate tells whether s is one of the states; its error matches [ErrInvalid].
func (s State) Validate() error {
	if _, known := moves[s]; !known {
		return fmt.Errorf("%w: unknown state %q", ErrInvalid, string(s))
	}
	return nil
}

package meta

import "errors"

var (
	// ErrNotExist is matched when what was asked for, or what something new
	// refers to, is not stored.
	ErrNotExist = errors.New("record does not exist")
	// ErrConflict is matched when something else is stored under the same
	// name, or the stored state does not allow the change.
	ErrConflict = errors.New("record conflicts with what is stored")
	// ErrHeld is matched when a legal hold keeps a recording from being erased.
	ErrHeld = errors.New("recording is held")
	// ErrUnavailable is matched when the database cannot be reached, or is
	// locked for longer than a call waits. Whether something was stored is
	// open; trying again later may help.
	ErrUnavailable = errors.New("metadata is not available")
	// ErrInvalid is matched when an argument breaks the contract. Nothing was
	// stored.
	ErrInvalid = errors.New("invalid record")
)

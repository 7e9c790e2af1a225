package meta

import "errors"

var (
	// ErrNotExist is matched when what was asked for, or what something new
	// refers to, is not stored.
	ErrNotExist = errors.New("record does not exist")
	// ErrConflict is matched when something else is stored under the same
	// name, or the stored state does not allow the change.
	ErrConflict = errors.New("record conflicts with what is stored")
	// ErrInvalid is matched when an argument breaks the contract. Nothing was
	// stored.
	ErrInvalid = errors.New("invalid record")
)

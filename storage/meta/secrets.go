package meta

import "context"

// Secrets keeps the server's own secrets, sealed.
type Secrets interface {
	// Secret returns what is stored under name, or ErrNotExist.
	Secret(ctx context.Context, name string) ([]byte, error)
	// PutSecret stores sealed under name unless something is stored there, and
	// returns what is stored there now. So all who start at once agree on one
	// secret. Errors match ErrInvalid for an empty name or value.
	PutSecret(ctx context.Context, name string, sealed []byte) ([]byte, error)
}

package meta

import "context"

// The kinds of what is sealed to the master key, in the order of
// [Masters.SealedAfter].
const (
	SealedEnvelope   = "envelope"
	SealedEvaluation = "evaluation"
	SealedSecret     = "secret"
	SealedText       = "text"
	SealedWebhook    = "webhook"
)

// SealedName names something that is sealed to the master key.
type SealedName struct {
	Kind string
	// Owner is the id of a recording, the name of a secret, or the id of an
	// evaluation, text or webhook.
	Owner string
	// Part is that of a recording, else empty.
	Part string
}

// String is the name in words.
func (n SealedName) String() string {
	switch n.Kind {
	case SealedEnvelope:
		return "the key of " + n.Part + " of " + n.Owner
	case SealedWebhook:
		return "the secret of webhook " + n.Owner
	}
	return n.Kind + " " + n.Owner
}

// Sealed is something that is sealed to the master key.
type Sealed struct {
	SealedName
	Bytes []byte
}

// Resealed is something that was sealed anew.
type Resealed struct {
	Sealed
	Again []byte
}

// Masters keeps what is sealed to the master key, for the change of the master
// key.
type Masters interface {
	// SealedAfter returns what is sealed, in the order of its names, beginning
	// behind one, or with the first behind the zero name. Envelopes that were
	// destroyed are left out. No result is the end. limit is as in
	// Chains.ChainEntries.
	SealedAfter(ctx context.Context, after SealedName, limit int) ([]Sealed, error)
	// Reseal stores what was sealed anew where its old bytes still are, and
	// returns in how many places they were. What was destroyed meanwhile stays
	// so. All or nothing; it may be repeated.
	Reseal(ctx context.Context, list []Resealed) (int, error)
	// EraseReplaced removes from the store's files what was replaced, as far
	// as the database allows. It must be repeated after an error.
	EraseReplaced(ctx context.Context) error
}

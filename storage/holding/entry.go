package holding

import (
	"encoding/json"
	"fmt"
	"time"

	"parley/storage/chain"
	"parley/storage/id"
	"parley/storage/meta"
)

const (
	listName = "holds"

	// Prefix is what the keys of the list's objects begin with.
	Prefix = listName + "/"

	kindHold    = "hold"
	kindErasure = "erasure"
)

// How far a hold is; erasures have their own words.
const (
	holdPlaced   = "placed"
	holdReleased = "released"
)

// Vault seals and opens what entries say; *envelope.Master is one.
type Vault interface {
	SealSecret(name string, secret []byte) ([]byte, error)
	OpenSecret(name string, sealed []byte) ([]byte, error)
}

// body is what an entry says of a hold or an erasure.
type body struct {
	ID    string `json:"id"`
	State string `json:"state"`
	// Sealed is the whole of it.
	Sealed []byte `json:"sealed"`
}

// key is what a body is about, and how far it is: what was listed once is not
// listed again.
func (b body) key() string { return b.ID + " " + b.State }

// draft is the entry of a hold or an erasure; whole is sealed.
func draft(v Vault, kind string, recording id.RecordingID, of, state string, whole any, now time.Time) (chain.Entry, error) {
	plain, err := json.Marshal(whole)
	if err != nil {
		return chain.Entry{}, err
	}
	sealed, err := v.SealSecret(of, plain)
	if err != nil {
		return chain.Entry{}, err
	}
	encoded, err := json.Marshal(body{of, state, sealed})
	return chain.Entry{At: now, Kind: kind, Subject: string(recording), Body: encoded}, err
}

// decode reads what an entry says, as far as that is not sealed.
func decode(e chain.Entry) (b body, err error) {
	if err = json.Unmarshal(e.Body, &b); err != nil {
		return b, fmt.Errorf("read the list of holds: entry %d: %w", e.Seq, err)
	}
	return b, nil
}

// open opens what is sealed of an entry.
func (b body) open(v Vault, to any) error {
	plain, err := v.OpenSecret(b.ID, b.Sealed)
	if err == nil {
		err = json.Unmarshal(plain, to)
	}
	return err
}

func holdState(h meta.Hold) string {
	if h.ReleasedAt != nil {
		return holdReleased
	}
	return holdPlaced
}

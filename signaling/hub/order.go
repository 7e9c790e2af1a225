package hub

import (
	"sync"
	"sync/atomic"

	"parley/storage/id"
)

// newsOrder keeps an older state from following a newer one where two
// goroutines read and send at once. Who takes a later turn reads later, and so
// knows all that the earlier one does.
type newsOrder struct {
	turns atomic.Uint64

	mu   sync.Mutex             // guards sent; held while messages are queued, which never waits
	sent map[id.PersonID]uint64 // the turn that last told of a person
}

// take begins a turn; what is sent must be read after it.
func (o *newsOrder) take() uint64 { return o.turns.Add(1) }

// send carries send out unless a later turn has told of the person.
func (o *newsOrder) send(turn uint64, of id.PersonID, send func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if turn > o.sent[of] {
		o.sent[of] = turn
		send()
	}
}

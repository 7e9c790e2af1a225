package hub

import "sync"

// news is what the server itself has to report to a call: states of its
// connections, its timers, what capture does. Posting never waits: a call that
// ends a connection waits for that connection's goroutines, and one of them may
// be posting at that moment. What is reported is a handful of things a second
// at most, so the list needs no bound.
type news struct {
	waiting chan struct{} // holds a mark while there is something to take

	mu   sync.Mutex // guards list
	list []any
}

func newNews() *news { return &news{waiting: make(chan struct{}, 1)} }

// post adds one report: a session.Event or a mediaState.
func (n *news) post(e any) {
	n.mu.Lock()
	n.list = append(n.list, e)
	n.mu.Unlock()
	select {
	case n.waiting <- struct{}{}:
	default:
	}
}

// take removes and returns everything that was reported, oldest first.
func (n *news) take() []any {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := n.list
	n.list = nil
	return out
}

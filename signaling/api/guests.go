package api

import (
	"context"
	"sync"

	"parley/signaling/auth"
)

// guests are the requests that last: they end when their token is taken back.
type guests struct {
	still func(auth.Identity) error

	mu   sync.Mutex // guards open
	open map[*guest]struct{}
}

type guest struct {
	who    auth.Identity
	cancel context.CancelFunc
}

// admit derives the context of a request that lasts; leave must follow.
func (g *guests) admit(ctx context.Context, who auth.Identity) (_ context.Context, leave func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	x := &guest{who, cancel}
	g.mu.Lock()
	if g.open == nil {
		g.open = map[*guest]struct{}{}
	}
	g.open[x] = struct{}{}
	g.mu.Unlock()
	leave = func() {
		cancel()
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.open, x)
	}
	if err := g.still(who); err != nil { // taken back before it was entered
		leave()
		return nil, nil, err
	}
	return ctx, leave, nil
}

// end ends those whose token was taken back.
func (g *guests) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for x := range g.open {
		if g.still(x.who) != nil {
			x.cancel()
		}
	}
}

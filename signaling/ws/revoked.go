package ws

import "parley/signaling/auth"

// EndRevoked ends the sockets of everybody whose token was taken back.
func (h *Handler) EndRevoked() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s, who := range h.people {
		if h.Tokens.Still(who) == nil {
			continue
		}
		select {
		case s.revoked <- struct{}{}:
		default: // it ends already
		}
	}
}

// enter makes a socket known; leave must follow.
func (h *Handler) enter(s *socket, who auth.Identity) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.people == nil {
		h.people = map[*socket]auth.Identity{}
	}
	h.people[s] = who
}

func (h *Handler) leave(s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.people, s)
}

package capture

// Stats are a node's counters since it was made; Open is how many captures have
// not ended.
type Stats struct {
	Open             int
	Packets, Dropped uint64
}

// Stats returns the node's counters.
func (n *Node) Stats() Stats {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := n.ended
	s.Open = len(n.active)
	for _, e := range n.active {
		s.add(e.capture)
	}
	return s
}

func (s *Stats) add(c *Capture) {
	counts := c.Counts()
	for leg := range counts.Packets {
		s.Packets += counts.Packets[leg]
		s.Dropped += counts.Dropped[leg]
	}
}

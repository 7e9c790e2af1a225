package peer

import (
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/pion/ice/v4"
	"github.com/pion/sdp/v3"

	"parley/media/reach"
)

// maxRemote bounds the candidates of one browser that are taken. Each makes the
// server send checks to an address that the browser only claims; browsers name
// about a dozen.
const maxRemote = 32

// remote decides which candidates of one browser the server sends checks to:
// those of an address that its judge allows, not more than maxRemote, and none
// after a restart. What it passes over does no harm to the call, for whoever
// writes to the server is answered (a peer-reflexive candidate, RFC 8445 section
// 7.3.1.3).
type remote struct {
	judge reach.Judge

	mu        sync.Mutex // guards the rest
	taken     int
	restarted bool
}

// takes tells whether a candidate (RFC 8839 section 5.1, without "candidate:")
// may be used. One of TCP never is: to connect is the browser's part, the server
// would dial whatever is named.
func (r *remote) takes(candidate string) bool {
	c, err := ice.UnmarshalCandidate(candidate)
	if err != nil || c.NetworkType().IsTCP() {
		return false
	}
	ip, err := netip.ParseAddr(c.Address())
	if err != nil || !r.judge.Allows(ip) {
		return false // a name is not looked up
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.restarted || r.taken == maxRemote {
		return false
	}
	r.taken++
	return true
}

// restart lets no candidates be taken any more: ICE begins anew, and the sound
// waits. A browser answers each check with one of its own before it tries what it
// has not tried yet, so checks to its relays would put the direct way off, and a
// relay, which answers sooner, would be chosen before it.
func (r *remote) restart() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.restarted = true
}

// filter takes those candidates out of an answer that may not be used.
func (r *remote) filter(d *sdp.SessionDescription) {
	refused := func(a sdp.Attribute) bool { return a.IsICECandidate() && !r.takes(a.Value) }
	d.Attributes = slices.DeleteFunc(d.Attributes, refused)
	for _, m := range d.MediaDescriptions {
		m.Attributes = slices.DeleteFunc(m.Attributes, refused)
	}
}

// bare is a candidate as an SDP attribute has it.
func bare(candidate string) string { return strings.TrimPrefix(candidate, "candidate:") }

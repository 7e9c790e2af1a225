package hub

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/signaling/auth"
	"parley/signaling/wire"
	"parley/storage/id"
	"parley/storage/meta"
)

func (s *Session) setPresence(ctx context.Context, available bool) error {
	if s.who.Role != auth.RoleExpert {
		return ErrForbidden
	}
	if err := s.hub.cfg.Store.SetAvailable(ctx, s.who.Person, available, s.hub.cfg.Now()); err != nil {
		return fmt.Errorf("set presence: %w", err)
	}
	s.hub.endWrapUp(s.who.Person)
	s.hub.presenceChanged(ctx, s.who.Person)
	return nil
}

// presenceChanged tells an expert's own tabs and every member of the state of
// one expert: the whole list goes to a member only after the sign-in.
func (h *Hub) presenceChanged(ctx context.Context, expert id.PersonID) {
	turn := h.order.take()
	x, err := h.cfg.Store.Person(ctx, expert)
	if err != nil {
		h.cfg.Log.Warn().Err(err).Msg("change of presence not told")
		return
	}
	blocked, err := h.cfg.Store.BlockedWith(ctx, expert)
	if err != nil {
		h.cfg.Log.Warn().Err(err).Msg("change of presence not told")
		return
	}
	h.recallWrapUp(x)
	entry := h.entry(x, h.rated(ctx)[expert])
	changed, own := wire.DirectoryChanged{Version: turn, Expert: entry}, h.presence(x, entry.State)
	unmet := changed
	unmet.Expert.State = wire.StateAway
	member := func(s *Session, meets bool) bool {
		return s.who.Role == auth.RoleMember && slices.Contains(blocked, s.who.Person) != meets
	}
	h.order.send(turn, expert, func() {
		h.tellPresence(expert, entry.State)
		h.each(func(s *Session) bool { return member(s, true) }, changed)
		h.each(func(s *Session) bool { return member(s, false) }, unmet)
		h.each(func(s *Session) bool { return s.who.Person == expert && s.who.Role == auth.RoleExpert }, own)
	})
}

// sendDirectory sends the directory to one socket. Changes may overtake it: the
// version says which of them are newer.
func (h *Hub) sendDirectory(ctx context.Context, s *Session) {
	turn := h.order.take()
	experts, ok := h.experts(ctx)
	if !ok {
		return
	}
	blocked, err := h.cfg.Store.BlockedWith(ctx, s.who.Person)
	if err != nil {
		h.cfg.Log.Warn().Err(err).Msg("directory not sent")
		return
	}
	directory := h.directory(experts, blocked, h.rated(ctx))
	directory.Version = turn
	s.send(directory)
}

func (h *Hub) experts(ctx context.Context) ([]meta.Person, bool) {
	experts, err := h.cfg.Store.Experts(ctx)
	if err != nil {
		h.cfg.Log.Warn().Err(err).Msg("directory not sent")
	}
	return experts, err == nil
}

// BlockChanged tells a member how an expert is to them from now on. Whoever is blocked
// sees what they would see if the expert went away.
func (h *Hub) BlockChanged(ctx context.Context, people ...id.PersonID) {
	for _, p := range people {
		if x, err := h.cfg.Store.Person(ctx, p); err == nil && x.Role == string(auth.RoleExpert) {
			h.presenceChanged(ctx, p)
		}
	}
}

// directory lists the experts, available ones first, then by name. Those whom a block
// keeps from the reader are away.
func (h *Hub) directory(experts []meta.Person, blocked []id.PersonID, rated map[id.PersonID]*wire.Rating) wire.Directory {
	d := wire.Directory{Experts: make([]wire.Expert, 0, len(experts))}
	for _, x := range experts {
		entry := h.entry(x, rated[x.ID])
		if slices.Contains(blocked, x.ID) {
			entry.State = wire.StateAway
		}
		d.Experts = append(d.Experts, entry)
	}
	rank := map[string]int{wire.StateAvailable: 0, wire.StateWrapUp: 1, wire.StateBusy: 2, wire.StateAway: 3}
	slices.SortFunc(d.Experts, func(a, b wire.Expert) int {
		if a.State != b.State {
			return rank[a.State] - rank[b.State]
		}
		return strings.Compare(a.Name, b.Name)
	})
	return d
}

// entry is an expert as members see them.
func (h *Hub) entry(x meta.Person, rating *wire.Rating) wire.Expert {
	languages := x.Languages
	if languages == nil {
		languages = []string{}
	}
	return wire.Expert{ID: string(x.ID), Name: x.Name, Headline: x.Headline, Languages: languages, State: h.state(x), Rating: rating}
}

func (h *Hub) state(x meta.Person) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, wrapsUp := h.wrapsUpLocked(x.ID)
	switch {
	case !x.Available || len(h.sockets[x.ID]) == 0:
		return wire.StateAway
	case h.byPerson[x.ID] != nil:
		return wire.StateBusy
	case wrapsUp:
		return wire.StateWrapUp
	}
	return wire.StateAvailable
}

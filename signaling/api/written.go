package api

import (
	"net/http"

	"parley/storage/id"
	"parley/storage/meta"
)

// writtenView is one text of the transcript beside the sound: of a side, as the voices
// are, since who reviews need not know who the two are.
type writtenView struct {
	ID id.TextID `json:"id"`
	// Side is member or expert.
	Side string `json:"side"`
	// AtMs is from the start of the recording on; negative before.
	AtMs int64  `json:"at_ms"`
	Text string `json:"text"`
}

// playMessages serves what the two wrote to each other, under the same right as what
// they said. A side whose voice was erased has no texts any more.
func (s *Server) playMessages(w http.ResponseWriter, r *http.Request) error {
	x, err := s.authorise(r)
	if err != nil {
		return err
	}
	defer s.plays.release(x)
	if err := s.audit(r.Context(), "play.messages", x, map[string]string{}); err != nil {
		return err
	}
	rec, err := s.cfg.Store.Recording(r.Context(), x.recording)
	if err != nil {
		return err
	}
	list := []writtenView{}
	err = s.transcript(r.Context(), rec.CallID, func(t meta.Text, text string) {
		list = append(list, writtenView{t.ID, t.Part, t.At.Sub(rec.StartedAt).Milliseconds(), text})
	})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]any{"messages": list})
}

package session

import (
	"slices"

	"parley/recorder/consent"
)

// Spoken is how far the spoken notice has come on one side.
type Spoken string

// The states of a spoken notice.
const (
	SpokenNone    Spoken = ""
	SpokenPlaying Spoken = "playing"
	SpokenPlayed  Spoken = "played" // to its end
	SpokenFailed  Spoken = "failed" // it broke off: that was no notice
)

// Prompt names the sound of a spoken notice.
type Prompt struct {
	Hash     string // SHA-256 of the sound, in hex
	Language string
}

// PlayNotice: speak the notice to the side, and report NoticePlayed.
type PlayNotice struct {
	Side   Side
	Prompt Prompt
}

// StopNotice: break the spoken notice off; NoticePlayed follows.
type StopNotice struct{ Side Side }

// NoticePlayed: the spoken notice is over.
type NoticePlayed struct {
	Side  Side
	ToEnd bool
}

func (PlayNotice) command() {}
func (StopNotice) command() {}
func (NoticePlayed) event() {}

// noticeDue tells whether a notice must be given to the side, and is what lets
// the call be recorded: who said no hears none.
func (c Call) noticeDue(s Side) bool {
	return c.Verdict.Form == consent.FormNotice && c.Sides[s].Answer != consent.AnswerDeclined &&
		slices.Contains(c.Verdict.NoticeTo, s.party())
}

// settleNotices begins the spoken notices that are due and can be heard.
func (m *machine) settleNotices() {
	if m.env.Prompt == nil || m.call.Phase.unaccepted() {
		return
	}
	for s := range m.call.Sides {
		p := m.side(Side(s))
		if !m.call.noticeDue(Side(s)) || p.Spoken != SpokenNone || p.Media != MediaConnected {
			continue
		}
		prompt, ok := m.env.Prompt(p.Language)
		if !ok {
			continue
		}
		p.Spoken, p.Prompt = SpokenPlaying, prompt
		m.do(PlayNotice{Side(s), prompt})
	}
}

func (m *machine) noticePlayed(e NoticePlayed) {
	p := m.side(e.Side)
	if p.Spoken != SpokenPlaying {
		return
	}
	switch {
	case e.ToEnd:
		p.Spoken = SpokenPlayed
	case p.moved && p.Media == MediaConnected:
		p.Spoken = SpokenNone // it is spoken again, into the new connection
	default:
		p.Spoken = SpokenFailed
	}
	p.moved = false
	m.do(Note{Kind: NoteSpoken, Actor: ServerActor, Body: NoticeSpoken{
		Side: e.Side.String(), Media: p.Prompt.Hash, Language: p.Prompt.Language, ToEnd: e.ToEnd,
	}})
}

// interrupt breaks the spoken notice off because the connection changes.
func (m *machine) interrupt(s Side) {
	if p := m.side(s); p.Spoken == SpokenPlaying {
		p.moved = true
		m.do(StopNotice{s})
	}
}

// heard tells whether capture need not wait for a spoken notice: it begins after
// the notice. One that failed counts for nothing; then the notice on the screen
// is enough only where the operator says so.
func (c Call) heard(required bool) bool {
	for s, p := range c.Sides {
		if !c.noticeDue(Side(s)) {
			continue
		}
		if p.Spoken == SpokenPlaying || required && p.Spoken != SpokenPlayed {
			return false
		}
	}
	return true
}

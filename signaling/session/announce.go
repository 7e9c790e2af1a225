package session

import (
	"time"

	"parley/recorder/consent"
)

// Announce: say to both sides, and so in the recording, that the call is recorded.
type Announce struct {
	// Tone: play the tone, before what is said.
	Tone bool
	// Say is what is said to each side, in the side's language; the zero value:
	// nothing.
	Say [2]Prompt
}

// LinePlayed: the spoken line of an announcement is over on a side.
type LinePlayed struct {
	Side   Side
	Prompt Prompt
	ToEnd  bool
}

func (Announce) command() {}
func (LinePlayed) event() {}

// Announcements say which spoken line begins a span of a recording.
type Announcements struct {
	// Line is the line in a language: that the call is recorded or, again, that
	// the recording goes on. Nil: nothing is said.
	Line func(language string, again bool) (Prompt, bool)
	// Always: in every recorded call, not only where a notice lets it be recorded.
	Always bool
}

// announced is what was made audible since the gate opened.
type announced struct {
	begun  bool      // in this span
	before bool      // in an earlier span of the recording
	tone   time.Time // when the next tone is due; zero: no tone
}

// settleAnnounce makes a span audible once capture has begun. Capture does not
// wait for it: it is a part of the recording.
func (m *machine) settleAnnounce() {
	c := &m.call
	if !c.gateOpen || c.reported == "" || c.announced.begun {
		return
	}
	a := Announce{Tone: c.Verdict.BeepDue}
	if on := m.env.Announcements; on.Line != nil && (on.Always || c.Verdict.Form == consent.FormNotice) {
		for s, p := range c.Sides {
			a.Say[s], _ = on.Line(p.Language, c.announced.before)
		}
	}
	c.announced.begun, c.announced.before = true, true
	if a == (Announce{}) {
		return
	}
	m.do(a)
	if a.Tone {
		c.announced.tone = m.at
		m.nextTone()
	}
}

// nextTone keeps to the beat, however late a timer fires.
func (m *machine) nextTone() {
	every := max(1, time.Duration(m.call.Verdict.BeepIntervalS)) * time.Second
	next := m.call.announced.tone.Add(every)
	if !next.After(m.at) {
		next = m.at.Add(every)
	}
	m.call.announced.tone = next
	m.do(StartTimer{TimerTone, next.Sub(m.at)})
}

// linePlayed tells the ledger whether a side was told of the recording as it ran.
func (m *machine) linePlayed(e LinePlayed) {
	m.do(Note{Kind: NoteAnnounced, Actor: ServerActor, Body: NoticeSpoken{
		Side: e.Side.String(), Media: e.Prompt.Hash, Language: e.Prompt.Language, ToEnd: e.ToEnd,
	}})
}

// toneDue plays the tone again.
func (m *machine) toneDue() {
	if m.call.announced.tone.IsZero() {
		return // the gate shut in the same moment
	}
	m.do(Announce{Tone: true})
	m.nextTone()
}

// silent ends the tones: nothing is recorded any more.
func (m *machine) silent() {
	if !m.call.announced.tone.IsZero() {
		m.do(StopTimer{TimerTone})
	}
	m.call.announced.begun, m.call.announced.tone = false, time.Time{}
}

package session

import (
	"parley/recorder/consent"
	"parley/recorder/consent/words"
)

func (m *machine) shown(e Shown) error {
	if e.Hash != m.side(e.Side).Question.Hash {
		return ErrStaleQuestion
	}
	m.wasShown(e.Side)
	return nil
}

// wasShown notes, once, that a side has its question on the screen.
func (m *machine) wasShown(s Side) {
	p := m.side(s)
	if p.Shown {
		return
	}
	p.Shown = true
	q := p.Question
	m.do(Note{Kind: NoteNotice, Actor: string(p.ID), Body: NoticeShown{
		Side: s.String(), Kind: string(q.Kind), Hash: q.Hash, Language: q.Language, Version: q.Version, Asking: q.Asking,
	}})
	m.agreeAsBefore(s)
	if q.Kind == words.KindNotice && p.Answer == consent.AnswerNone {
		m.do(StartTimer{timerNotice(s), m.env.Limits.Notice})
	}
}

func (m *machine) answered(e Answered) error {
	p := m.side(e.Side)
	stale := e.Hash != p.Question.Hash
	switch {
	case stale && e.Answer != consent.AnswerDeclined:
		return ErrStaleQuestion // but a no counts, whatever was read
	case e.Answer == consent.AnswerContinued && p.Question.Kind != words.KindNotice:
		return ErrNotANotice
	case e.Answer == consent.AnswerContinued && (p.Withdrawn || p.Answer == consent.AnswerDeclined):
		return ErrNotANotice // going on never ends a no
	}
	if e.Answer == consent.AnswerContinued && p.Answer == consent.AnswerExpress {
		return nil // going on after a yes adds nothing to it
	}
	if e.Answer == consent.AnswerDeclined {
		m.shut("button") // before anything is written
	}
	if !stale {
		m.wasShown(e.Side) // who names the wording has it before them
	}
	m.take(e.Side, e.Answer, "button")
	return nil
}

func (m *machine) withdraw(s Side) {
	if m.side(s).Withdrawn {
		return
	}
	m.side(s).Withdrawn = true
	m.take(s, consent.AnswerDeclined, "withdrawn")
}

// take records an answer. A no shuts the gate at once; everything else about
// the gate waits for settle.
func (m *machine) take(s Side, a consent.Answer, method string) {
	p := m.side(s)
	if p.Answer == a && method != "withdrawn" {
		return
	}
	first := p.Answer == consent.AnswerNone && p.FirstAsked()
	p.Answer = a
	switch a {
	case consent.AnswerExpress:
		p.Withdrawn, m.call.recorderFailed = false, false
		m.partUnanswered() // what comes now is another recording
	case consent.AnswerDeclined:
		m.shut(method)
		if p.Spoken == SpokenPlaying {
			m.do(StopNotice{s})
		}
	}
	m.do(StopTimer{timerNotice(s)}, Note{Kind: NoteAnswer, Actor: string(p.ID), Body: p.given(s, a, method)})
	switch good := m.env.Limits.Answer; {
	case a == consent.AnswerDeclined:
		m.askAnew(s)
		m.do(StopTimer{timerAnswer(s)})
		m.partBefore(s)
		if m.env.EndOnDecline && (first || m.call.Phase != Active) {
			m.end(EndNotAgreed)
		}
	case good > 0:
		m.do(StartTimer{timerAnswer(s), good})
	}
}

// expire takes back an answer that is older than the policy allows. Whoever
// gave it is asked again.
func (m *machine) expire(s Side) {
	if a := m.side(s).Answer; a == consent.AnswerNone || a == consent.AnswerDeclined {
		return
	}
	m.shut("expired")
	m.forget(s, "expired")
}

// forget sets a side's answer back to none, so that it is asked again.
func (m *machine) forget(s Side, reason string) {
	m.side(s).Answer = consent.AnswerNone
	m.askAnew(s)
	m.do(StopTimer{timerNotice(s)}, StopTimer{timerAnswer(s)}, Note{
		Kind: NoteVoid, Actor: ServerActor, Body: AnswerVoid{Side: s.String(), Reason: reason},
	})
}

// askAnew begins another asking: a yes to the one before, sent once more, is no
// yes any longer.
func (m *machine) askAnew(s Side) {
	p := m.side(s)
	p.Asking++
	p.Standing = false
	p.Question, p.Shown = m.call.question(m.env, s), false
}

// question words the side's present asking.
func (c Call) question(env Env, s Side) words.Question {
	return env.Ask(c.Verdict, c, s).Asked(c.Sides[s].Asking)
}

// reword asks both sides in the words that the verdict now calls for. Whoever
// only stayed on, where a yes is now due, is asked for it.
func (m *machine) reword() {
	m.restand()
	for s := range m.call.Sides {
		p := &m.call.Sides[s]
		q := m.call.question(m.env, Side(s))
		if q.Hash == p.Question.Hash {
			continue
		}
		p.Question, p.Shown = q, false
		if p.Spoken == SpokenPlayed {
			p.Spoken = SpokenNone // what changed is said again
		}
		m.do(StopTimer{timerNotice(Side(s))})
		if q.Kind == words.KindQuestion && p.Answer == consent.AnswerContinued {
			m.forget(Side(s), "asked_again")
		}
	}
}

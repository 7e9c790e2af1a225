package session

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/consent/receipt"
	"parley/storage/chain"
	"parley/storage/id"
)

// Left is what a process left of a call that two had: nothing but what is durable.
type Left struct {
	ID     id.CallID
	People [2]Party // ids and names; their tokens tell the rest once they are back

	CreatedAt, AcceptedAt, ConnectedAt time.Time
	// Alive is when the process last had the call, or a later one waited for it.
	Alive time.Time
	// Recording is the newest of the call, if it can be gone on with.
	Recording id.RecordingID
	// Shut is the ledger's entry of an opening of the gate after which the recording
	// says that it was closed. If the ledger does not say so too, nobody knows why it was.
	Shut string
	// Unprovable tells that something about the call may have happened that the
	// ledger does not say.
	Unprovable bool
	// Sounds count the faults of each side so far, and what the relay did.
	Sounds [2]Sound
	// Ledger holds the entries of the call from the consent ledger, in order.
	Ledger []chain.Entry
}

// past is what the ledger says by itself about a call.
type past struct {
	sides  [2]pastSide
	others []consent.PartyFacts
	judged bool   // places of the beginning are known
	open   bool   // the gate was not closed before the process ended
	gate   string // the entry by which it was opened last
	paused bool
	// recorded tells that there is a recording which nobody has erased.
	recorded bool
	// refused is who said no to it, while nothing is written about what becomes
	// of the part before.
	refused *Side
	// minor tells that somebody was under age.
	minor bool
}

// pastSide is what it says about one side.
type pastSide struct {
	signals, later []consent.Signal
	answer         consent.Answer
	answeredAt     time.Time
	withdrawn      bool
	ended          int // askings that a no, or time, has ended
	spoken         bool
	language       string
	holds, aged    bool
}

// readPast reads the entries of a call. An error means that one of them cannot be
// read: nobody knows then what was said.
func readPast(entries []chain.Entry) (past, error) {
	p := past{}
	for s := range p.sides {
		p.sides[s].answer = consent.AnswerNone
	}
	for _, e := range entries {
		if err := p.read(e); err != nil {
			return past{}, fmt.Errorf("session: ledger entry %d of kind %s: %w", e.Seq, e.Kind, err)
		}
	}
	return p, nil
}

func (p *past) read(e chain.Entry) error {
	switch e.Kind {
	case NoteNotice, NoteAnswer, NoteVoid, NotePlace, NoteSpoken, NoteHold, NoteUnhold:
		return p.readSide(e)
	case NoteVerdict:
		return p.verdict(e)
	case NotePart:
		return p.part(e)
	case NoteJoined:
		var seen PlaceSeen
		err := json.Unmarshal(e.Body, &seen)
		p.others = append(p.others, consent.PartyFacts{Party: consent.Third, Signals: seen.Signals, Answer: consent.AnswerNone})
		return err
	case NoteGateOpen:
		p.open, p.gate, p.recorded = true, e.Hash, true
	case NoteGateClose:
		p.open = false
	case NotePause:
		p.paused = true
	case NoteResume:
		p.paused = false
	}
	return nil
}

// readSide reads what one side did, or what was done to it.
func (p *past) readSide(e chain.Entry) error {
	var about struct{ Side string }
	if err := json.Unmarshal(e.Body, &about); err != nil {
		return err
	}
	side := Member
	switch about.Side {
	case ledger.Member:
	case ledger.Expert:
		side = Expert
	default:
		return fmt.Errorf("it is about %q", about.Side)
	}
	x := &p.sides[side]
	switch e.Kind {
	case NoteAnswer:
		return p.answer(side, e)
	case NoteNotice:
		var n NoticeShown
		err := json.Unmarshal(e.Body, &n)
		x.language = n.Language
		return err
	case NotePlace:
		return p.moved(side, e)
	case NoteSpoken:
		var n NoticeSpoken
		err := json.Unmarshal(e.Body, &n)
		x.spoken = n.ToEnd
		return err
	case NoteVoid:
		x.answer, x.ended = consent.AnswerNone, x.ended+1
	case NoteHold:
		x.holds = true
	case NoteUnhold:
		x.holds = false
	}
	return nil
}

func (p *past) answer(s Side, e chain.Entry) error {
	var a AnswerGiven
	if err := json.Unmarshal(e.Body, &a); err != nil {
		return err
	}
	x := &p.sides[s]
	x.answer, x.answeredAt = consent.Answer(a.Answer), e.At
	switch x.answer {
	case consent.AnswerExpress:
		x.withdrawn = false
	case consent.AnswerContinued:
	default: // a word that nobody knows is a no
		x.answer, x.ended = consent.AnswerDeclined, x.ended+1
		x.withdrawn = x.withdrawn || a.Method == ledger.MethodWithdrawn
		if p.recorded {
			p.refused = &s
		}
	}
	return nil
}

// moved reads where a side turned up. What was spoken before may not be what must
// be said of the new place.
func (p *past) moved(s Side, e chain.Entry) error {
	var seen PlaceSeen
	err := json.Unmarshal(e.Body, &seen)
	x := &p.sides[s]
	x.later = append(x.later, seen.Signals...)
	x.aged = x.aged || seen.AgeKnown
	for i := range p.sides {
		p.sides[i].spoken = false
	}
	return err
}

// verdict reads the places of the beginning from the first verdict; later ones
// have entries of their own.
func (p *past) verdict(e chain.Entry) error {
	var j receipt.Judgement
	if err := json.Unmarshal(e.Body, &j); err != nil {
		return err
	}
	p.minor = p.minor || j.Rule == consent.RuleNoMinors || j.Rule == consent.RuleM1
	if p.judged {
		return nil
	}
	p.judged = true
	for _, s := range []Side{Member, Expert} {
		p.sides[s].signals, p.sides[s].later = signalsOf(j.Places, s.party())
	}
	return nil
}

// signalsOf are the signals that lead to the places of a party. A doubt that the
// judge saw stays one.
func signalsOf(places []consent.ResolvedPlace, who consent.Party) (signals, doubts []consent.Signal) {
	for _, place := range places {
		if place.Party != who {
			continue
		}
		if len(place.Said) == 0 {
			doubts = []consent.Signal{{Source: consent.SourcePrevious}}
		}
		for _, said := range place.Said {
			s := consent.Signal{Place: said, Source: consent.SourcePrevious}
			if len(place.Sources) == 1 {
				s.Source = place.Sources[0]
			}
			signals = append(signals, s)
		}
	}
	return signals, doubts
}

func (p *past) part(e chain.Entry) error {
	var decided PartDecided
	if err := json.Unmarshal(e.Body, &decided); err != nil {
		return err
	}
	p.refused = nil
	if decided.Part == string(PartErased) {
		p.recorded = false
	}
	return nil
}

// place is a side as the ledger tells of it.
func (x pastSide) place(party Party, minor bool) Place {
	party.Signals = x.signals
	if party.Language == "" {
		party.Language = x.language
	}
	if minor || x.aged {
		party.Age = new(int) // under age: how old is written nowhere
	}
	p := Place{
		Party: party, Later: slices.Clone(x.later), Media: MediaLost, Asking: 1 + x.ended,
		Answer: x.answer, Withdrawn: x.withdrawn, Holds: x.holds, away: true,
	}
	if x.spoken {
		p.Spoken = SpokenPlayed
	}
	return p
}

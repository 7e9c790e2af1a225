package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"parley/recorder/consent"
	"parley/recorder/consent/ledger"
	"parley/recorder/pipeline"
	"parley/signaling/session"
	"parley/storage/chain"
	"parley/storage/id"
	"parley/storage/meta"
)

// Left is a call that an earlier process left without an end.
type Left struct {
	Call meta.Call
	// Alive is when that process last had it, or since when a later one has waited
	// for its people.
	Alive time.Time
	// Unprovable tells that its ledger could not be written.
	Unprovable bool
}

// TakeUp goes on with a call that an earlier process left: its people are waited for,
// and its recording is gone on with, if it can be. It must come before the first
// Attach. The error says why the call cannot be taken up; nothing has changed then but
// that its recording is finished.
func (h *Hub) TakeUp(ctx context.Context, l Left) error {
	entries, err := h.entriesOf(ctx, l.Call.ID)
	if err != nil {
		return err
	}
	c := h.newCall(l.Call.ID, [2]id.PersonID{l.Call.MemberID, l.Call.ExpertID})
	c.takenUp, c.clerk.written = true, true
	c.measured(l.Call.Quality)
	// Browsers pass over generations that they had before; nobody has ten a second.
	c.bridge.Follow(max(0, int(h.cfg.Now().Sub(l.Call.CreatedAt)/(100*time.Millisecond))))
	left := session.Left{
		ID: l.Call.ID, CreatedAt: l.Call.CreatedAt, AcceptedAt: moment(l.Call.AcceptedAt), ConnectedAt: moment(l.Call.ConnectedAt),
		Alive: l.Alive, Unprovable: l.Unprovable, Ledger: receipted(entries),
	}
	for s, name := range []string{l.Call.MemberName, l.Call.ExpertName} {
		a := l.Call.Alarms[s]
		left.People[s] = session.Party{ID: c.people[s], Name: name}
		left.Sounds[s] = session.Sound{Absences: a.Absences, Silences: a.Silences, Cures: a.Cures, Failures: a.Failures}
	}
	if err := c.proof.recall(left.Ledger); err != nil {
		return err
	}
	c.reopen(ctx, l.Call, &left)
	state, commands, err := session.Resume(h.cfg.Env, left, h.cfg.Now())
	if err == nil {
		c.state = state
		err = h.claimAgain(c)
	}
	if err != nil {
		c.endRecording()
		return err
	}
	c.log.Info().Dur("away_ms", h.cfg.Now().Sub(l.Alive)).Msg("call taken up from an earlier process")
	go c.run(commands)
	return nil
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// claimAgain makes c the live call of both people.
func (h *Hub) claimAgain(c *call) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range c.people {
		if h.byPerson[p] != nil {
			return ErrInCall
		}
	}
	h.byID[c.id] = c
	for _, p := range c.people {
		h.byPerson[p] = c
	}
	h.work.Add(1)
	return nil
}

// reopen goes on with the call's recording. One that cannot be gone on with is
// finished as it is, and what is said from now on becomes another one.
func (c *call) reopen(ctx context.Context, record meta.Call, l *session.Left) {
	if record.RecordingID == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, ioTimeout)
	defer cancel()
	rec, shut, err := c.hub.cfg.Recorder.Reopen(ctx, *record.RecordingID, pipeline.Start{
		Call: record, OnStatus: c.captureStatus, OnAlarm: c.captureAlarm, OnLost: c.captureLost,
	})
	if err != nil {
		c.former = record.RecordingID
		c.log.Warn().Err(err).Msg("the recording of a call that was taken up is not gone on with")
		return
	}
	c.recording, l.Recording, l.Shut = rec, rec.ID(), shut
	c.live.Store(&rec)
}

// entriesOf are a call's entries in the consent ledger.
func (h *Hub) entriesOf(ctx context.Context, c id.CallID) (all []chain.Entry, err error) {
	ctx, cancel := context.WithTimeout(ctx, ioTimeout)
	defer cancel()
	for after := uint64(0); ; {
		page, err := h.cfg.Store.ChainEntries(ctx, ledger.Chain, string(c), after, meta.MaxLimit)
		if err != nil {
			return nil, fmt.Errorf("read the ledger of %s: %w", c, err)
		}
		if len(page) == 0 {
			return all, nil
		}
		all = append(all, page...)
		after = page[len(page)-1].Seq
	}
}

// receipted are the entries but for each yes that has no receipt: the process ended
// before it could be proved, and the person is asked again.
func receipted(entries []chain.Entry) []chain.Entry {
	given := map[uint64]bool{}
	for _, e := range entries {
		var issued ledger.ReceiptIssued
		if e.Kind == ledger.KindReceipt && json.Unmarshal(e.Body, &issued) == nil {
			given[issued.Answer] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(entries), func(e chain.Entry) bool {
		var a ledger.AnswerGiven
		return e.Kind == ledger.KindAnswer && !given[e.Seq] && json.Unmarshal(e.Body, &a) == nil &&
			a.Answer != string(consent.AnswerDeclined)
	})
}

// recall is what the ledger holds already of a call that was taken up.
func (p *proof) recall(entries []chain.Entry) error {
	for _, e := range entries {
		var about struct{ Side string }
		switch e.Kind {
		case ledger.KindNotice, ledger.KindAnswer, ledger.KindVoid:
			if err := json.Unmarshal(e.Body, &about); err != nil {
				return fmt.Errorf("ledger entry %d: %w", e.Seq, err)
			}
		case ledger.KindReceipt:
			if err := p.recallReceipt(e, entries); err != nil {
				return fmt.Errorf("ledger entry %d: %w", e.Seq, err)
			}
			continue
		default:
			continue
		}
		for s := range p.legs {
			if session.Side(s).String() != about.Side {
				continue
			}
			leg := &p.legs[s]
			switch e.Kind {
			case ledger.KindNotice:
				leg.entry = e.Hash
				if err := json.Unmarshal(e.Body, &leg.notice); err != nil {
					return fmt.Errorf("ledger entry %d: %w", e.Seq, err)
				}
			case ledger.KindAnswer, ledger.KindVoid:
				leg.void = true // until its receipt follows
			}
		}
	}
	return nil
}

// recallReceipt takes in the receipt of an answer.
func (p *proof) recallReceipt(e chain.Entry, entries []chain.Entry) error {
	var issued ledger.ReceiptIssued
	if err := json.Unmarshal(e.Body, &issued); err != nil {
		return err
	}
	for _, a := range entries {
		if a.Seq != issued.Answer {
			continue
		}
		var given ledger.AnswerGiven
		if err := json.Unmarshal(a.Body, &given); err != nil {
			return err
		}
		for s := range p.legs {
			if session.Side(s).String() == given.Side {
				p.legs[s].receipt, p.legs[s].void = issued.Receipt, false
			}
		}
	}
	return nil
}

// suspend leaves a call that two have to the next process, if the hub does that, and
// tells whether it did. Whoever is connected finds the call again there.
func (c *call) suspend() bool {
	if !c.hub.cfg.Suspend || c.state.ConnectedAt.IsZero() {
		return false
	}
	_ = c.apply(session.Suspended{}) // never refused
	c.clerk.keep(c.record())
	c.sound(session.EndMedia{})
	if c.recording != nil {
		c.live.Store(nil)
		c.recording.Suspend()
		c.recording = nil
	}
	for t := range c.timers {
		c.stopTimer(t)
	}
	c.log.Info().Msg("call left to the next process")
	return true
}

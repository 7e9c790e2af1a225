package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"parley/recorder/capture"
	"parley/recorder/journal"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
)

// ErrCannotGoOn is returned for a recording of an earlier process that cannot be
// gone on with. Recover finishes it as it is.
var ErrCannotGoOn = errors.New("pipeline: the recording cannot be gone on with")

// Reopen takes up a recording that an earlier process left, with its gate shut. It
// goes on behind what is there, on the same clock; the time in between is a gap that
// its manifest marks. shut names the ledger's entry of the last opening of the gate
// if the journal says that it was closed again; it is empty otherwise.
//
// It must come before Recover, which then leaves the recording alone. Errors match
// ErrCannotGoOn, ErrNoRoom, or are what could not be read.
func (p *Pipeline) Reopen(ctx context.Context, rec id.RecordingID, s Start) (r *Recording, shut string, err error) {
	if err := p.checkRoom(); err != nil {
		return nil, "", err
	}
	entry, err := p.cfg.Meta.Recording(ctx, rec)
	if err != nil {
		return nil, "", fmt.Errorf("look up %s: %w", rec, err)
	}
	if entry.State != meta.StateCapturing || entry.CallID != s.Call.ID {
		return nil, "", fmt.Errorf("%w: it is %s", ErrCannotGoOn, entry.State)
	}
	if erased, err := p.wasErased(ctx, entry); err != nil || erased {
		return nil, "", errors.Join(ErrCannotGoOn, err)
	}
	left, err := p.readLeft(entry)
	if err != nil {
		return nil, "", err
	}
	now := p.cfg.Now()
	if now.Before(left.written) || now.Before(left.header.Started.Add(left.last)) {
		return nil, "", fmt.Errorf("%w: the clock was set back", ErrCannotGoOn)
	}
	w, err := journal.Continue(p.path(rec, journalSuffix), left.header, left.number)
	if err != nil {
		return nil, "", err
	}
	// The monotonic reading of now carries over: from here on the clock may be set.
	zero := now.Add(-now.Sub(left.header.Started))
	r = p.newRecording(entry, left.header, s, capture.New(zero))
	r.behindBatch = left.number
	r.erase.Store(p.toErase(rec))
	r.capture.Mark(journal.EventRestart, journal.WholeCall, now)
	p.reopened.Store(rec, true)
	p.care(r, w)
	r.log.Info().Dur("gap_ms", now.Sub(left.written)).Msg("recording of an earlier process taken up")
	return r, left.shut(), nil
}

// left is what is known of a journal that an earlier process left.
type left struct {
	header  journal.Header
	number  uint64        // of the last batch
	last    time.Duration // of the last event
	written time.Time
	gate    string // the entry by which it was opened last
	open    bool
}

func (l left) shut() string {
	if l.open {
		return ""
	}
	return l.gate
}

// readLeft reads the events of a journal, and no sound.
func (p *Pipeline) readLeft(entry meta.Recording) (l left, err error) {
	path := p.path(entry.ID, journalSuffix)
	info, err := os.Stat(path)
	if err != nil {
		return l, fmt.Errorf("%w: %w", ErrCannotGoOn, err)
	}
	l.written = info.ModTime()
	fault, err := readFault(p.path(entry.ID, faultSuffix))
	if err != nil || fault != "" {
		return l, fmt.Errorf("%w: %s: %w", ErrCannotGoOn, fault, errors.Join(ErrCaptureFailed, err))
	}
	if l.header, err = readHeader(path); err != nil {
		return l, fmt.Errorf("%w: %w", ErrCannotGoOn, err)
	}
	if p.cfg.Opener == nil {
		return l, fmt.Errorf("%w: %w", ErrCannotGoOn, ErrSealOnly)
	}
	key, err := p.openKey(l.header.Lanes[journal.LaneCall].Envelope, envelope.Binding{Recording: entry.ID, Part: id.PartCall})
	if err != nil {
		return l, fmt.Errorf("open the key of %s: %w", entry.ID, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return l, fmt.Errorf("read journal: %w", err)
	}
	l.number = journal.Last(data)
	ids := journal.Identities{journal.LaneCall: key}
	_, err = journal.Read(data, l.header, ids, func(b journal.Batch) error {
		return journal.Records(b.Records, func(rec any) {
			if e, is := rec.(journal.Event); is {
				l.event(e)
			}
		})
	})
	return l, err
}

func (l *left) event(e journal.Event) {
	l.last = max(l.last, e.At)
	switch e.Kind {
	case journal.EventGateOpen:
		l.open, l.gate = true, ""
		if e.Proof != nil {
			l.gate = e.Proof.Entry
		}
	case journal.EventGateClose:
		l.open = false
	}
}

// Suspend lets go of the recording so that a later process can go on with it, or
// finish it. It does not wait.
func (r *Recording) Suspend() {
	r.suspended.Store(true)
	r.Finish()
}

// isReopened tells whether this process has gone on with what is in a journal.
func (p *Pipeline) isReopened(path string) bool {
	rec := strings.TrimSuffix(strings.TrimPrefix(path, p.cfg.Dir+string(os.PathSeparator)), "."+journalSuffix)
	_, is := p.reopened.Load(id.RecordingID(rec))
	return is
}

// restartNotes tell of each time that an earlier process ended and this recording
// went on.
func restartNotes(marks []journal.Event, spans []journalSpan) (notes []string) {
	for _, e := range marks {
		if e.Kind != journal.EventRestart {
			continue
		}
		at := e.At.Microseconds()
		note := "the process ended during the call and was started again"
		for _, s := range spans {
			if s.open >= at {
				note = fmt.Sprintf("the process ended during the call; the recording goes on at %s", clockTime(s.open))
				break
			}
		}
		notes = append(notes, note)
	}
	return notes
}

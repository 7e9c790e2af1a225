package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"sync"
	"time"

	"parley/recorder/journal"
	"parley/recorder/manifest"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
)

// finish makes a recording of a capture that has ended.
func (r *Recording) finish(l *live) {
	var notes []string
	if r.lost != nil {
		notes = append(notes, lostNote(r.saved.Load(), r.lost))
	}
	c := r.capture.Counts()
	if d := c.Dropped[0] + c.Dropped[1]; d > 0 {
		notes = append(notes, fmt.Sprintf("%d packets were dropped because the disk was too slow", d))
	}
	job := &job{p: r.p, rec: r.rec, header: r.header, notes: notes}
	r.p.retry(r.rec.ID, func() error { return job.complete(l) })
}

// job is the finishing of one recording; its steps may be repeated.
type job struct {
	p      *Pipeline
	rec    meta.Recording
	header journal.Header
	notes  []string

	done     *rendered
	manifest []byte // sealed
	length   time.Duration
	report   manifest.Report

	mu     sync.Mutex                   // guards stored while objects are put
	stored map[string]meta.StoredObject // by hash
}

// complete renders, seals, uploads, verifies, and lets the local copies go.
func (j *job) complete(l *live) error {
	j.p.queue.render(j.rec.ID, j.p.cfg.Now())
	if j.done == nil {
		if err := j.render(l); err != nil {
			return err
		}
	}
	j.rendered()
	if err := j.move(meta.StateUploading); err != nil {
		return err
	}
	if err := j.uploadInTurn(); err != nil {
		return err
	}
	if err := j.forget(); err != nil {
		return err
	}
	if err := j.publish(); err != nil {
		return err
	}
	j.uploaded()
	j.p.tidy(j.rec.ID)
	return nil
}

// render takes the live render's result, or makes one from the journal.
func (j *job) render(l *live) error {
	if err := j.move(meta.StateRendering); err != nil {
		return err
	}
	release := j.p.slot()
	if release == nil {
		return j.p.ctx.Err()
	}
	defer release()
	how := newPlan(j.p.cfg.Mode)
	if l != nil {
		done, instead, err := l.result()
		if err == nil {
			return j.seal(done, append(slices.Clone(j.notes), damageNotes(l.damage)...))
		}
		l.abandon()
		how = instead
	}
	notes := slices.Clone(j.notes)
	if l == nil {
		fault, err := readFault(j.p.path(j.rec.ID, faultSuffix))
		if err != nil {
			return err
		}
		if fault != "" {
			notes = append(notes, fault)
		}
	}
	done, damage, err := j.p.renderJournal(j.header, how)
	if err != nil {
		return err
	}
	return j.seal(done, append(notes, journalNotes(done.spans, damage)...))
}

// journalNotes tell what a journal that was read back lacks.
func journalNotes(spans []journalSpan, damage []journal.Damage) []string {
	var notes []string
	if n := len(spans); n == 0 || spans[n-1].cut {
		notes = append(notes, "the process ended during the call")
	}
	return append(notes, damageNotes(damage)...)
}

func damageNotes(damage []journal.Damage) (notes []string) {
	for _, d := range damage {
		notes = append(notes, damageNote(d))
	}
	return notes
}

func damageNote(d journal.Damage) string {
	if d.Tail {
		return "the process ended while the last batch was being written"
	}
	return fmt.Sprintf("batch %d of the %s lane could not be read: %s", d.Batch, d.Lane, d.Reason)
}

// seal writes the manifest of a finished render.
func (j *job) seal(done rendered, notes []string) error {
	m := j.describe(done, notes)
	data, err := m.Encode()
	if err != nil {
		return fmt.Errorf("encode manifest of %s: %w", j.rec.ID, err)
	}
	r, err := envelope.ParseRecipient(j.header.Lanes[journal.LaneCall].Recipient)
	if err != nil {
		return err
	}
	if j.manifest, err = envelope.SealBytes(r, data); err != nil {
		return fmt.Errorf("seal manifest of %s: %w", j.rec.ID, err)
	}
	done.out.kept = true
	j.done, j.report = &done, m.Report
	j.length = time.Duration(m.LengthMs * float64(time.Millisecond))
	return nil
}

func (j *job) describe(done rendered, notes []string) manifest.Manifest {
	m := manifest.Manifest{
		Recording: j.rec.ID, Call: j.rec.CallID, Started: j.rec.StartedAt,
		LengthMs: math.Round(float64(done.result.Layout.TotalSamples)/4.8) / 10,
		Layout:   done.result.Layout, Basis: j.header.Basis,
	}
	notes = append(notes, restartNotes(done.marks, done.spans)...)
	line := newTimeline(done)
	var remarks []string
	for leg, part := range partOfLeg {
		f, peaks := done.out.voices[leg], done.out.peaks[leg]
		m.Voices[leg] = manifest.Voice{
			Leg: part, Mode: done.result.Voices[leg].Mode, Why: done.plan.why[leg],
			Bytes: f.size, SHA256: f.sum(),
			Peaks: manifest.Object{Bytes: peaks.size, SHA256: peaks.sum()}, Stats: done.result.Voices[leg],
		}
		if done.result.Voices[leg].Packets > 0 { // else the judge says that there are none at all
			notes = append(notes, silenceNotes(noAudioOf(part), line.stretches(done.silent[leg]))...)
			remarks = append(remarks, silenceNotes(noSoundOf(part), line.stretches(done.still[leg]))...)
		}
	}
	for i, s := range done.spans {
		m.Spans = append(m.Spans, manifest.Span{
			OpenMs: ms(s.open - line.cut[i]), CloseMs: ms(s.close - line.cut[i]), ClockMs: ms(s.open), Proof: s.proof,
		})
	}
	for _, e := range done.marks {
		at := e.At.Microseconds()
		m.Events = append(m.Events, manifest.Event{AtMs: ms(line.place(at)), ClockMs: ms(at), Kind: e.Kind, Leg: string(e.Leg)})
	}
	expected := 0.0
	if n := len(m.Spans); n > 0 {
		expected = m.Spans[n-1].CloseMs
	}
	manifest.Judge(expected, &m, notes, remarks)
	return m
}

// move enters a new state; being in it already is fine.
func (j *job) move(s meta.State) error {
	if j.rec.State == s {
		return nil
	}
	next := j.rec
	next.State = s
	ctx, cancel := context.WithTimeout(j.p.ctx, metaTimeout)
	defer cancel()
	if err := j.p.cfg.Meta.UpdateRecording(ctx, next); err != nil {
		return fmt.Errorf("recording %s to %s: %w", j.rec.ID, s, err)
	}
	j.rec = next
	return nil
}

// publish makes the recording visible.
func (j *job) publish() error {
	next := j.rec
	report, err := json.Marshal(j.report)
	if err != nil {
		return fmt.Errorf("encode report of %s: %w", j.rec.ID, err)
	}
	next.State, next.LengthMs, next.Report = meta.StateStored, j.length.Milliseconds(), string(report)
	at := j.p.cfg.Now().UTC()
	next.StoredAt = &at
	ctx, cancel := context.WithTimeout(j.p.ctx, metaTimeout)
	defer cancel()
	if err := j.p.cfg.Meta.UpdateRecording(ctx, next); err != nil {
		return fmt.Errorf("publish %s: %w", j.rec.ID, err)
	}
	j.rec = next
	j.p.cfg.Log.Info().Str("recording_id", string(j.rec.ID)).Bool("clean", j.report.Clean).
		Int64("length_ms", j.rec.LengthMs).Msg("recording stored")
	j.p.cfg.OnReady(j.rec)
	return nil
}

// tidy removes what a published recording needs no more, in the store and here.
func (p *Pipeline) tidy(rec id.RecordingID) {
	p.retry(rec, func() error {
		if err := p.sweep(rec); err != nil {
			return err
		}
		p.clear(rec)
		return nil
	})
}

// clear removes the local copies of a recording, the journal last: as long as
// it is there, a restart tries again.
func (p *Pipeline) clear(rec id.RecordingID) {
	for _, part := range partOfLeg {
		p.remove(p.path(rec, part+objectSuffix))
		p.remove(p.path(rec, part+peaksSuffix))
	}
	p.remove(p.path(rec, faultSuffix))
	p.remove(p.path(rec, journalSuffix))
	p.remove(p.path(rec, eraseSuffix))
}

func (p *Pipeline) remove(path string) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		p.cfg.Log.Warn().Err(err).Msg("local copy not removed")
	}
}

const (
	metaTimeout = 10 * time.Second
	firstRetry  = 200 * time.Millisecond
	lastRetry   = time.Minute
)

// retry repeats a job until it is done or the pipeline closes: the local
// copies wait for as long as a store is away.
func (p *Pipeline) retry(rec id.RecordingID, do func() error) {
	wait := firstRetry
	for {
		err := do()
		if err == nil {
			return
		}
		if p.ctx.Err() != nil {
			return
		}
		p.cfg.Log.Error().Err(err).Str("recording_id", string(rec)).Dur("retry_in", wait).Msg("recording not finished yet")
		if rest(p.ctx, wait) != nil {
			return
		}
		wait = min(2*wait, lastRetry)
	}
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"parley/recorder/coverage"
	"parley/storage/id"
	"parley/storage/meta"
)

type recordingVerify struct {
	storeFlags
	ID   string `arg:"" help:"Id of the recording."`
	Key  string `help:"File with the public keys; empty: the key of the data folder." type:"path"`
	JSON bool   `help:"Print one JSON object."`
}

// coverageReport is what the command finds.
type coverageReport struct {
	OK        bool           `json:"ok"`
	Recording id.RecordingID `json:"recording"`
	Call      id.CallID      `json:"call"`
	Spans     int            `json:"spans"`
	Gaps      []coverage.Gap `json:"gaps"`
}

// Run implements the command: it exits non-zero for a recording that is not covered.
// Nothing of the recording can be heard by it, so it is no access to be written down.
func (c recordingVerify) Run(ctx context.Context, s streams) error {
	rec, err := id.ParseRecording(c.ID)
	if err != nil {
		return fmt.Errorf("%q is no id of a recording: `parley recording list` shows them", c.ID)
	}
	return c.with(ctx, func(st *stores) error {
		r, err := c.check(ctx, st, rec)
		if err != nil {
			return err
		}
		if c.JSON {
			err = json.NewEncoder(s.out).Encode(r)
		} else {
			err = r.print(s)
		}
		if err == nil && !r.OK {
			err = errSilent
		}
		return err
	})
}

func (c recordingVerify) check(ctx context.Context, st *stores, rec id.RecordingID) (coverageReport, error) {
	out := coverageReport{Recording: rec, Gaps: []coverage.Gap{}}
	entry, err := st.meta.Recording(ctx, rec)
	if errors.Is(err, meta.ErrNotExist) {
		return out, fmt.Errorf("there is no recording %s in %s", rec, c.Data)
	}
	if err != nil {
		return out, err
	}
	keys, err := st.publicKeys(ctx, c.Key, c.config())
	if err != nil {
		return out, err
	}
	lib := st.library(keys)
	lib.Proof = nil // what is wrong is shown here, not refused
	r, err := lib.Open(ctx, rec)
	if err != nil {
		return out, err
	}
	m := r.Manifest
	err = coverage.Ledger{Entries: st.meta, Keys: keys}.Covers(ctx, entry, m)
	out.OK, out.Call, out.Spans = err == nil, entry.CallID, len(m.Spans)
	var gaps *coverage.UncoveredError
	if errors.As(err, &gaps) {
		out.Gaps, err = gaps.Gaps, nil
	}
	return out, errors.Join(err, r.Close())
}

func (r coverageReport) print(s streams) error {
	w := printer{out: s.out}
	for _, g := range r.Gaps {
		w.line("  %s", g)
	}
	if r.OK {
		w.line("Recording %s is covered: consent was there for all of its %d spans.", r.Recording, r.Spans)
	} else {
		w.line("Recording %s is NOT covered by consent.", r.Recording)
	}
	return w.err
}

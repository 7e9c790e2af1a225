package main

import (
	"testing"

	"parley/storage/meta"
)

func TestReportLine(t *testing.T) {
	for _, r := range []struct {
		rec  meta.Recording
		want string
	}{
		{meta.Recording{State: meta.StateStored, Report: `{"clean":true,"notes":[]}`}, "clean"},
		{meta.Recording{State: meta.StateStored, Report: `{"clean":true,"notes":[],"remarks":["no sound"]}`}, "clean; no sound"},
		{meta.Recording{State: meta.StateStored, Report: `{"clean":false,"notes":["one","two"]}`}, "one; two"},
		{meta.Recording{State: meta.StateStored, Report: `{"clean":false,"notes":["one"],"remarks":["no sound"]}`}, "one; no sound"},
		{meta.Recording{State: meta.StateDamaged, Report: `{"clean":false,"notes":["the journal is gone"]}`}, "the journal is gone"},
		{meta.Recording{State: meta.StateDiscarded}, "no report"},
		{meta.Recording{State: meta.StateCapturing}, "not finished"},
	} {
		if got := reportLine(r.rec); got != r.want {
			t.Errorf("%s with %q: got %q, want %q", r.rec.State, r.rec.Report, got, r.want)
		}
	}
}

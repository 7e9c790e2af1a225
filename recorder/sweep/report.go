package sweep

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"parley/recorder/manifest"
	"parley/storage/meta"
)

// notePrefix is how a note about an object begins, whatever is wrong with it.
func notePrefix(o meta.StoredObject) string {
	return fmt.Sprintf("in the store, object %s of the %s is ", path.Base(o.Key), o.Part)
}

// mark returns a report in which there is a note of an object's fault, or none if
// there is no fault, and whether that changes anything. A recording is clean when
// its report has no note.
func mark(text string, o meta.StoredObject, fault string) (string, bool, error) {
	report := manifest.DecodeReport(text)
	notes := slices.DeleteFunc(slices.Clone(report.Notes), func(note string) bool { return strings.HasPrefix(note, notePrefix(o)) })
	healed := len(notes) < len(report.Notes)
	if fault != "" {
		notes = append(notes, notePrefix(o)+fault)
	}
	if slices.Equal(notes, report.Notes) {
		return text, false, nil
	}
	report.Notes = notes
	switch {
	case fault != "":
		report.Clean = false
	case healed:
		report.Clean = len(notes) == 0
	}
	out, err := json.Marshal(report)
	if err != nil {
		return "", false, fmt.Errorf("encode report of %s: %w", o.Recording, err)
	}
	return string(out), true, nil
}

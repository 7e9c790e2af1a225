package metatest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

// Run runs the suite. The function makes an empty store for each test and
// registers its end with Cleanup.
func Run(t *testing.T, newStore func(testing.TB) meta.Store) {
	t.Helper()
	tests := []struct {
		name string
		run  func(*testing.T, meta.Store)
	}{
		{"people", people},
		{"people keep availability", peopleKeepAvailability},
		{"people keep what a call leaves", peopleKeepDuty},
		{"experts", experts},
		{"blocks", blocks},
		{"revocations", revocations},
		{"answers", answers},
		{"accounts", accounts},
		{"calls", calls},
		{"unfinished calls", unfinishedCalls},
		{"listed calls", listedCalls},
		{"missed calls", missedCalls},
		{"texts", texts},
		{"texts go with their voice", textsGoWithTheirVoice},
		{"texts due", textsDue},
		{"feedback", feedback},
		{"evaluations", evaluations},
		{"evaluations go with their recording", evaluationsGoWithTheirRecording},
		{"signs", signs},
		{"traces", traces},
		{"standings", standings},
		{"recordings", recordings},
		{"recording is stored whole", recordingIsStoredWhole},
		{"recording states", recordingStates},
		{"recordings by filter", recordingsByFilter},
		{"recordings by page", recordingsByPage},
		{"unfinished recordings", unfinishedRecordings},
		{"envelopes", envelopes},
		{"objects", objects},
		{"erasures", erasures},
		{"erasure of a voice", erasureOfAVoice},
		{"two decide at once", twoDecideAtOnce},
		{"hold against erasure", holdAgainstErasure},
		{"holds", holds},
		{"set aside", setAside},
		{"assignments", assignments},
		{"secrets", secrets},
		{"racing secrets", racingSecrets},
		{"sealed anew", sealedAnew},
		{"chains", chains},
		{"chain entries by filter", chainEntriesByFilter},
		{"newest entry", newestEntry},
		{"racing appends", racingAppends},
		{"chain refuses", chainRefuses},
		{"clock set back", clockSetBack},
		{"events", events},
		{"events by filter", eventsByFilter},
		{"events appended again", eventsAppendedAgain},
		{"events refused", eventsRefused},
		{"events deleted", eventsDeleted},
		{"racing events", racingEvents},
		{"webhooks", webhooks},
		{"webhook leases", webhookLeases},
		{"deliveries", deliveries},
		{"copies", copies},
		{"copies of what was erased", copiesOfWhatWasErased},
		{"keep objects", keepObjects},
		{"checks", checks},
		{"locks", locks},
		{"drills", drills},
		{"text comes back as it was", textComesBack},
		{"invalid records", invalidRecords},
		{"readers beside writers", readersBesideWriters},
		{"ended context", endedContext},
		{"check", check},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) { tc.run(t, newStore(t)) })
	}
}

// noon is the instant around which the suite's records are; it has digits down to
// the microsecond and is not in UTC.
var noon = time.Date(2026, 3, 14, 12, 0, 0, 123_456_000, time.FixedZone("CET", 3600))

func after(d time.Duration) time.Time { return noon.Add(d) }

func testContext(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func must(t testing.TB, doing string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: got %v, want no error", doing, err)
	}
}

func wantError(t testing.TB, doing string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", doing, err, want)
	}
}

// wantSame compares what was read with what was stored.
func wantSame(t testing.TB, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got\n\t%+v, want\n\t%+v", what, got, want)
	}
}

// stored returns a time as a store gives it back.
func stored(at time.Time) time.Time { return time.UnixMicro(at.UnixMicro()).UTC() }

func ptr[T any](value T) *T { return &value }

func newCall(at time.Time) meta.Call {
	return meta.Call{
		ID:         id.NewCall(at),
		MemberID:   "member-1",
		ExpertID:   "expert-1",
		MemberName: "Mia Member",
		ExpertName: "Ed Expert",
		CreatedAt:  at,
	}
}

func newRecording(at time.Time) meta.Recording {
	return meta.Recording{
		ID:         id.NewRecording(at),
		CallID:     id.NewCall(at),
		MemberID:   "member-1",
		ExpertID:   "expert-1",
		MemberName: "Mia Member",
		ExpertName: "Ed Expert",
		State:      meta.StateCapturing,
		StartedAt:  at,
	}
}

func newEnvelopes() map[string][]byte {
	sealed := map[string][]byte{}
	for _, part := range id.Parts() {
		sealed[part] = []byte("sealed key of " + part + "\x00\xff")
	}
	return sealed
}

// insertRecording stores a recording that began at a time, changed as wanted.
func insertRecording(t testing.TB, store meta.Store, at time.Time, change func(*meta.Recording)) meta.Recording {
	t.Helper()
	r := newRecording(at)
	if change != nil {
		change(&r)
	}
	must(t, "InsertRecording", store.InsertRecording(testContext(t), r, newEnvelopes()))
	return r
}

func recordingIDs(recordings []meta.Recording) []id.RecordingID {
	ids := []id.RecordingID{}
	for _, r := range recordings {
		ids = append(ids, r.ID)
	}
	return ids
}

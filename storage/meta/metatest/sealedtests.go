package metatest

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

func envelopes(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	r := insertRecording(t, store, noon, nil)
	other := insertRecording(t, store, noon, nil)
	_, err := store.Envelope(ctx, id.NewRecording(noon), id.PartMember)
	wantError(t, "Envelope of no recording", err, meta.ErrNotExist)
	_, err = store.Envelope(ctx, r.ID, "both")
	wantError(t, "Envelope of no part", err, meta.ErrNotExist)
	err = store.DestroyEnvelope(ctx, id.NewRecording(noon), id.PartMember, noon)
	wantError(t, "DestroyEnvelope of no recording", err, meta.ErrNotExist)

	for i := range 2 {
		must(t, fmt.Sprintf("DestroyEnvelope, time %d", i+1), store.DestroyEnvelope(ctx, r.ID, id.PartMember, after(time.Hour)))
		sealed, err := store.Envelope(ctx, r.ID, id.PartMember)
		wantError(t, "Envelope that was destroyed", err, meta.ErrNotExist)
		if len(sealed) != 0 {
			t.Errorf("destroyed envelope: got %q, want nothing", sealed)
		}
	}
	for _, kept := range []struct {
		recording id.RecordingID
		part      string
	}{{r.ID, id.PartExpert}, {r.ID, id.PartCall}, {other.ID, id.PartMember}} {
		got, err := store.Envelope(ctx, kept.recording, kept.part)
		must(t, "Envelope beside a destroyed one", err)
		wantSame(t, "envelope beside a destroyed one", got, newEnvelopes()[kept.part])
	}
}

func objects(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	r := insertRecording(t, store, noon, nil)
	object := func(key, part string) meta.StoredObject {
		return meta.StoredObject{Recording: r.ID, Part: part, Key: key, Size: 1 << 40, SHA256: strings.Repeat("0f", 32)}
	}
	voice, peaks := object("b/voice", id.PartMember), object("a/peaks", id.PartMember)
	must(t, "PutObject", store.PutObject(ctx, voice))
	must(t, "PutObject again, and another", store.PutObject(ctx, voice, peaks))
	changed := voice
	changed.Size++
	more := object("d/more", id.PartExpert)
	wantError(t, "PutObject of something else under the key", store.PutObject(ctx, more, changed), meta.ErrConflict)
	orphan := object("c/orphan", id.PartCall)
	orphan.Recording = id.NewRecording(noon)
	wantError(t, "PutObject of no recording", store.PutObject(ctx, more, orphan), meta.ErrNotExist)
	got, err := store.Objects(ctx, r.ID)
	must(t, "Objects", err)
	wantSame(t, "objects by key", got, []meta.StoredObject{peaks, voice})
	none, err := store.Objects(ctx, orphan.Recording)
	must(t, "Objects of no recording", err)
	if len(none) != 0 {
		t.Errorf("objects of no recording: got %+v, want none", none)
	}
}

func secrets(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	_, err := store.Secret(ctx, "turn")
	wantError(t, "Secret that is not stored", err, meta.ErrNotExist)
	first, second := []byte("sealed\x00\xff"), []byte("another")
	for _, sealed := range [][]byte{first, second} {
		got, err := store.PutSecret(ctx, "turn", sealed)
		must(t, "PutSecret", err)
		wantSame(t, "what PutSecret returns", got, first)
	}
	got, err := store.Secret(ctx, "turn")
	must(t, "Secret", err)
	wantSame(t, "secret", got, first)
	for name, sealed := range map[string][]byte{"": first, "empty": nil} {
		_, err := store.PutSecret(ctx, name, sealed)
		wantError(t, "PutSecret without name or value", err, meta.ErrInvalid)
	}
}

func racingSecrets(t *testing.T, store meta.Store) {
	ctx := testContext(t)
	got := make([][]byte, 8)
	var group sync.WaitGroup
	for i := range got {
		group.Go(func() {
			sealed, err := store.PutSecret(ctx, "turn", fmt.Appendf(nil, "secret of %d", i))
			if err != nil {
				t.Errorf("PutSecret beside others: got %v, want no error", err)
			}
			got[i] = sealed
		})
	}
	group.Wait()
	for _, sealed := range got {
		if !bytes.Equal(sealed, got[0]) {
			t.Errorf("secrets that racing callers got: %q and %q, want one", sealed, got[0])
		}
	}
}

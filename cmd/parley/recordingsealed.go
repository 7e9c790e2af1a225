package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"parley/signaling/api"
	"parley/storage/blob"
	"parley/storage/envelope"
	"parley/storage/id"
	"parley/storage/meta"
)

// recordingSealed copies a recording for somebody who opens it by other means, as
// docs/format.md says. Nothing of it can be heard with the copy alone.
type recordingSealed struct {
	storeFlags
	ID  string `arg:"" help:"Id of the recording."`
	Out string `help:"Folder to make; it must not exist." required:"" type:"path"`

	Reason string `help:"Why it is copied; written to the audit log." required:""`
}

// Run implements the command.
func (c recordingSealed) Run(ctx context.Context, _ streams) error {
	rec, err := id.ParseRecording(c.ID)
	if err != nil {
		return fmt.Errorf("%q is no id of a recording: `parley recording list` shows them", c.ID)
	}
	return c.with(ctx, func(st *stores) error {
		body := map[string]string{"reason": c.Reason}
		if _, err := st.meta.AppendChain(ctx, api.AuditChain, "copy", string(rec), "operator", body, time.Now()); err != nil {
			return err
		}
		if err := os.Mkdir(c.Out, 0o700); err != nil {
			return err
		}
		objects, err := st.meta.Objects(ctx, rec)
		if err != nil {
			return err
		}
		keys := map[string]*envelope.Identity{}
		for _, part := range id.Parts() {
			if keys[part], err = c.copyEnvelope(ctx, st, rec, part); err != nil {
				return err
			}
		}
		for i, o := range objects {
			if err := c.copyObject(ctx, st, o, keys[o.Part], i); err != nil {
				return err
			}
		}
		return nil
	})
}

// copyEnvelope copies a part's envelope, unless it was destroyed, and opens it.
func (c recordingSealed) copyEnvelope(ctx context.Context, st *stores, rec id.RecordingID, part string) (*envelope.Identity, error) {
	sealed, err := st.meta.Envelope(ctx, rec, part)
	if errors.Is(err, meta.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(c.Out, part+".envelope"), sealed, 0o600); err != nil {
		return nil, err
	}
	return st.master.OpenKey(sealed, envelope.Binding{Recording: rec, Part: part})
}

// copyObject copies a sealed object under a name that says what it is.
func (c recordingSealed) copyObject(ctx context.Context, st *stores, o meta.StoredObject, key *envelope.Identity, number int) error {
	object, err := st.objects.Open(ctx, o.Key)
	if errors.Is(err, blob.ErrNotExist) {
		return nil // what a repeated upload left an entry of
	}
	if err != nil {
		return err
	}
	sealed, err := io.ReadAll(io.NewSectionReader(object, 0, object.Size()))
	if err := errors.Join(err, object.Close()); err != nil {
		return fmt.Errorf("read %s: %w", o.Key, err)
	}
	name := fmt.Sprintf("%s-%d", o.Part, number)
	if key != nil {
		plain, err := envelope.OpenBytes(sealed, key)
		if err != nil {
			return fmt.Errorf("object %s of %s: %w", o.Part, o.Recording, err)
		}
		name = o.Part + kindOf(plain)
	}
	return os.WriteFile(filepath.Join(c.Out, name+".age"), sealed, 0o600)
}

// kindOf is the ending for what an object holds.
func kindOf(plain []byte) string {
	switch {
	case len(plain) > 4 && string(plain[:4]) == "OggS":
		return ".opus"
	case len(plain) > 0 && plain[0] == '{':
		return ".json"
	}
	return ".peaks"
}

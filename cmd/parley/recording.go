package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"parley/cmd/internal/config"
	"parley/media/opus"
	"parley/recorder/export"
	"parley/recorder/manifest"
	"parley/recorder/playback"
	"parley/storage/id"
	"parley/storage/meta"
)

// recordingCommand works on a data folder whose server is stopped.
type recordingCommand struct {
	List   recordingList   `cmd:"" help:"List recordings, newest first."`
	Export recordingExport `cmd:"" help:"Write a recording to a file."`
	Sealed recordingSealed `cmd:"" help:"Copy what is stored of a recording to a folder, sealed as it is."`
	Verify recordingVerify `cmd:"" help:"Check that the consent ledger covers every span of a recording."`
}

// storeFlags find the stores of a server.
type storeFlags struct {
	Data     string        `help:"Data folder." default:"data" env:"PARLEY_DATA" type:"path"`
	Database config.Secret `help:"postgres:// URL of the metadata database; empty: the SQLite file in --data." env:"PARLEY_DATABASE"`
	S3       config.S3     `embed:"" prefix:"s3-" envprefix:"PARLEY_S3_"`
	Keys     config.Keys   `embed:""`
}

// config is what the flags say, for what opens stores.
func (f storeFlags) config() config.Serve {
	return config.Serve{Data: f.Data, Database: f.Database, S3: f.S3, Keys: f.Keys}
}

func (f storeFlags) with(ctx context.Context, do func(*stores) error) error {
	st, err := openStores(ctx, f.config())
	if err != nil {
		return err
	}
	return errors.Join(do(st), st.Close())
}

type recordingList struct{ storeFlags }

// Run implements the command.
func (c recordingList) Run(ctx context.Context, s streams) error {
	return c.with(ctx, func(st *stores) error {
		list, err := st.meta.Recordings(ctx, meta.RecordingFilter{Limit: meta.MaxLimit})
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, r := range list {
			length := time.Duration(r.LengthMs) * time.Millisecond
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n",
				r.ID, r.StartedAt.Format(time.RFC3339), r.State, length, r.CallID, reportLine(r))
		}
		return w.Flush()
	})
}

// reportLine is what a recording's own report says, in a line.
func reportLine(r meta.Recording) string {
	report := manifest.DecodeReport(r.Report)
	switch {
	case len(report.Notes) > 0:
		return strings.Join(append(report.Notes, report.Remarks...), "; ")
	case report.Clean:
		return strings.Join(append([]string{"clean"}, report.Remarks...), "; ")
	case r.State.Finished():
		return "no report"
	}
	return "not finished"
}

type recordingExport struct {
	storeFlags
	ID     string `arg:"" help:"Id of the recording."`
	Out    string `help:"File to write; it must not exist." required:"" type:"path"`
	As     string `help:"stereo (Ogg Opus, member left, expert right), member or expert (one voice), mix (both in one), wav or wav-mix." default:"stereo" enum:"stereo,member,expert,mix,wav,wav-mix"`
	Reason string `help:"Why; it is written to the audit log." required:""`
}

// Run implements the command. The export is decided and written down like
// every other access.
func (c recordingExport) Run(ctx context.Context, s streams) error {
	rec, err := id.ParseRecording(c.ID)
	if err != nil {
		return fmt.Errorf("%q is no id of a recording: `parley recording list` shows them", c.ID)
	}
	return c.with(ctx, func(st *stores) error {
		body := map[string]string{"reason": c.Reason, "as": c.As}
		if _, err := st.meta.AppendChain(ctx, "audit", "export", string(rec), "operator", body, time.Now()); err != nil {
			return err
		}
		key, err := st.signingKey(ctx)
		if err != nil {
			return err
		}
		r, err := st.library(key.Public()).Open(ctx, rec)
		if errors.Is(err, meta.ErrNotExist) {
			return fmt.Errorf("there is no recording %s in %s", rec, c.Data)
		}
		if err != nil {
			return err
		}
		if err = c.tellErased(s, r); err == nil {
			err = c.write(r)
		}
		return errors.Join(err, r.Close())
	})
}

// tellErased says which voice is silent in the file, and refuses to write that
// voice alone.
func (c recordingExport) tellErased(s streams, r *playback.Recording) error {
	for leg, part := range [2]string{id.PartMember, id.PartExpert} {
		if !r.Erased[leg] {
			continue
		}
		if c.As == part {
			return fmt.Errorf("the %s's voice of %s was erased: there is nothing to export", part, c.ID)
		}
		if _, err := fmt.Fprintf(s.err, "parley: the %s's voice was erased; it is silent in the file.\n", part); err != nil {
			return err
		}
	}
	return nil
}

// write writes the recording to the file in the form that was asked for.
func (c recordingExport) write(r *playback.Recording) error {
	source, err := r.Source()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.Out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	comments := []string{"PARLEY_RECORDING=" + c.ID}
	switch c.As {
	case "stereo":
		_, err = io.Copy(f, io.NewSectionReader(r, 0, r.Size()))
	case "member":
		err = source.WriteVoice(f, export.Member, comments)
	case "expert":
		err = source.WriteVoice(f, export.Expert, comments)
	case "mix":
		err = source.WriteMix(f, opus.Config{}, comments)
	case "wav":
		err = writeWAV(f, source, export.Stereo)
	case "wav-mix":
		err = writeWAV(f, source, export.Mono)
	}
	return errors.Join(err, f.Sync(), f.Close())
}

func writeWAV(f io.Writer, source *export.Source, channels export.Channels) error {
	wav, err := export.NewWAVReader(source, channels)
	if err == nil {
		_, err = wav.WriteTo(f)
	}
	return err
}

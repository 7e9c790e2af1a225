package main

import (
	"encoding/json"
	"errors"
	"os"
	"time"

	"parley/recorder/disclosure"
)

// bundleCommand works without a server or a data folder.
type bundleCommand struct {
	Verify  bundleVerify  `cmd:"" help:"Check that every byte of a disclosure bundle, or of an excerpt of one, is as it was signed, and name what is not."`
	Excerpt bundleExcerpt `cmd:"" help:"Cut a stretch of time out of a bundle; it is still proven to come from the sealed original."`
}

// bundleFlags name a bundle and what proves it.
type bundleFlags struct {
	File string `arg:"" help:"The bundle, as it was handed out." type:"path"`
	Key  string `help:"File with the public key of the server (/.well-known/parley-keys.json, one JSON Web Key, or PEM)." required:"" type:"path"`
}

// open opens the bundle; the caller closes it.
func (c bundleFlags) open() (f *os.File, size int64, err error) {
	if f, err = os.Open(c.File); err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

type bundleVerify struct {
	bundleFlags
	JSON bool `help:"Print what was found as one JSON object."`
}

// Run implements the command: it exits non-zero unless every byte stands.
func (c bundleVerify) Run(s streams) error {
	keys, err := readKeys(c.Key)
	if err != nil {
		return err
	}
	f, size, err := c.open()
	if err != nil {
		return err
	}
	r, err := disclosure.Verify(f, size, keys)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(s.out).Encode(r)
	} else {
		err = printBundle(s, r)
	}
	if err == nil && len(r.Faults) > 0 {
		err = errSilent
	}
	return err
}

func printBundle(s streams, r disclosure.Report) error {
	w := printer{out: s.out}
	for _, f := range r.Faults {
		where := f.File
		if where == "" {
			where = "between the files"
		}
		w.line("  %s, bytes %d to %d: %s", where, f.From, f.To, f.Detail)
	}
	what := "bundle"
	if r.Excerpt {
		what = "excerpt"
	}
	if len(r.Faults) > 0 {
		w.line("The %s was ALTERED.", what)
		return w.err
	}
	o := r.Statement.Order
	w.line("The %s is genuine and whole.", what)
	w.line("  recording %s of %s", o.Recording, r.Statement.Started.UTC().Format(time.RFC3339))
	w.line("  asked by  %s, %s, case %s", o.Authority, o.LegalBasis, o.Case)
	for _, a := range o.Approvals {
		w.line("  approved  by %s at %s", a.By, a.At.UTC().Format(time.RFC3339))
	}
	for _, v := range r.Statement.Voices {
		w.line("  %s    %d pages of the sealed original %s", v.Leg, v.Pages, v.SealedSHA256)
	}
	return w.err
}

type bundleExcerpt struct {
	bundleFlags
	From time.Duration `help:"Where it begins, in playing time, such as 1m30s." required:""`
	To   time.Duration `help:"Where it ends." required:""`
	Out  string        `help:"File to write; it must not exist." required:"" type:"path"`
}

// Run implements the command.
func (c bundleExcerpt) Run() error {
	keys, err := readKeys(c.Key)
	if err != nil {
		return err
	}
	f, size, err := c.open()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(c.Out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	err = disclosure.Excerpt(out, f, size, keys, c.From.Milliseconds(), c.To.Milliseconds())
	if err = errors.Join(err, out.Sync(), out.Close(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(c.Out))
	}
	return nil
}

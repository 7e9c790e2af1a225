package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"parley/recorder/accesscopy"
	"parley/signaling/api"
	"parley/storage/audit"
	"parley/storage/id"
)

// copyCommand writes what is kept about a person for that person.
type copyCommand struct {
	storeFlags
	Person     string `arg:"" help:"The person's id, as in tokens."`
	Role       string `help:"In which role: member or expert." required:"" enum:"member,expert"`
	Out        string `help:"Archive (.zip) to write; it must not exist." required:"" type:"path"`
	Reason     string `help:"Why; it is written to the audit log." required:""`
	Operator   string `help:"Name of the operator that the copy is from." default:"Parley" env:"PARLEY_OPERATOR"`
	AccessCopy string `help:"What of a call's sound is in it: own (the person's voice) or both." default:"own" enum:"own,both" env:"PARLEY_ACCESS_COPY"`
}

// Run implements the command. The archive gets its name when it is whole.
func (c copyCommand) Run(ctx context.Context, s streams) error {
	person, err := id.ParsePerson(c.Person)
	if err != nil {
		return fmt.Errorf("%q is no id of a person: %w", c.Person, err)
	}
	if _, err := os.Lstat(c.Out); err == nil {
		return fmt.Errorf("%s is there already: choose another name", c.Out)
	}
	return c.with(ctx, func(st *stores) error {
		body := map[string]string{"of": c.Role, "reason": c.Reason}
		if _, err := st.meta.AppendChain(ctx, api.AuditChain, "copy.person", string(person), "operator", body, time.Now()); err != nil {
			return err
		}
		return c.write(ctx, st, accesscopy.Subject{Person: person, Role: c.Role})
	})
}

func (c copyCommand) write(ctx context.Context, st *stores, subject accesscopy.Subject) error {
	signer, err := st.signingKey(ctx)
	if err != nil {
		return err
	}
	unfinished := c.Out + ".unfinished"
	f, err := os.OpenFile(unfinished, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	allow := func(ctx context.Context, rec id.RecordingID) error {
		body := map[string]string{"reason": c.Reason}
		_, err := st.meta.AppendChain(ctx, api.AuditChain, audit.KindCopy, string(rec), "operator", body, time.Now())
		return err
	}
	err = st.copies(signer, c.Operator, c.AccessCopy).Write(ctx, f, subject, allow)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(unfinished))
	}
	return os.Rename(unfinished, c.Out)
}

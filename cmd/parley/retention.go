package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"parley/signaling/api"
	"parley/storage/meta"
	"parley/storage/retention"
)

// retentionCommand works beside a running server.
type retentionCommand struct {
	Plan retentionPlan `cmd:"" help:"List what would be set aside, put back or destroyed now, and why; nothing is done."`
}

type retentionPlan struct {
	storeFlags
	RetentionDays int  `help:"As given to serve." default:"90" env:"PARLEY_RETENTION_DAYS"`
	TrashDays     int  `help:"As given to serve." default:"7" env:"PARLEY_TRASH_DAYS"`
	InDays        int  `help:"Show what would be done in so many days." default:"0"`
	All           bool `help:"List what is kept, too."`
}

// Run implements the command.
func (c retentionPlan) Run(ctx context.Context, s streams) error {
	if c.RetentionDays < 1 || c.TrashDays < 0 {
		return errors.New("--retention-days must be at least 1 and --trash-days not negative")
	}
	st, err := c.openLedger(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	count := map[retention.Action]int{}
	now := time.Now().Add(time.Duration(c.InDays) * 24 * time.Hour)
	policy := retention.Policy{Days: c.RetentionDays, TrashDays: c.TrashDays}
	err = retention.Plan(ctx, st.meta, policy, now, func(r meta.Recording, d retention.Decision) error {
		count[d.Do]++
		if d.Do == retention.Keep && !c.All {
			return nil
		}
		_, err := fmt.Fprintf(w, "%s\t%s\t%s\tdue %s\tdestroyed %s\n", r.ID, d.Do, d.Why, d.DueAt.Format(time.DateOnly), d.DestroyAt.Format(time.DateOnly))
		return err
	})
	if err = errors.Join(err, w.Flush(), st.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%d to be set aside, %d put back, %d destroyed; %d kept. Nothing was done.\n",
		count[retention.Trash], count[retention.Restore], count[retention.Destroy], count[retention.Keep])
	return err
}

// auditCommand works beside a running server.
type auditCommand struct {
	Verify auditVerify `cmd:"" help:"Find changed, missing, reordered or cut-off entries of the audit log and name them."`
}

type auditVerify struct{ ledgerVerify }

// Run implements the command: it exits non-zero when anything is wrong.
func (c auditVerify) Run(ctx context.Context, s streams) error {
	c.chains = []string{api.AuditChain}
	return c.ledgerVerify.Run(ctx, s)
}

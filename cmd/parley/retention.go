package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"parley/cmd/internal/config"
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
	// What follows must be as given to serve.
	config.Retention
	config.Rules
	Policy string `help:"YAML file with the operator's switches." name:"consent-policy" env:"PARLEY_CONSENT_POLICY" type:"path"`

	InDays int  `help:"Show what would be done in so many days." default:"0"`
	All    bool `help:"List what is kept, too."`
}

// policy is what a server with the same settings carries out.
func (c retentionPlan) policy() (retention.Policy, error) {
	setup, err := loadConsent(config.Consent{Rules: c.Rules, Policy: c.Policy})
	if err != nil {
		return retention.Policy{}, err
	}
	return retentionPolicy(c.Retention, setup), setup.geoip.Close()
}

// Run implements the command.
func (c retentionPlan) Run(ctx context.Context, s streams) error {
	policy, err := c.policy()
	if err != nil {
		return err
	}
	st, err := c.openLedger(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	count := map[retention.Action]int{}
	now := time.Now().Add(time.Duration(c.InDays) * 24 * time.Hour)
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

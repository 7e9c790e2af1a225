package pipeline

import (
	"errors"

	"parley/recorder/render"
)

// plan says how each voice of a recording is made, and why.
type plan struct {
	modes [2]string
	why   [2]string
}

// newPlan begins with what is configured.
func newPlan(mode string) plan {
	why := map[string]string{
		render.ModeCopy:   "packets are kept as they were sent",
		render.ModeAuto:   "little was lost",
		render.ModeEncode: "configured",
	}[mode]
	return plan{modes: [2]string{mode, mode}, why: [2]string{why, why}}
}

// instead is the plan after a render ended with err, and whether there is one.
func (p plan) instead(err error) (plan, bool) {
	var no *render.NotCopyableError
	if !errors.As(err, &no) || p.modes[no.Leg] == render.ModeEncode {
		return p, false
	}
	p.modes[no.Leg], p.why[no.Leg] = render.ModeEncode, no.Why
	return p, true
}

package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/storage/id"
	"parley/storage/meta"
	"parley/storage/statistics"
)

// maxMonths bounds the months that one request asks for.
const maxMonths = 24

// statistics answers with numbers of calls that tell of nobody.
func (s *Server) statistics(w http.ResponseWriter, r *http.Request) error {
	who, err := s.caller(r)
	if err != nil {
		return err
	}
	switch who.Role {
	case auth.RoleQALead, auth.RolePrivacy, auth.RoleAdmin, auth.RoleAuditor, auth.RoleService:
	default:
		return problem.ErrForbidden
	}
	now := s.cfg.Now()
	from := statistics.Start(now).AddDate(-1, 0, 0)
	if text := r.URL.Query().Get("from"); text != "" {
		if from, err = time.Parse(statistics.MonthLayout, text); err != nil {
			return &problem.BadRequestError{Reason: "from must be a month such as 2026-03"}
		}
	}
	n, err := numberIn(r.URL.Query().Get("months"), 12, 1, maxMonths)
	if err != nil {
		return &problem.BadRequestError{Reason: "months must be a number from 1 to " + strconv.Itoa(maxMonths)}
	}
	list := []statistics.Month{}
	for i := range n {
		start := from.AddDate(0, i, 0)
		month, err := s.month(r.Context(), start, now)
		if err != nil {
			return err
		}
		list = append(list, month)
	}
	return writeJSON(w, http.StatusOK, map[string]any{"months": list})
}

// month counts the calls of one month.
func (s *Server) month(ctx context.Context, start, now time.Time) (statistics.Month, error) {
	t := statistics.NewTally(start)
	if !statistics.Over(start, now) {
		return t.Month(now), nil // nothing is told of it
	}
	f := meta.CallFilter{From: start, Until: start.AddDate(0, 1, 0), Limit: meta.MaxLimit}
	for f.After = id.CallID(""); ; {
		page, err := s.cfg.Store.ListCalls(ctx, f)
		if err != nil {
			return statistics.Month{}, err
		}
		for _, c := range page {
			t.Add(c)
			f.After = c.ID
		}
		if len(page) < f.Limit {
			return t.Month(now), nil
		}
	}
}

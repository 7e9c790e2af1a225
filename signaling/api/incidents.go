package api

import (
	"net/http"
	"time"

	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/storage/id"
	"parley/storage/meta"
)

// incidentPage is how many blocks or reports a page has.
const incidentPage = 100

// KindReportRead is the kind of the audit entry that is written before the text
// of a report is read; its subject is the call.
const KindReportRead = "report.read"

// looksAfter is somebody who looks after how people treat each other.
func (s *Server) looksAfter(r *http.Request) (auth.Identity, error) {
	who, err := s.caller(r)
	if err == nil && who.Role != auth.RoleAdmin && who.Role != auth.RolePrivacy {
		err = problem.ErrForbidden
	}
	return who, err
}

type reportView struct {
	ID     id.ReportID `json:"id"`
	Call   id.CallID   `json:"call"`
	By     id.PersonID `json:"by"`
	About  id.PersonID `json:"about"`
	At     time.Time   `json:"at"`
	Reason string      `json:"reason"`
	Offset *float64    `json:"offset_seconds"`
	// Written tells that there is a text beside it.
	Written bool `json:"written"`
}

func reportOf(r meta.Report) reportView {
	v := reportView{ID: r.ID, Call: r.Call, By: r.By, About: r.About, At: r.At, Reason: r.Reason, Written: r.Text != nil}
	if r.Offset != nil {
		seconds := r.Offset.Seconds()
		v.Offset = &seconds
	}
	return v
}

// listReports answers with the reports of all calls, the newest first, without
// what was written.
func (s *Server) listReports(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.looksAfter(r); err != nil {
		return err
	}
	f := meta.ReportFilter{Before: id.ReportID(r.URL.Query().Get("before")), Limit: incidentPage}
	if f.Before != "" {
		if _, err := id.ParseReport(string(f.Before)); err != nil {
			return &problem.BadRequestError{Reason: "before is the id of a report"}
		}
	}
	reports, err := s.cfg.Store.Reports(r.Context(), f)
	if err != nil {
		return err
	}
	list, next := make([]reportView, 0, len(reports)), ""
	for _, one := range reports {
		list = append(list, reportOf(one))
	}
	if len(list) == incidentPage {
		next = string(list[incidentPage-1].ID)
	}
	return writeJSON(w, http.StatusOK, map[string]any{"reports": list, "next": next})
}

// readReport answers with one report and what was written, after it was written
// down who reads it.
func (s *Server) readReport(w http.ResponseWriter, r *http.Request) error {
	who, err := s.looksAfter(r)
	if err != nil {
		return err
	}
	which, err := id.ParseReport(r.PathValue("id"))
	if err != nil {
		return problem.ErrNotFound
	}
	report, err := s.cfg.Store.Report(r.Context(), which)
	if err != nil {
		return err
	}
	body := map[string]string{"report": string(which), "role": string(who.Role)}
	if _, err := s.cfg.Store.AppendChain(r.Context(), AuditChain, KindReportRead, string(report.Call), string(who.Person), body, s.cfg.Now()); err != nil {
		return err
	}
	text, err := s.text(r.Context(), report.Call, meta.TextReport, report.Text)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct {
		reportView
		Text string `json:"text"`
	}{reportOf(report), text})
}

// listAllBlocks answers with who has blocked whom, by who did.
func (s *Server) listAllBlocks(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.looksAfter(r); err != nil {
		return err
	}
	q := r.URL.Query()
	blocks, err := s.cfg.Store.AllBlocks(r.Context(), id.PersonID(q.Get("after_by")), id.PersonID(q.Get("after_whom")), incidentPage)
	if err != nil {
		return err
	}
	type view struct {
		By   id.PersonID `json:"by"`
		Whom id.PersonID `json:"whom"`
		At   time.Time   `json:"at"`
	}
	list := make([]view, 0, len(blocks))
	for _, b := range blocks {
		list = append(list, view{b.By, b.Whom, b.At})
	}
	return writeJSON(w, http.StatusOK, map[string]any{"blocks": list, "more": len(list) == incidentPage})
}

// listSigns answers with calls whose two sides may be one person, the newest
// first.
func (s *Server) listSigns(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.looksAfter(r); err != nil {
		return err
	}
	before := id.CallID(r.URL.Query().Get("before"))
	if before != "" {
		if _, err := id.ParseCall(string(before)); err != nil {
			return &problem.BadRequestError{Reason: "before is the id of a call"}
		}
	}
	signs, err := s.cfg.Store.SignsBefore(r.Context(), before, incidentPage)
	if err != nil {
		return err
	}
	type view struct {
		Call   id.CallID   `json:"call"`
		Member id.PersonID `json:"member"`
		Expert id.PersonID `json:"expert"`
		Kind   string      `json:"kind"`
		At     time.Time   `json:"at"`
	}
	list := make([]view, 0, len(signs))
	for _, one := range signs {
		c, err := s.cfg.Store.Call(r.Context(), one.Call)
		if err != nil && !none(err) {
			return err
		}
		list = append(list, view{one.Call, c.MemberID, c.ExpertID, one.Kind, one.At})
	}
	return writeJSON(w, http.StatusOK, map[string]any{"signs": list, "more": len(list) == incidentPage})
}

package api

import (
	"net/http"
	"strings"
	"time"

	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/storage/id"
	"parley/storage/meta"
)

// incidentPage is how many blocks or reports a page has.
const incidentPage = 100

// betweenIDs stands in no id of a person.
const betweenIDs = "\n"

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

// incidents is a list of incidents that a request reads, and the place where the page
// before it ended.
func (s *Server) incidents(r *http.Request, param string) (l list, place string, err error) {
	who, err := s.looksAfter(r)
	if err != nil {
		return l, "", err
	}
	l = s.listOf(r, who)
	place, err = l.place(r.URL.Query().Get(param))
	return l, place, err
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
	l, before, err := s.incidents(r, "before")
	if err != nil {
		return err
	}
	reports, err := s.cfg.Store.Reports(r.Context(), meta.ReportFilter{Before: id.ReportID(before), Limit: incidentPage})
	if err != nil {
		return err
	}
	views, next := make([]reportView, 0, len(reports)), ""
	for _, one := range reports {
		views = append(views, reportOf(one))
	}
	if len(views) == incidentPage {
		next = l.next(string(views[incidentPage-1].ID))
	}
	return writeJSON(w, http.StatusOK, map[string]any{"reports": views, "next": next})
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
	l, after, err := s.incidents(r, "after")
	if err != nil {
		return err
	}
	by, whom, _ := strings.Cut(after, betweenIDs)
	blocks, err := s.cfg.Store.AllBlocks(r.Context(), id.PersonID(by), id.PersonID(whom), incidentPage)
	if err != nil {
		return err
	}
	type view struct {
		By   id.PersonID `json:"by"`
		Whom id.PersonID `json:"whom"`
		At   time.Time   `json:"at"`
	}
	views, next := make([]view, 0, len(blocks)), ""
	for _, b := range blocks {
		views = append(views, view{b.By, b.Whom, b.At})
	}
	if len(views) == incidentPage {
		last := views[incidentPage-1]
		next = l.next(string(last.By) + betweenIDs + string(last.Whom))
	}
	return writeJSON(w, http.StatusOK, map[string]any{"blocks": views, "next": next})
}

// listSigns answers with calls whose two sides may be one person, the newest
// first.
func (s *Server) listSigns(w http.ResponseWriter, r *http.Request) error {
	l, before, err := s.incidents(r, "before")
	if err != nil {
		return err
	}
	signs, err := s.cfg.Store.SignsBefore(r.Context(), id.CallID(before), incidentPage)
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
	views, next := make([]view, 0, len(signs)), ""
	for _, one := range signs {
		c, err := s.cfg.Store.Call(r.Context(), one.Call)
		if err != nil && !none(err) {
			return err
		}
		views = append(views, view{one.Call, c.MemberID, c.ExpertID, one.Kind, one.At})
	}
	if len(views) == incidentPage {
		next = l.next(string(views[incidentPage-1].Call))
	}
	return writeJSON(w, http.StatusOK, map[string]any{"signs": views, "next": next})
}

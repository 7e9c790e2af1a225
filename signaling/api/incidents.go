package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"parley/signaling/auth"
	"parley/signaling/problem"
	"parley/signaling/suspicion"
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

// KindReportHandled is the kind of the audit entry that is written before a report is
// brought into another state; its subject is the call.
const KindReportHandled = "report.handle"

// looksAfter is somebody who looks after how people treat each other.
func (s *Server) looksAfter(r *http.Request) (auth.Identity, error) {
	who, err := s.caller(r)
	if err == nil && who.Role != auth.RoleAdmin && who.Role != auth.RolePrivacy {
		err = problem.ErrForbidden
	}
	return who, err
}

// oversees is somebody who looks after how people treat each other, or looks after
// those: an auditor reads the lists, and no word of what people wrote.
func (s *Server) oversees(r *http.Request) (auth.Identity, error) {
	who, err := s.caller(r)
	if err == nil && who.Role == auth.RoleAuditor {
		return who, nil
	}
	return s.looksAfter(r)
}

// incidents is a list of incidents that a request reads, and the place where the page
// before it ended. Each filter is a parameter with the values that it may have; nil is
// anything, and none is everything.
func (s *Server) incidents(r *http.Request, param string, filters map[string][]string) (l list, place string, err error) {
	who, err := s.oversees(r)
	if err != nil {
		return l, "", err
	}
	q := r.URL.Query()
	var chosen []string
	for _, name := range slices.Sorted(maps.Keys(filters)) {
		value, may := q.Get(name), filters[name]
		if value != "" && may != nil && !slices.Contains(may, value) {
			return l, "", &problem.BadRequestError{Reason: name + " is one of " + strings.Join(may, ", ")}
		}
		chosen = append(chosen, value)
	}
	l = s.listOf(r, who, chosen...)
	place, err = l.place(q.Get(param))
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
	Written   bool        `json:"written"`
	State     string      `json:"state"`
	Note      string      `json:"note"`
	HandledBy id.PersonID `json:"handled_by"`
	HandledAt *time.Time  `json:"handled_at"`
}

func reportOf(r meta.Report) reportView {
	v := reportView{ID: r.ID, Call: r.Call, By: r.By, About: r.About, At: r.At, Reason: r.Reason, Written: r.Text != nil,
		State: r.Handling.State, Note: r.Handling.Note, HandledBy: r.Handling.By, HandledAt: r.Handling.At}
	if r.Offset != nil {
		seconds := r.Offset.Seconds()
		v.Offset = &seconds
	}
	return v
}

// listReports answers with the reports of all calls, the newest first, without
// what was written.
func (s *Server) listReports(w http.ResponseWriter, r *http.Request) error {
	l, before, err := s.incidents(r, "before", map[string][]string{
		"state": {meta.ReportOpen, meta.ReportLooked, meta.ReportSettled}, "person": nil,
		"reason": {meta.ReportAbuse, meta.ReportFraud, meta.ReportUnsafe, meta.ReportOther},
	})
	if err != nil {
		return err
	}
	q := r.URL.Query()
	reports, err := s.cfg.Store.Reports(r.Context(), meta.ReportFilter{
		State: q.Get("state"), Reason: q.Get("reason"), Person: id.PersonID(q.Get("person")), Before: id.ReportID(before), Limit: incidentPage,
	})
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

// handleReport notes how far a report has been looked into, after it was written
// down who says so.
func (s *Server) handleReport(w http.ResponseWriter, r *http.Request) error {
	who, err := s.looksAfter(r)
	if err != nil {
		return err
	}
	var body struct {
		State string `json:"state"`
		Note  string `json:"note"`
	}
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	now := s.cfg.Now()
	h := meta.Handling{State: body.State, Note: strings.TrimSpace(body.Note), By: who.Person, At: &now}
	if h.Validate() != nil {
		return &problem.BadRequestError{Reason: fmt.Sprintf("state is open, looked_at or settled, the latter with a note, of at most %d bytes", meta.MaxNote)}
	}
	which, err := id.ParseReport(r.PathValue("id"))
	if err != nil {
		return problem.ErrNotFound
	}
	report, err := s.cfg.Store.Report(r.Context(), which)
	if err != nil {
		return err
	}
	entry := map[string]string{"report": string(which), "state": h.State, "role": string(who.Role)}
	if _, err := s.cfg.Store.AppendChain(r.Context(), AuditChain, KindReportHandled, string(report.Call), string(who.Person), entry, now); err != nil {
		return err
	}
	if err := s.cfg.Store.HandleReport(r.Context(), which, h); err != nil {
		return err
	}
	report.Handling = h
	return writeJSON(w, http.StatusOK, reportOf(report))
}

// listAllBlocks answers with who has blocked whom, by who did.
func (s *Server) listAllBlocks(w http.ResponseWriter, r *http.Request) error {
	l, after, err := s.incidents(r, "after", map[string][]string{"person": nil})
	if err != nil {
		return err
	}
	by, whom, _ := strings.Cut(after, betweenIDs)
	blocks, err := s.cfg.Store.AllBlocks(r.Context(), meta.BlockFilter{
		Person: id.PersonID(r.URL.Query().Get("person")), AfterBy: id.PersonID(by), AfterWhom: id.PersonID(whom), Limit: incidentPage,
	})
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

// listSigns answers with signs that the two sides of a call are one, or that its
// rating was not given freely, the newest call first.
func (s *Server) listSigns(w http.ResponseWriter, r *http.Request) error {
	l, before, err := s.incidents(r, "before", map[string][]string{"kind": meta.SignKinds(), "person": nil})
	if err != nil {
		return err
	}
	q := r.URL.Query()
	call, kind, _ := strings.Cut(before, betweenIDs)
	signs, err := s.cfg.Store.Signs(r.Context(), meta.SignFilter{
		Kind: q.Get("kind"), Person: id.PersonID(q.Get("person")), Before: id.CallID(call), BeforeKind: kind, Limit: incidentPage,
	})
	if err != nil {
		return err
	}
	type view struct {
		Call   id.CallID     `json:"call"`
		Member id.PersonID   `json:"member"`
		Expert id.PersonID   `json:"expert"`
		Kind   string        `json:"kind"`
		People []id.PersonID `json:"people"`
		At     time.Time     `json:"at"`
	}
	views, next := make([]view, 0, len(signs)), ""
	for _, one := range signs {
		c, err := s.cfg.Store.Call(r.Context(), one.Call)
		if err != nil && !none(err) {
			return err
		}
		views = append(views, view{one.Call, c.MemberID, c.ExpertID, one.Kind, append([]id.PersonID{}, one.People...), one.At})
	}
	if len(views) == incidentPage {
		last := views[incidentPage-1]
		next = l.next(string(last.Call) + betweenIDs + last.Kind)
	}
	return writeJSON(w, http.StatusOK, map[string]any{"signs": views, "next": next})
}

// suspect stores what a member's new rating completes. A sign is a hint: the rating
// stands whether or not it could be looked for.
func (s *Server) suspect(ctx context.Context, r meta.Rating) {
	if r.Part != id.PartMember {
		return
	}
	since := r.At.Add(-suspicion.Window)
	ofExpert, err := s.cfg.Store.Traced(ctx, meta.TracedFilter{Expert: r.About, Since: since, Limit: meta.MaxLimit})
	var ofMember []meta.Traced
	if err == nil {
		ofMember, err = s.cfg.Store.Traced(ctx, meta.TracedFilter{Member: r.By, Limit: meta.MaxLimit})
	}
	newest := meta.Traced{Call: r.Call, Member: r.By, Expert: r.About, Stars: r.Stars, At: r.At}
	for _, t := range ofMember {
		if t.Call == r.Call {
			newest.Address, newest.Device = t.Address, t.Device
		}
	}
	if err == nil {
		for _, f := range suspicion.Find(newest, ofExpert, ofMember, suspicion.Usual()) {
			err = errors.Join(err, s.cfg.Store.PutSign(ctx, meta.Sign{Call: r.Call, Kind: f.Kind, At: r.At, People: f.Others}))
		}
	}
	if err != nil {
		s.cfg.Log.Error().Err(err).Str("call_id", string(r.Call)).Msg("signs of a rating not looked for, or not stored")
	}
}
